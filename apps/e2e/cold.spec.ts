import { aliceInChat, bobBaker } from './pages/chat';
import { expectSameNotices } from './pages/notices';
import { expect, test } from './world';

test('a cold transfer to a queue lets the first agent go, and another takes the chat over with its history', async ({
  world,
}) => {
  const { alice, bob, customer } = await aliceInChat(world);
  await customer.say('I was charged twice');
  await expect(alice.message('I was charged twice')).toBeVisible();
  await alice.say('Let me get you to billing');

  await alice.transfer({ kind: 'queue', name: 'Billing' }, 'cold');

  await expect(alice.inWrapUp()).toBeVisible();
  await expect(customer.notice('transfer-started')).toHaveText('Alice is transferring the chat to Billing');
  await expect(customer.notice('agent-left')).toHaveText('Alice left the chat');
  await alice.complete();
  await expect(alice.tasks()).toHaveCount(0);

  await bob.accept();
  await expect(bob.message('I was charged twice')).toBeVisible();
  await expect(bob.message('Let me get you to billing')).toBeVisible();
  await bob.say('I can see both charges');
  await expect(customer.message('I can see both charges')).toBeVisible();
  await customer.say('Thank you');
  await expect(bob.message('Thank you')).toBeVisible();

  await expect(customer.notice('agent-joined')).toHaveText(['Alice joined the chat', 'Bob joined the chat']);
  await expectSameNotices(bob.page, customer.page, [
    'agent-joined',
    'transfer-started',
    'agent-left',
    'agent-joined',
  ]);
});

test('the agent who takes a cold transfer ends the chat as the last one', async ({ world }) => {
  const { alice, bob, customer } = await aliceInChat(world);
  await alice.transfer(bobBaker, 'cold');
  await bob.accept();

  // In wrap-up, nobody tells Alice's page of it until she asks.
  await alice.cancelButton().click();
  await expect(alice.notification('Bob has already accepted it')).toBeVisible();
  await expect(alice.cancelButton()).toBeHidden();

  await bob.leave();

  await expect(bob.inWrapUp()).toBeVisible();
  await expect(customer.notice('chat-ended')).toBeVisible();
  await expect(customer.page.getByRole('button', { name: 'Start a new chat' })).toBeVisible();
});
