import { expect, test } from './journey';
import { startChatWithBoth } from './pages/chat';
import { expectSameNotices } from './pages/compare-notices';

test('both agents of a warm transfer write to the customer, and the chat continues after the first leaves', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithBoth(journey);
  await expect(bob.message('My router keeps dropping')).toBeVisible();

  await alice.send('Bob knows these routers');
  await bob.send('Hello Robin');
  await expect(customer.message('Bob knows these routers')).toBeVisible();
  await expect(customer.message('Hello Robin')).toBeVisible();
  await expect(alice.message('Hello Robin')).toBeVisible();

  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await expect(customer.notice('agent-left')).toHaveText('Alice left the chat');
  await alice.complete();
  await expect(alice.tasks()).toHaveCount(0);

  await customer.send('Hello Bob');
  await expect(bob.message('Hello Bob')).toBeVisible();
  await bob.send('Still here');
  await expect(customer.message('Still here')).toBeVisible();
  await expect(customer.notice('chat-ended')).toHaveCount(0);
  await expectSameNotices(bob.page, customer.page, [
    'agent-joined',
    'transfer-started',
    'agent-joined',
    'agent-left',
  ]);
});
