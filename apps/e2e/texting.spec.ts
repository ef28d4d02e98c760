import type { Agent } from './pages/agent';
import { bobBaker } from './pages/chat';
import { expect, test, type World } from './world';

test('a customer who texts gets what agents write and nothing else, while agents see every notice', async ({
  world,
}) => {
  const [alice, bob] = await Promise.all([world.agent('alice'), world.agent('bob')]);
  await text(world, 'My router keeps dropping');
  await alice.accept();
  await expect(alice.message('My router keeps dropping')).toBeVisible();
  await alice.say('Bob knows these routers');

  await alice.transfer(bobBaker, 'warm');
  await expect(alice.strip('Waiting for Bob…')).toBeVisible();
  await alice.cancelButton().click();
  await expect(alice.strip('Waiting for Bob…')).toBeHidden();
  await expect(bob.tasks()).toHaveCount(0);

  await alice.transfer(bobBaker, 'warm');
  await bob.accept();
  await expect(alice.strip('Waiting for Bob…')).toBeHidden();
  for (const agent of [alice, bob]) await expect(untold(agent)).toContainText('Bob joined the chat');
  await bob.say('Hello, Bob here');
  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await expect(untold(bob)).toContainText('Alice left the chat');
  await text(world, 'Thank you');
  await expect(bob.message('Thank you')).toBeVisible();
  await bob.leave();
  await expect(bob.inWrapUp()).toBeVisible();

  expect(world.demo.sandbox.texts().map(({ body }) => body)).toEqual([
    'Bob knows these routers',
    'Hello, Bob here',
  ]);
});

/** The customer's phone. */
async function text({ demo }: World, body: string): Promise<void> {
  const received = await fetch(`${demo.sandbox.url}/_sandbox/texts`, {
    method: 'POST',
    body: JSON.stringify({ from: '+15005550100', body }),
  });
  expect(received.ok, 'the sandbox took the text').toBe(true);
}

/** What stands above the composer. */
const untold = ({ page }: Agent) => page.getByRole('log', { name: 'Only agents see this' });
