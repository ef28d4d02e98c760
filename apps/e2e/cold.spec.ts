import { expect, test } from './journey';
import { bobBaker, startChatWithAlice } from './pages/chat';
import { expectSameNotices } from './pages/compare-notices';

test('a cold transfer to a queue releases the first agent and gives the chat with its history to the second', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithAlice(journey);
  await customer.send('I was charged twice');
  await expect(alice.message('I was charged twice')).toBeVisible();
  await alice.send('Let me get you to billing');

  await alice.transfer({ kind: 'queue', name: 'Billing' }, 'cold');

  await expect(alice.inWrapUp()).toBeVisible();
  await expect(customer.notice('transfer-started')).toHaveText('Alice is transferring the chat to Billing');
  await expect(customer.notice('agent-left')).toHaveText('Alice left the chat');
  await alice.complete();
  await expect(alice.tasks()).toHaveCount(0);

  await bob.accept();
  await expect(bob.message('I was charged twice')).toBeVisible();
  await expect(bob.message('Let me get you to billing')).toBeVisible();
  await bob.send('I can see both charges');
  await expect(customer.message('I can see both charges')).toBeVisible();
  await customer.send('Thank you');
  await expect(bob.message('Thank you')).toBeVisible();

  await expect(customer.notice('agent-joined')).toHaveText(['Alice joined the chat', 'Bob joined the chat']);
  await expectSameNotices(bob.page, customer.page, [
    'agent-joined',
    'transfer-started',
    'agent-left',
    'agent-joined',
  ]);
});

test('the chat ends when the agent who accepted a cold transfer leaves as the last one', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithAlice(journey);
  await alice.transfer(bobBaker, 'cold');
  await bob.accept();

  // Alice is in wrap-up: her page does not learn that Bob has accepted until she clicks the button.
  await alice.cancelButton().click();
  await expect(alice.notification('Bob has already accepted it')).toBeVisible();
  await expect(alice.cancelButton()).toBeHidden();

  await bob.leave();

  await expect(bob.inWrapUp()).toBeVisible();
  await expect(customer.notice('chat-ended')).toBeVisible();
  await expect(customer.page.getByRole('button', { name: 'Start a new chat' })).toBeVisible();
});
