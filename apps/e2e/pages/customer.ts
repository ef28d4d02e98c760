/** The customer's webchat, by what a customer sees and does. */
import type { Locator, Page } from '@playwright/test';
import type { Demo } from 'chat-transfer-demo';

export interface Customer {
  readonly page: Page;
  start(name: string): Promise<void>;
  say(text: string): Promise<void>;
  /** A message with this text, whoever wrote it. */
  message(text: string): Locator;
  notice(kind: string): Locator;
}

export async function openCustomer(page: Page, demo: Demo): Promise<Customer> {
  await page.goto(demo.webchatUrl);
  return {
    page,
    async start(name) {
      await page.getByLabel(/name/i).fill(name);
      await page.getByRole('button', { name: /start/i }).click();
      await page.getByRole('textbox', { name: /message/i }).waitFor();
    },
    async say(text) {
      await page.getByRole('textbox', { name: /message/i }).fill(text);
      await page.keyboard.press('Enter');
      await page.getByRole('log').getByText(text).waitFor();
    },
    message: (text) => page.getByRole('log').getByText(text, { exact: true }),
    notice: (kind) => page.locator(`[data-notice="${kind}"]`),
  };
}
