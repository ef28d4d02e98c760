import { bothInChat } from './pages/chat';
import { expectSameNotices } from './pages/notices';
import { expect, test } from './world';

test('in a warm transfer both agents write, the first leaves, and the chat goes on', async ({ world }) => {
  const { alice, bob, customer } = await bothInChat(world);
  await expect(bob.message('My router keeps dropping')).toBeVisible();

  await alice.say('Bob knows these routers');
  await bob.say('Hello Robin');
  await expect(customer.message('Bob knows these routers')).toBeVisible();
  await expect(customer.message('Hello Robin')).toBeVisible();
  await expect(alice.message('Hello Robin')).toBeVisible();

  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await expect(customer.notice('agent-left')).toHaveText('Alice left the chat');
  await alice.complete();
  await expect(alice.tasks()).toHaveCount(0);

  await customer.say('Hello Bob');
  await expect(bob.message('Hello Bob')).toBeVisible();
  await bob.say('Still here');
  await expect(customer.message('Still here')).toBeVisible();
  await expect(customer.notice('chat-ended')).toHaveCount(0);
  await expectSameNotices(bob.page, customer.page, [
    'agent-joined',
    'transfer-started',
    'agent-joined',
    'agent-left',
  ]);
});

test('the chat stays open for the first agent when the second completes first', async ({ world }) => {
  const { alice, bob, customer } = await bothInChat(world);

  await bob.leave();
  await expect(bob.inWrapUp()).toBeVisible();
  await bob.complete();
  await expect(bob.tasks()).toHaveCount(0);

  await expect(customer.notice('agent-left')).toHaveText('Bob left the chat');
  await customer.say('Is anybody there?');
  await expect(alice.message('Is anybody there?')).toBeVisible();
  await alice.say('I am');
  await expect(customer.message('I am')).toBeVisible();
  await expect(customer.notice('chat-ended')).toHaveCount(0);

  await alice.leave();
  await expect(customer.notice('chat-ended')).toBeVisible();
});
