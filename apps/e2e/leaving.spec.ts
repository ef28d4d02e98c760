import { expect, test } from './journey';
import { startChatWithBoth } from './pages/chat';

test('when both agents leave at the same moment, the chat ends once', async ({ journey }) => {
  const { alice, bob, customer } = await startChatWithBoth(journey);

  await Promise.all([alice.leave(), bob.leave()]);

  await expect(alice.inWrapUp()).toBeVisible();
  await expect(bob.inWrapUp()).toBeVisible();
  await expect(customer.notice('agent-left')).toHaveCount(2);
  await expect(customer.notice('chat-ended')).toHaveCount(1);
  await expect(customer.page.getByRole('button', { name: 'Start a new chat' })).toBeVisible();
  const closeRequests = journey.demo.sandbox
    .requests()
    .filter(({ method, path }) => method === 'POST' && /\/Interactions\/KD\w+\/Channels\/UO\w+$/.test(path));
  expect(closeRequests.length, 'requests that close the interaction').toBeLessThanOrEqual(1);
});

test('the chat stays open when its last agent leaves while a cold transfer waits for an answer', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithBoth(journey);

  await alice.transfer({ kind: 'queue', name: 'Billing' }, 'cold');
  await expect(alice.inWrapUp()).toBeVisible();
  await bob.leave();
  await expect(bob.inWrapUp()).toBeVisible();
  await bob.complete();
  await expect(customer.notice('agent-left')).toHaveCount(2);
  await expect(customer.notice('chat-ended')).toHaveCount(0);
  await customer.send('Is anyone there?');
});

test('the chat stays open for the first agent of a warm transfer when the second agent leaves first', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithBoth(journey);

  await bob.leave();
  await expect(bob.inWrapUp()).toBeVisible();
  await bob.complete();
  await expect(bob.tasks()).toHaveCount(0);

  await expect(customer.notice('agent-left')).toHaveText('Bob left the chat');
  await customer.send('Is anybody there?');
  await expect(alice.message('Is anybody there?')).toBeVisible();
  await alice.send('I am');
  await expect(customer.message('I am')).toBeVisible();
  await expect(customer.notice('chat-ended')).toHaveCount(0);

  await alice.leave();
  await expect(customer.notice('chat-ended')).toBeVisible();
});
