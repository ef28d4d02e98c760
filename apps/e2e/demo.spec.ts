import { expect, test } from './world';

test('one address shows two agents in the real Flex UI and the customer’s webchat', async ({ world }) => {
  const page = await world.page();
  await page.goto(world.demo.url);

  const frames = page.locator('iframe');
  await expect(frames).toHaveCount(3);
  for (const [index, name] of ['Alice Archer', 'Bob Baker'].entries()) {
    await expect(frames.nth(index).contentFrame().getByText(name).first()).toBeVisible({ timeout: 60_000 });
  }
  const customer = frames.nth(2).contentFrame();
  await customer.getByLabel('Your name').fill('Robin');
  await customer.getByRole('button', { name: 'Start chat' }).click();

  const alice = frames.nth(0).contentFrame();
  await alice
    .getByRole('button', { name: /^accept/i })
    .first()
    .click();
  await expect(customer.locator('[data-notice="agent-joined"]')).toHaveText('Alice joined the chat');
});
