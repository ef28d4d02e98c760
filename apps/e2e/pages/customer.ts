/** The customer's webchat, by what a customer sees and does. */
import type { Locator, Page } from '@playwright/test';
import type { Demo } from 'chat-transfer-demo';

export interface Customer {
  readonly page: Page;
  /** Begins a chat; answers what the page was told of it. */
  start(name: string): Promise<{ readonly token: string; readonly conversationSid: string }>;
  say(text: string): Promise<void>;
  /** A message with this text, whoever wrote it. */
  message(text: string): Locator;
  notice(kind: string): Locator;
}

export async function openCustomer(page: Page, demo: Demo, backend: string): Promise<Customer> {
  await page.goto(`${demo.webchatUrl}?backend=${backend}`);
  return {
    page,
    async start(name) {
      const started = page.waitForResponse((response) => response.url().endsWith('/webchat/start'));
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Start chat' }).click();
      const chat = await (await started).json();
      await page.getByLabel('Write a message').waitFor();
      return chat;
    },
    async say(text) {
      await page.getByLabel('Write a message').fill(text);
      await page.keyboard.press('Enter');
      await page.getByRole('log').getByText(text, { exact: true }).waitFor();
    },
    message: (text) => page.getByRole('log').getByText(text, { exact: true }),
    notice: (kind) => page.locator(`[data-notice="${kind}"]`),
  };
}
