/** The real Flex UI, by what an agent sees and does. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Demo } from 'chat-transfer-demo';

export interface Agent {
  readonly page: Page;
  /** Accepts the chat that rings. */
  accept(): Promise<void>;
  say(text: string): Promise<void>;
  /** Opens the directory with our button and hands the chat to an agent or a queue. */
  transfer(to: string, mode: 'warm' | 'cold'): Promise<void>;
  /** The header's End button: leaves the chat for wrap-up. */
  leave(): Promise<void>;
  complete(): Promise<void>;
  message(text: string): Locator;
  notice(kind: string): Locator;
}

export async function openAgent(page: Page, demo: Demo, worker: string): Promise<Agent> {
  await page.goto(demo.sandbox.flexUrl(worker));
  await page.locator('.Twilio-MainHeader').waitFor({ timeout: 60_000 });
  // Ready for tasks only when the worker's client is.
  await page.waitForFunction(
    () => {
      const flex = (
        globalThis as { Twilio?: { Flex?: { Manager: { getInstance(): { workerClient?: object } } } } }
      ).Twilio?.Flex;
      return flex?.Manager.getInstance().workerClient !== undefined;
    },
    undefined,
    { timeout: 60_000 },
  );
  const composer = page.locator('.Twilio-MessageInput textarea, .Twilio-MessageInputV2 textarea').first();

  return {
    page,
    async accept() {
      await page.locator('.Twilio-TaskListBaseItem, .Twilio-TaskListItem').first().waitFor();
      await page
        .getByRole('button', { name: /accept/i })
        .first()
        .click();
      await composer.waitFor();
    },
    async say(text) {
      await composer.fill(text);
      await composer.press('Enter');
      await page.locator('.Twilio-MessageList').getByText(text).first().waitFor();
    },
    async transfer(to, mode) {
      await page.getByRole('button', { name: 'Transfer chat' }).click();
      const directory = page.locator('.Twilio-WorkerDirectory');
      await directory.waitFor();
      await expect(directory.getByText(to).first()).toBeVisible();
      await directory.getByText(to).first().hover();
      await directory
        .getByRole('button', { name: mode === 'warm' ? /consult|warm/i : /transfer|cold/i })
        .first()
        .click();
    },
    async leave() {
      await page.getByRole('button', { name: /^end/i }).first().click();
      await page
        .getByRole('button', { name: /^complete/i })
        .first()
        .waitFor();
    },
    async complete() {
      await page
        .getByRole('button', { name: /^complete/i })
        .first()
        .click();
    },
    message: (text) => page.locator('.Twilio-MessageList').getByText(text, { exact: true }),
    notice: (kind) => page.locator(`.Twilio-MessageList [data-notice="${kind}"]`),
  };
}
