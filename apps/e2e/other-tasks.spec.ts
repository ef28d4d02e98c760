import { expect, test } from './world';

test('the transfer of a task that is not a chat reaches Flex’s own handler with everything it was given', async ({
  world,
}) => {
  const alice = await world.agent('alice');
  const [workspace] = await world.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks, workers } = world.twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const [bob] = await workers.list({ friendlyName: 'bob' });
  const task = await tasks.create({
    taskChannel: 'voice',
    attributes: '{"call_sid":"CA1"}',
    routingTarget: (await workers.list({ friendlyName: 'alice' }))[0]?.sid ?? '',
  });
  await expect(alice.tasks()).toHaveCount(1);
  const [reservation] = await tasks(task.sid).reservations.list();
  await tasks(task.sid)
    .reservations(reservation?.sid ?? '')
    .update({ reservationStatus: 'accepted' });

  const toFlexsBackend = alice.page.waitForRequest((request) =>
    /"url":"[^"]*\/Transfers"/.test(request.postData() ?? ''),
  );
  await alice.invokeAction('TransferTask', {
    taskSid: task.sid,
    targetSid: bob?.sid,
    options: { mode: 'WARM' },
  });

  expect(JSON.parse((await toFlexsBackend).postData() ?? '')).toMatchObject({
    method: 'POST',
    params: { ReservationSid: reservation?.sid, TaskSid: task.sid, To: bob?.sid, Mode: 'WARM' },
  });
});
