/** Page object of the real Flex UI: what an agent sees and does. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Demo } from 'chat-transfer-demo';
import type { Backend } from '../journey';

/** How long Flex may take to start: on a busy machine, minutes. */
export const FLEX_START_TIMEOUT_MS = 300_000;

/** A row of Flex's directory. */
interface Target {
  readonly kind: 'agent' | 'queue';
  readonly name: string;
}

export interface Agent {
  readonly page: Page;
  /** Accepts the offered task. */
  accept(): Promise<void>;
  /** Declines the offered task. */
  reject(): Promise<void>;
  /** The offered task in the task list, with the line that says why it is offered. */
  incomingTask(): Locator;
  /** Sends a message, and waits until it is in the chat. */
  send(text: string): Promise<void>;
  /** Opens Flex's directory with the plugin's button, and clicks the row's icon for this mode. */
  transfer(to: Target, mode: 'warm' | 'cold'): Promise<void>;
  /** The button that opens Flex's directory. While it is disabled, its label gives the reason. */
  transferButton(): Locator;
  /** The button above the chat that cancels an unanswered transfer. */
  cancelButton(): Locator;
  /** The line above the chat that says what its transfer waits for. */
  transferStrip(text: string): Locator;
  /** A Flex notification with this text. */
  notification(text: string): Locator;
  /** Clicks "Show chat" on the notification with this text. */
  followNotification(text: string): Promise<void>;
  /** Reloads the page, and waits until it shows the chat. */
  reload(): Promise<void>;
  /** Clicks the header's End or (while others are in the chat) Leave button. The task goes to wrap-up. */
  leave(): Promise<void>;
  /** Clicks the header's Complete button. */
  complete(): Promise<void>;
  /**
   * Completes the task of the agent's earlier time in the chat, if there is one, and selects the new task. On
   * Flex Conversations it only waits, because accepting the new task completes the earlier one.
   */
  completeEarlierTask(): Promise<void>;
  /** An element that is visible only while the selected task is in wrap-up. */
  inWrapUp(): Locator;
  tasks(): Locator;
  /** The status, such as `accepted`, that Flex has for the task of this reservation. */
  taskStatus(reservationSid: string): Promise<string | undefined>;
  /** Invokes a Flex action on that task, as a button of another plugin would. */
  invokeAction(name: string, reservationSid: string, payload: object): Promise<void>;
  /** Scrolls to the first message of the chat. Flex loads the latest messages first. */
  scrollToBeginning(): Promise<void>;
  message(text: string): Locator;
  notice(kind: string): Locator;
}

/** The part of Flex's global object that this file uses. */
interface FlexWindow {
  readonly Twilio: {
    readonly Flex: {
      readonly Actions: { invokeAction(name: string, payload: object): Promise<void> };
      /** Despite its name, `getTaskByTaskSid` takes the SID of the reservation. */
      readonly TaskHelper: { getTaskByTaskSid(sid: string): { readonly status: string } | undefined };
    };
  };
}

export async function openAgent(page: Page, demo: Demo, worker: string, backend: Backend): Promise<Agent> {
  await page.goto(demo.sandbox.flexUrl(worker));
  await page.getByText('No active tasks').waitFor({ timeout: FLEX_START_TIMEOUT_MS });
  const composer = page.getByPlaceholder('Type Message');
  const acceptButton = page.getByRole('button', { name: /^accept/i });
  const transferButton = page.getByRole('button', { name: /^Transfer chat/ });
  const messages = page.locator('.Twilio-MessageList');
  const tasks = page.locator('.Twilio-TaskListBaseItem');

  return {
    page,
    async accept() {
      await acceptButton.first().click();
      await composer.waitFor();
    },
    async reject() {
      await page
        .getByRole('button', { name: /^reject/i })
        .first()
        .click();
    },
    incomingTask: () => tasks.filter({ has: acceptButton }),
    async send(text) {
      await composer.fill(text);
      await composer.press('Enter');
      await messages.getByText(text, { exact: true }).waitFor();
    },
    async transfer(to, mode) {
      await transferButton.click();
      const directory = page.locator('.Twilio-WorkerDirectory');
      if (to.kind === 'queue') await directory.getByRole('button', { name: 'Queues' }).first().click();
      // Flex shows the buttons of a row only while the pointer is on it.
      await directory.getByText(to.name, { exact: true }).hover();
      const icon = mode === 'warm' ? `Consult ${to.name}` : `Transfer to ${to.name}`;
      await directory.getByRole('button', { name: icon }).click();
      await directory.waitFor({ state: 'hidden' });
    },
    transferButton: () => transferButton,
    cancelButton: () => page.getByRole('button', { name: 'Cancel transfer' }),
    transferStrip: (text) => page.getByText(text, { exact: true }),
    notification: (text) => page.getByTestId('notification-message').getByText(text),
    async followNotification(text) {
      await page.getByTestId('notification-message').getByText(text).waitFor();
      await page.getByRole('button', { name: 'Show chat' }).click();
    },
    async reload() {
      await page.reload();
      await tasks.first().click({ timeout: FLEX_START_TIMEOUT_MS });
      await composer.waitFor();
    },
    async leave() {
      await page.getByRole('button', { name: /^(End|Leave)$/ }).click();
    },
    async complete() {
      await page.getByRole('button', { name: 'Complete', exact: true }).click();
    },
    async completeEarlierTask() {
      if (backend === 'conversations') {
        await expect(tasks).toHaveCount(1);
        return;
      }
      if ((await tasks.count()) === 1) return;
      await tasks.last().click();
      await page.getByRole('button', { name: 'Complete', exact: true }).click();
      await expect(tasks).toHaveCount(1);
      await tasks.click();
    },
    inWrapUp: () => page.getByRole('button', { name: 'Complete', exact: true }),
    tasks: () => tasks,
    taskStatus: (reservationSid) =>
      page.evaluate((sid) => {
        const { Twilio } = globalThis as unknown as FlexWindow;
        return Twilio.Flex.TaskHelper.getTaskByTaskSid(sid)?.status;
      }, reservationSid),
    invokeAction: (name, reservationSid, payload) =>
      page.evaluate(
        ([action, sid, values]) => {
          const { Twilio } = globalThis as unknown as FlexWindow;
          const task = Twilio.Flex.TaskHelper.getTaskByTaskSid(sid);
          return Twilio.Flex.Actions.invokeAction(action, { ...values, task });
        },
        [name, reservationSid, payload] as const,
      ),
    async scrollToBeginning() {
      await expect(async () => {
        await messages.hover();
        await page.mouse.wheel(0, -5_000);
        await expect(messages.getByText('Conversation started')).toBeVisible({ timeout: 500 });
      }).toPass();
    },
    message: (text) => messages.getByText(text, { exact: true }),
    notice: (kind) => messages.locator(`[data-notice="${kind}"]`),
  };
}
