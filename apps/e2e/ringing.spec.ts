import { expect, type Journey, test } from './journey';
import { bobBaker, startChatWithAlice } from './pages/chat';

/** One second longer than a reservation rings. */
const PAST_RING_TIME_MS = 31_000;

test('an agent who lets a chat ring out learns why they are offline, and so does the agent who transferred', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithAlice(journey);
  await alice.transfer(bobBaker, 'warm');
  await expect(bob.incomingTask()).toBeVisible();

  // Alice's notification disappears after 10 seconds, so the wait for it starts first.
  await Promise.all([
    alice.notification('Bob did not answer. Their status is now Offline.').waitFor(),
    bob
      .notification(
        'You did not answer a chat in time, so your status was set to Offline. Change your status to get chats again.',
      )
      .waitFor(),
    journey.advanceClock(PAST_RING_TIME_MS),
  ]);
  await expect(customer.notice('transfer-unanswered')).toHaveText('There was no answer from Bob');
  await expect(customer.page.getByText(/offline|status/i)).toHaveCount(0);

  await setAvailable(journey, 'bob');
  await expect(bob.notification('You did not answer a chat in time')).toBeHidden();
  await alice.transfer(bobBaker, 'warm');
  await bob.accept();
  await expect(customer.notice('agent-joined')).toHaveCount(2);
});

/** What an agent does with Flex's own menu. */
async function setAvailable({ twilio }: Journey, friendlyName: string): Promise<void> {
  const [workspace] = await twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { activities, workers } = twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const [activity] = await activities.list({ friendlyName: 'Available' });
  const [worker] = await workers.list({ friendlyName });
  await workers(worker?.sid ?? '').update({ activitySid: activity?.sid ?? '' });
}
