import { expect, test } from './journey';

test('Flex’s own handler transfers a task that is not a chat, with the payload it was given', async ({
  journey,
}) => {
  // Flex looks up the call of a voice task, and the sandbox has no calls.
  journey.allowError('Failed to create Sync Map');
  const alice = await journey.openAgent('alice');
  const [workspace] = await journey.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks, workers } = journey.twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const sidOf = async (friendlyName: string) => (await workers.list({ friendlyName }))[0]?.sid ?? '';
  const [aliceSid, bobSid] = await Promise.all([sidOf('alice'), sidOf('bob')]);

  const { sid: taskSid } = await tasks.create({
    taskChannel: 'voice',
    attributes: '{"call_sid":"CA1"}',
    routingTarget: aliceSid,
  });
  await expect(alice.tasks()).toHaveCount(1);
  const [reservation] = await tasks(taskSid).reservations.list();
  const reservationSid = reservation?.sid ?? '';
  await tasks(taskSid).reservations(reservationSid).update({ reservationStatus: 'accepted' });
  await expect.poll(() => alice.taskStatus(reservationSid)).toBe('accepted');

  const transferRequest = alice.page.waitForRequest((request) =>
    /"url":"[^"]*\/Transfers"/.test(request.postData() ?? ''),
  );
  await alice.invokeAction('TransferTask', reservationSid, { targetSid: bobSid, options: { mode: 'WARM' } });

  expect(JSON.parse((await transferRequest).postData() ?? '')).toMatchObject({
    method: 'POST',
    params: { ReservationSid: reservationSid, TaskSid: taskSid, To: bobSid, Mode: 'WARM' },
  });
});
