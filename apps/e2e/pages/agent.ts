/** The real Flex UI, by what an agent sees and does. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Demo } from 'chat-transfer-demo';

/** A row of Flex's directory. */
interface Target {
  readonly kind: 'agent' | 'queue';
  readonly name: string;
}

export interface Agent {
  readonly page: Page;
  /** Accepts the chat that rings. */
  accept(): Promise<void>;
  /** Declines the chat that rings. */
  reject(): Promise<void>;
  /** What rings, with the line that says why. */
  incoming(): Locator;
  say(text: string): Promise<void>;
  /** Opens Flex's directory with our button and presses the icon of a row. */
  transfer(to: Target, mode: 'warm' | 'cold'): Promise<void>;
  /** The button that opens Flex's directory, or says why one has to wait. */
  transferButton(): Locator;
  /** The button above the chat while nobody has answered. */
  cancelButton(): Locator;
  /** Above the chat: what its transfer waits for. */
  strip(text: string): Locator;
  /** A toast of Flex. */
  notification(text: string): Locator;
  /** Presses what a toast with this text offers. */
  followNotification(text: string): Promise<void>;
  /** Reloads the page, and waits until its chat is there again. */
  reload(): Promise<void>;
  /** The header's End button, which says Leave while others are in the chat: to wrap-up. */
  leave(): Promise<void>;
  /** The header's Complete button. */
  complete(): Promise<void>;
  /**
   * Completes the task of an agent's earlier time in the chat, and shows the chat again. On Flex Conversations an agent is in
   * a chat by one task only: accepting has completed it.
   */
  completeEarlierTask(): Promise<void>;
  /** Something to see when, and only when, the selected task is in wrap-up. */
  inWrapUp(): Locator;
  tasks(): Locator;
  /** What Flex itself knows of the worker's task with this reservation, such as `accepted`. */
  taskStatus(reservationSid: string): Promise<string | undefined>;
  /** Invokes an action of Flex on that task, as a button of another plugin would. */
  invokeAction(name: string, reservationSid: string, payload: object): Promise<void>;
  /** Scrolls the chat up to where it began: Flex loads the latest messages first. */
  scrollToBeginning(): Promise<void>;
  message(text: string): Locator;
  notice(kind: string): Locator;
}

/** What Flex puts on its page, as far as the tests reach for it. */
interface FlexWindow {
  readonly Twilio: {
    readonly Flex: {
      readonly Actions: { invokeAction(name: string, payload: object): Promise<void> };
      /** Named for the task, `getTaskByTaskSid` wants the SID of the reservation. */
      readonly TaskHelper: { getTaskByTaskSid(sid: string): { readonly status: string } | undefined };
    };
  };
}

export async function openAgent(page: Page, demo: Demo, worker: string): Promise<Agent> {
  await page.goto(demo.sandbox.flexUrl(worker));
  // Flex takes its time on a busy machine; nothing can be said about it before it is there.
  await page.getByText('No active tasks').waitFor({ timeout: 60_000 });
  const composer = page.getByPlaceholder('Type Message');
  const ringing = page.getByRole('button', { name: /^accept/i });
  const transferButton = page.getByRole('button', { name: /^Transfer chat/ });
  const messages = page.locator('.Twilio-MessageList');
  const tasks = page.locator('.Twilio-TaskListBaseItem');

  return {
    page,
    async accept() {
      await ringing.first().click();
      await composer.waitFor();
    },
    async reject() {
      await page
        .getByRole('button', { name: /^reject/i })
        .first()
        .click();
    },
    incoming: () => tasks.filter({ has: ringing }),
    async say(text) {
      await composer.fill(text);
      await composer.press('Enter');
      await messages.getByText(text, { exact: true }).waitFor();
    },
    async transfer(to, mode) {
      await transferButton.click();
      const directory = page.locator('.Twilio-WorkerDirectory');
      if (to.kind === 'queue') await directory.getByRole('button', { name: 'Queues' }).first().click();
      // Flex shows the buttons of a row under the pointer only.
      await directory.getByText(to.name, { exact: true }).hover();
      const icon = mode === 'warm' ? `Consult ${to.name}` : `Transfer to ${to.name}`;
      await directory.getByRole('button', { name: icon }).click();
      await directory.waitFor({ state: 'hidden' });
    },
    transferButton: () => transferButton,
    cancelButton: () => page.getByRole('button', { name: 'Cancel transfer' }),
    strip: (text) => page.getByText(text, { exact: true }),
    notification: (text) => page.getByTestId('notification-message').getByText(text),
    async followNotification(text) {
      await page.getByTestId('notification-message').getByText(text).waitFor();
      await page.getByRole('button', { name: 'Show chat' }).click();
    },
    async reload() {
      await page.reload();
      await tasks.first().click({ timeout: 60_000 });
      await composer.waitFor();
    },
    async leave() {
      await page.getByRole('button', { name: /^(End|Leave)$/ }).click();
    },
    async complete() {
      await page.getByRole('button', { name: 'Complete', exact: true }).click();
    },
    async completeEarlierTask() {
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
