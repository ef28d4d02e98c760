import { expect, test } from './world';

test('one address shows two agents in the real Flex UI and the customer’s webchat', async ({ world }) => {
  const page = await world.page();
  await page.goto(world.demo.url);

  const frames = page.locator('iframe');
  await expect(frames).toHaveCount(3);
  const [alice, bob, customer] = [
    frames.nth(0).contentFrame(),
    frames.nth(1).contentFrame(),
    frames.nth(2).contentFrame(),
  ];
  for (const agent of [alice, bob]) {
    await expect(agent.getByText('No active tasks')).toBeVisible({ timeout: 60_000 });
  }
  await customer.getByLabel('Your name').fill('Robin');
  await customer.getByRole('button', { name: 'Start chat' }).click();

  // Pressed by script: the frame is zoomed, which Playwright's own clicks do not reckon with.
  await alice
    .getByRole('button', { name: /^accept/i })
    .first()
    .evaluate((button: HTMLElement) => button.click());

  await expect(customer.locator('[data-notice="agent-joined"]')).toHaveText('Alice joined the chat');
  await expect(alice.locator('[data-notice="agent-joined"]')).toHaveText('Alice joined the chat');
});
