import { expect, test } from './journey';
import { startChatWithAlice } from './pages/chat';

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

test('an agent completes a task on a task channel of the account that has copied the attributes of a chat', async ({
  journey,
}) => {
  const { alice, customer } = await startChatWithAlice(journey);
  const [workspace] = await journey.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks, workers, taskChannels } = journey.twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const [[chat], [worker]] = await Promise.all([tasks.list(), workers.list({ friendlyName: 'alice' })]);
  await taskChannels.create({ friendlyName: 'Call-backs', uniqueName: 'call-backs' });
  const { sid: taskSid } = await tasks.create({
    ...{ taskChannel: 'call-backs', attributes: chat?.attributes ?? '', routingTarget: worker?.sid ?? '' },
  });
  await expect(alice.tasks()).toHaveCount(2);
  const [reservation] = await tasks(taskSid).reservations.list();
  const reservationSid = reservation?.sid ?? '';
  await tasks(taskSid).reservations(reservationSid).update({ reservationStatus: 'accepted' });
  await expect.poll(() => alice.taskStatus(reservationSid)).toBe('accepted');

  await alice.invokeAction('WrapupTask', reservationSid, {});
  await expect.poll(() => alice.taskStatus(reservationSid)).toBe('wrapping');
  await alice.invokeAction('CompleteTask', reservationSid, {});

  await expect.poll(async () => (await tasks(taskSid).fetch()).assignmentStatus).toBe('completed');
  await expect(alice.tasks()).toHaveCount(1);
  await alice.send('We are still here');
  await expect(customer.message('We are still here')).toBeVisible();
});
