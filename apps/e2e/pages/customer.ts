/** Page object of the webchat: what a customer sees and does. */
import type { Locator, Page } from '@playwright/test';
import type { Demo } from 'chat-transfer-demo';
import type { Backend } from '../journey';

export interface Customer {
  readonly page: Page;
  /** Starts a chat; returns the functions' answer to the page. */
  start(name: string): Promise<{ readonly token: string; readonly conversationSid: string }>;
  /** Sends a message, and waits until it is in the chat. */
  send(text: string): Promise<void>;
  /** A message with this text, by any author. */
  message(text: string): Locator;
  notice(kind: string): Locator;
}

export async function openCustomer(page: Page, demo: Demo, backend: Backend): Promise<Customer> {
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
    async send(text) {
      await page.getByLabel('Write a message').fill(text);
      await page.keyboard.press('Enter');
      await page.getByRole('log').getByText(text, { exact: true }).waitFor();
    },
    message: (text) => page.getByRole('log').getByText(text, { exact: true }),
    notice: (kind) => page.locator(`[data-notice="${kind}"]`),
  };
}
