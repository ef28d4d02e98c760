import { expect, type Journey, test } from './journey';
import { bobBaker, startChatWithAlice } from './pages/chat';
import { expectSameNotices } from './pages/compare-notices';

/** One second longer than the time a target has to answer. */
const PAST_ANSWER_TIME_MS = 61_000;

test('an agent keeps the chat when a warm transfer is declined, cancelled or not answered', async ({
  journey,
}) => {
  await extendGrace(journey);
  const [alice, bob, robin, kim] = await Promise.all([
    journey.openAgent('alice'),
    journey.openAgent('bob'),
    journey.openCustomer(),
    journey.openCustomer(),
  ]);
  await robin.start('Robin');
  await alice.accept();

  await alice.transfer(bobBaker, 'warm');
  await expect(alice.transferStrip('Waiting for Bob…')).toBeVisible();
  await expect(alice.transferButton()).toBeDisabled();
  await bob.reject();
  await expect(robin.notice('transfer-declined')).toHaveText('Bob could not take the chat');
  await expect(alice.transferStrip('Waiting for Bob…')).toBeHidden();
  await expect(bob.tasks()).toHaveCount(0);
  await alice.send('Then I will help you myself');
  await expect(robin.message('Then I will help you myself')).toBeVisible();

  await alice.transfer(bobBaker, 'warm');
  await expect(bob.incomingTask()).toContainText('Alice invites you to join');
  await alice.reload();
  await expect(alice.transferStrip('Waiting for Bob…')).toBeVisible();
  await alice.cancelButton().click();
  await expect(robin.notice('transfer-cancelled')).toHaveText('Alice cancelled the transfer');
  await expect(bob.tasks()).toHaveCount(0);
  await expect(alice.cancelButton()).toBeHidden();

  await alice.transfer(bobBaker, 'warm');
  await expect(bob.incomingTask()).toBeVisible();
  await kim.start('Kim');
  await alice.accept();
  // Flex removes the notification after 10 seconds, so the wait for it starts first.
  await Promise.all([
    alice.followNotification('There was no answer from Bob. The chat with Robin is still yours.'),
    journey.advanceClock(PAST_ANSWER_TIME_MS),
  ]);
  await expect(robin.notice('transfer-unanswered')).toHaveText('There was no answer from Bob');
  await expect(bob.tasks()).toHaveCount(0);

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

test('a cold transfer that is declined or cancelled returns to its agent with every message', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithAlice(journey);
  await customer.send('I was charged twice');

  await alice.transfer(bobBaker, 'cold');
  await expect(alice.inWrapUp()).toBeVisible();
  await bob.reject();
  await expect(customer.notice('transfer-declined')).toHaveText(
    'Bob could not take the chat. We are looking for someone else',
  );
  await expect(alice.incomingTask()).toContainText('Bob could not take the chat');
  await customer.send('Is anybody there?');
  await alice.accept();
  await expect(alice.message('I was charged twice')).toBeVisible();
  await expect(alice.message('Is anybody there?')).toBeVisible();

  await alice.completeEarlierTask();
  await customer.send('Hello?');
  await expect(alice.message('Hello?')).toBeVisible();
  await alice.send('I am back');
  await expect(customer.message('I am back')).toBeVisible();

  await alice.transfer(bobBaker, 'cold');
  await expect(bob.incomingTask()).toContainText('Transfer from Alice');
  await expect(alice.transferStrip('You transferred the chat to Bob.')).toBeVisible();
  await alice.cancelButton().click();
  await expect(alice.incomingTask()).toContainText('You cancelled the transfer');
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

/**
 * Gives the functions ten minutes to react to an offer that expires. The workflow gives them five seconds,
 * then offers the task to other agents. On a slow machine, it would do so before the functions react.
 */
async function extendGrace({ twilio }: Journey): Promise<void> {
  const [workspace] = await twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { workflows } = twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const [workflow] = await workflows.list({ friendlyName: 'Chat Transfer' });
  const configuration = JSON.parse(workflow?.configuration ?? '');
  const targets: Array<{ expression?: string; timeout?: number }> =
    configuration.task_routing.filters.flatMap((filter: { targets: object[] }) => filter.targets);
  const graceTargets = targets.filter(({ expression }) => expression === "worker.sid == 'none'");
  expect(graceTargets, 'targets of the workflow that match no worker').not.toEqual([]);
  for (const target of graceTargets) target.timeout = 600;
  await workflows(workflow?.sid ?? '').update({ configuration: JSON.stringify(configuration) });
}
