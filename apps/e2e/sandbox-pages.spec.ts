import { expect, test } from './journey';

test('Flex follows the sandbox’s clock, and starts again after a reset', async ({ journey }) => {
  const alice = await journey.openAgent('alice');
  const { page } = alice;
  /** How far the page's clock is ahead of the real one. */
  const readAheadMs = async () => (await page.evaluate(() => Date.now())) - Date.now();
  expect(await readAheadMs()).toBeLessThan(60_000);

  await journey.advanceClock(20 * 60_000);
  await expect.poll(readAheadMs).toBeGreaterThan(19 * 60_000);
  const dates = await page.evaluate(() => [
    new Date() instanceof Date,
    new Date(0).getTime(),
    Date.UTC(1970),
  ]);
  expect(dates).toEqual([true, 0, 0]);

  const isReloaded = page.waitForEvent('load');
  await journey.demo.sandbox.reset();
  await isReloaded;
  await expect(page.getByRole('button', { name: /Available/ }).first()).toBeVisible();
  expect(await readAheadMs()).toBeLessThan(60_000);
});

test('Flex renews a token before its short life ends', async ({ journey }) => {
  const page = await journey.openPage();
  const renewal = page.waitForResponse((response) => response.url().endsWith('/Tokens/refresh'));
  await page.goto(`${journey.demo.sandbox.url}/flex/?worker=alice&tokenLifetimeMs=240000`);
  await expect(page.getByRole('button', { name: /Available/ }).first()).toBeVisible();
  await journey.advanceClock(120_000);
  expect((await renewal).status()).toBe(200);
});
