/** The real Flex UI, by what an agent sees and does. */
import type { Locator, Page } from '@playwright/test';
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
  say(text: string): Promise<void>;
  /** Opens Flex's directory with our button and presses the icon of a row. */
  transfer(to: Target, mode: 'warm' | 'cold'): Promise<void>;
  /** The header's End button, which says Leave while others are in the chat: to wrap-up. */
  leave(): Promise<void>;
  /** The header's Complete button. */
  complete(): Promise<void>;
  /** Something to see when, and only when, the selected task is in wrap-up. */
  inWrapUp(): Locator;
  tasks(): Locator;
  /** What Flex itself knows of the worker's task with this reservation, such as `accepted`. */
  taskStatus(reservationSid: string): Promise<string | undefined>;
  /** Invokes an action of Flex on that task, as a button of another plugin would. */
  invokeAction(name: string, reservationSid: string, payload: object): Promise<void>;
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
  const messages = page.locator('.Twilio-MessageList');

  return {
    page,
    async accept() {
      await page
        .getByRole('button', { name: /^accept/i })
        .first()
        .click();
      await composer.waitFor();
    },
    async say(text) {
      await composer.fill(text);
      await composer.press('Enter');
      await messages.getByText(text, { exact: true }).waitFor();
    },
    async transfer(to, mode) {
      await page.getByRole('button', { name: 'Transfer chat' }).click();
      const directory = page.locator('.Twilio-WorkerDirectory');
      if (to.kind === 'queue') await directory.getByRole('button', { name: 'Queues' }).first().click();
      // Flex shows the buttons of a row under the pointer only.
      await directory.getByText(to.name, { exact: true }).hover();
      const icon = mode === 'warm' ? `Consult ${to.name}` : `Transfer to ${to.name}`;
      await directory.getByRole('button', { name: icon }).click();
      await directory.waitFor({ state: 'hidden' });
    },
    async leave() {
      await page.getByRole('button', { name: /^(End|Leave)$/ }).click();
    },
    async complete() {
      await page.getByRole('button', { name: 'Complete', exact: true }).click();
    },
    inWrapUp: () => page.getByRole('button', { name: 'Complete', exact: true }),
    tasks: () => page.locator('.Twilio-TaskListBaseItem'),
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
    message: (text) => messages.getByText(text, { exact: true }),
    notice: (kind) => messages.locator(`[data-notice="${kind}"]`),
  };
}
