import { bothInChat } from './pages/chat';
import { expect, test } from './world';

test('when both agents leave at the same moment the chat is ended once, and the customer is told', async ({
  world,
}) => {
  const { alice, bob, customer } = await bothInChat(world);

  await Promise.all([alice.leave(), bob.leave()]);

  await expect(alice.inWrapUp()).toBeVisible();
  await expect(bob.inWrapUp()).toBeVisible();
  await expect(customer.notice('agent-left')).toHaveCount(2);
  await expect(customer.notice('chat-ended')).toHaveCount(1);
  await expect(customer.page.getByRole('button', { name: 'Start a new chat' })).toBeVisible();
  const closings = world.demo.sandbox
    .requests()
    .filter(({ method, path }) => method === 'POST' && /\/Interactions\/KD\w+\/Channels\/UO\w+$/.test(path));
  expect(closings.length, 'closings of the interaction').toBeLessThanOrEqual(1);
});

test('an agent who leaves while a cold transfer waits for its answer leaves the chat open for whoever takes it', async ({
  world,
}) => {
  const { alice, bob, customer } = await bothInChat(world);

  await alice.transfer({ kind: 'queue', name: 'Billing' }, 'cold');
  await expect(alice.inWrapUp()).toBeVisible();
  await bob.leave();
  await expect(bob.inWrapUp()).toBeVisible();
  await bob.complete();
  await expect(customer.notice('agent-left')).toHaveCount(2);
  await expect(customer.notice('chat-ended')).toHaveCount(0);
  await customer.say('Is somebody coming?');
});
