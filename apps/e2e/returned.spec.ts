import { aliceInChat, bobBaker } from './pages/chat';
import { expectSameNotices } from './pages/notices';
import { expect, test } from './world';

/** A little longer than a target has for an answer. */
const ANSWER_TIME_OVER_MS = 61_000;

test('a warm transfer that is declined, cancelled or not answered leaves the chat with its agent', async ({
  world,
}) => {
  const [alice, bob, robin, kim] = await Promise.all([
    world.agent('alice'),
    world.agent('bob'),
    world.customer(),
    world.customer(),
  ]);
  await robin.start('Robin');
  await alice.accept();

  await alice.transfer(bobBaker, 'warm');
  await expect(alice.strip('Waiting for Bob…')).toBeVisible();
  await expect(alice.transferButton()).toBeDisabled();
  await bob.reject();
  await expect(robin.notice('transfer-declined')).toHaveText('Bob could not take the chat');
  await expect(alice.strip('Waiting for Bob…')).toBeHidden();
  await expect(bob.tasks()).toHaveCount(0);
  await alice.say('Then I will help you myself');
  await expect(robin.message('Then I will help you myself')).toBeVisible();

  await alice.transfer(bobBaker, 'warm');
  await expect(bob.incoming()).toContainText('Alice invites you to join');
  await alice.reload();
  await expect(alice.strip('Waiting for Bob…')).toBeVisible();
  await alice.cancelButton().click();
  await expect(robin.notice('transfer-cancelled')).toHaveText('Alice cancelled the transfer');
  await expect(bob.tasks()).toHaveCount(0);
  await expect(alice.cancelButton()).toBeHidden();

  await alice.transfer(bobBaker, 'warm');
  await expect(bob.incoming()).toBeVisible();
  await kim.start('Kim');
  await alice.accept();
  await world.advanceClock(ANSWER_TIME_OVER_MS);
  await expect(robin.notice('transfer-unanswered')).toHaveText('There was no answer from Bob');
  await expect(bob.tasks()).toHaveCount(0);
  await alice.followNotification('There was no answer from Bob. The chat with Robin is still yours.');

  await expect(alice.transferButton()).toBeEnabled();
  await expectSameNotices(alice.page, robin.page, [
    'agent-joined',
    'transfer-started',
    'transfer-declined',
    'transfer-started',
    'transfer-cancelled',
    'transfer-started',
    'transfer-unanswered',
  ]);
});

test('a cold transfer that is declined or cancelled comes back to its agent, and nothing that was said is lost', async ({
  world,
}) => {
  const { alice, bob, customer } = await aliceInChat(world);
  await customer.say('I was charged twice');

  await alice.transfer(bobBaker, 'cold');
  await expect(alice.inWrapUp()).toBeVisible();
  await bob.reject();
  await expect(customer.notice('transfer-declined')).toHaveText(
    'Bob could not take the chat. We are looking for someone else',
  );
  await expect(alice.incoming()).toContainText('Bob could not take the chat');
  await customer.say('Is anybody there?');
  await alice.accept();
  await expect(alice.message('I was charged twice')).toBeVisible();
  await expect(alice.message('Is anybody there?')).toBeVisible();

  await alice.completeEarlierTask();
  await customer.say('Hello?');
  await expect(alice.message('Hello?')).toBeVisible();
  await alice.say('I am back');
  await expect(customer.message('I am back')).toBeVisible();

  await alice.transfer(bobBaker, 'cold');
  await expect(bob.incoming()).toContainText('Transfer from Alice');
  await expect(alice.strip('You transferred the chat to Bob.')).toBeVisible();
  await alice.cancelButton().click();
  await expect(alice.incoming()).toContainText('You cancelled the transfer');
  await expect(bob.tasks()).toHaveCount(0);
  await alice.accept();
  await expect(customer.notice('agent-joined')).toHaveCount(3);
  await expectSameNotices(alice.page, customer.page, [
    'agent-joined',
    'transfer-started',
    'agent-left',
    'transfer-declined',
    'agent-joined',
    'transfer-started',
    'agent-left',
    'transfer-cancelled',
    'agent-joined',
  ]);
});
