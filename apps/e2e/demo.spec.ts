import { expect, test } from './journey';
import { FLEX_START_TIMEOUT_MS } from './pages/agent';

test('one address shows two agents in the real Flex UI and a customer’s webchat, and an agent can accept the chat', async ({
  journey,
}) => {
  const page = await journey.openPage();
  await page.goto(journey.demo.url);

  const frames = page.locator('iframe');
  await expect(frames).toHaveCount(3);
  const [alice, bob, customer] = [
    frames.nth(0).contentFrame(),
    frames.nth(1).contentFrame(),
    frames.nth(2).contentFrame(),
  ];
  for (const agent of [alice, bob]) {
    await expect(agent.getByText('No active tasks')).toBeVisible({ timeout: FLEX_START_TIMEOUT_MS });
  }
  await customer.getByLabel('Your name').fill('Robin');
  await customer.getByRole('button', { name: 'Start chat' }).click();

  // Clicked by script, because Playwright misses elements of a zoomed frame.
  await alice
    .getByRole('button', { name: /^accept/i })
    .first()
    .evaluate((button: HTMLElement) => button.click());

  await expect(customer.locator('[data-notice="agent-joined"]')).toHaveText('Alice joined the chat');
  await expect(alice.locator('[data-notice="agent-joined"]')).toHaveText('Alice joined the chat');
});
