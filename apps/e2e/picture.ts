/** The picture of the README: the page of `npm start` after a warm transfer. `npm run screenshot` makes it anew. */
import { fileURLToPath } from 'node:url';
import type { FrameLocator, Page } from '@playwright/test';
import { expect, test } from './world';

const PICTURE = fileURLToPath(new URL('../../docs/three-windows.png', import.meta.url));

test.use({ viewport: { width: 1680, height: 900 }, deviceScaleFactor: 1.5 });

test('takes the picture of the three windows', async ({ world }) => {
  const page = await world.page();
  await page.goto(world.demo.url);
  const window = (index: number) => page.locator('iframe').nth(index).contentFrame();
  const [alice, bob, customer] = [window(0), window(1), window(2)];
  for (const agent of [alice, bob]) await agent.getByText('No active tasks').waitFor({ timeout: 60_000 });

  await customer.getByLabel('Your name').fill('Robin');
  await press(customer, 'Start chat');
  await press(alice, /^accept/i);
  await say(customer, page, 'Hello! My invoice shows the same charge twice.');
  await say(alice, page, 'Sorry about that. Let me bring in somebody from billing.');

  await press(alice, 'Transfer chat');
  await press(alice, 'Consult Bob Baker');
  await press(bob, /^accept/i);
  await say(bob, page, 'Hi Robin, I see it: the second charge is being refunded.');
  await say(customer, page, 'That was quick. Thank you both!');
  await expect(alice.getByText('That was quick. Thank you both!', { exact: true })).toBeVisible();

  // What is said in passing would hide what stays.
  await expect(customer.locator('[data-typing="true"]')).toHaveCount(0);
  await expect(alice.getByTestId('notification-message')).toHaveCount(0);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: PICTURE, animations: 'disabled' });
});

/** By script: the agents' frames are zoomed, which Playwright's own clicks do not reckon with. */
async function press(frame: FrameLocator, name: string | RegExp): Promise<void> {
  const button = frame.getByRole('button', { name }).first();
  await button.evaluate((element: HTMLElement) => element.click());
}

async function say(frame: FrameLocator, page: Page, text: string): Promise<void> {
  const composer = frame.getByRole('textbox').last();
  await composer.fill(text);
  await composer.press('Enter');
  await expect(frame.getByText(text).last()).toBeVisible();
  await page.waitForLoadState();
}
