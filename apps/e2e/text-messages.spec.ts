import { expect, type Journey, test } from './journey';
import type { Agent } from './pages/agent';
import { bobBaker } from './pages/chat';

test('a customer who writes by SMS receives messages but no notices, and agents see every notice', async ({
  journey,
}) => {
  const [alice, bob] = await Promise.all([journey.openAgent('alice'), journey.openAgent('bob')]);
  await receiveText(journey, 'My router keeps dropping');
  await alice.accept();
  await expect(alice.message('My router keeps dropping')).toBeVisible();
  await alice.send('Bob knows these routers');

  await alice.transfer(bobBaker, 'warm');
  await expect(alice.transferStrip('Waiting for Bob…')).toBeVisible();
  await alice.cancelButton().click();
  await expect(alice.transferStrip('Waiting for Bob…')).toBeHidden();
  await expect(bob.tasks()).toHaveCount(0);

  await alice.transfer(bobBaker, 'warm');
  await bob.accept();
  await expect(alice.transferStrip('Waiting for Bob…')).toBeHidden();
  for (const agent of [alice, bob])
    await expect(agentOnlyNotices(agent)).toContainText('Bob joined the chat');
  await bob.send('Hello, Bob here');
  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await expect(agentOnlyNotices(bob)).toContainText('Alice left the chat');
  await receiveText(journey, 'Thank you');
  await expect(bob.message('Thank you')).toBeVisible();
  await bob.leave();
  await expect(bob.inWrapUp()).toBeVisible();

  expect(journey.demo.sandbox.texts().map(({ body }) => body)).toEqual([
    'Bob knows these routers',
    'Hello, Bob here',
  ]);
});

/** Sends an SMS from the customer to the account. */
async function receiveText({ demo }: Journey, body: string): Promise<void> {
  const received = await fetch(`${demo.sandbox.url}/_sandbox/texts`, {
    method: 'POST',
    body: JSON.stringify({ from: '+15005550100', body }),
  });
  expect(received.ok, 'the sandbox accepted the text').toBe(true);
}

/** The notices above the composer. */
const agentOnlyNotices = ({ page }: Agent) => page.getByRole('log', { name: 'Only agents see this' });
