/** `npm run screenshot` takes the README's screenshot: the page of `npm start` after a warm transfer. */
import { fileURLToPath } from 'node:url';
import type { FrameLocator } from '@playwright/test';
import { expect, test } from './journey';
import { FLEX_START_TIMEOUT_MS } from './pages/agent';

const SCREENSHOT = fileURLToPath(new URL('../../docs/three-windows.png', import.meta.url));

test.use({ viewport: { width: 1680, height: 900 }, deviceScaleFactor: 1.5 });

test('takes the screenshot of the three windows', async ({ journey }) => {
  const page = await journey.openPage();
  await page.goto(journey.demo.url);
  const window = (index: number) => page.locator('iframe').nth(index).contentFrame();
  const [alice, bob, customer] = [window(0), window(1), window(2)];
  for (const agent of [alice, bob]) {
    await agent.getByText('No active tasks').waitFor({ timeout: FLEX_START_TIMEOUT_MS });
  }

  await customer.getByLabel('Your name').fill('Robin');
  await click(customer, 'Start chat');
  await click(alice, /^accept/i);
  await send(customer, 'Hello! My invoice shows the same charge twice.');
  await send(alice, 'Sorry about that. Let me bring in a colleague from billing.');

  await click(alice, 'Transfer chat');
  await click(alice, 'Consult Bob Baker');
  await click(bob, /^accept/i);
  await send(bob, 'Hi Robin, I see it: the second charge is being refunded.');
  await send(customer, 'That was quick. Thank you both!');
  await expect(alice.getByText('That was quick. Thank you both!', { exact: true })).toBeVisible();

  // Typing indicators and notifications disappear after some seconds and would cover the chat.
  await expect(customer.locator('[data-typing="true"]')).toHaveCount(0);
  await expect(alice.getByTestId('notification-message')).toHaveCount(0);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: SCREENSHOT, animations: 'disabled' });
});

/** Clicks by script, because Playwright misses elements of a zoomed frame. */
async function click(frame: FrameLocator, name: string | RegExp): Promise<void> {
  const button = frame.getByRole('button', { name }).first();
  await button.evaluate((element: HTMLElement) => element.click());
}

async function send(frame: FrameLocator, text: string): Promise<void> {
  const composer = frame.getByRole('textbox').last();
  await composer.fill(text);
  await composer.press('Enter');
  await expect(frame.getByText(text).last()).toBeVisible();
}
