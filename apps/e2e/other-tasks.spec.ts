import { expect, test } from './world';

test('the transfer of a task that is not a chat reaches Flex’s own handler with everything it was given', async ({
  world,
}) => {
  // Flex looks for the call behind a voice task, and the sandbox has no calls.
  world.tolerateError('Failed to create Sync Map');
  const alice = await world.agent('alice');
  const [workspace] = await world.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks, workers } = world.twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
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

  const toTaskRouter = alice.page.waitForRequest((request) =>
    /"url":"[^"]*\/Transfers"/.test(request.postData() ?? ''),
  );
  await alice.invokeAction('TransferTask', reservationSid, { targetSid: bobSid, options: { mode: 'WARM' } });

  expect(JSON.parse((await toTaskRouter).postData() ?? '')).toMatchObject({
    method: 'POST',
    params: { ReservationSid: reservationSid, TaskSid: taskSid, To: bobSid, Mode: 'WARM' },
  });
});
