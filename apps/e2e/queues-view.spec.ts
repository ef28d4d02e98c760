import { expect, test } from './journey';

test('Flex’s Queues view shows a supervisor the waiting tasks and the agents of each queue', async ({
  journey,
}) => {
  const { page } = await journey.openAgent('carol');
  const [workspace] = await journey.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks, workflows, workers } = journey.twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const [workflow] = await workflows.list({ friendlyName: 'Assign to Anyone' });
  const addTask = () =>
    tasks.create({ taskChannel: 'chat', attributes: '{}', workflowSid: workflow?.sid ?? '' });
  /** The last column has three numbers: available, unavailable and offline agents. */
  const readRow = async (queue: string) => {
    const cells = page.getByRole('row', { name: new RegExp(`^${queue}`) }).getByRole('cell');
    const [, active, waiting, ...others] = await cells.allInnerTexts();
    return { active, waiting, agents: others.at(-1)?.split(/\s+/) };
  };

  const { sid } = await addTask();
  await page.goto(new URL('/queues-stats', page.url()).href);
  await expect(page.getByText('3/3 queues subscribed.')).toBeVisible();
  await expect.poll(() => readRow('Support')).toEqual({ active: '0', waiting: '1', agents: ['2', '0', '0'] });
  await expect.poll(() => readRow('Billing')).toEqual({ active: '0', waiting: '0', agents: ['1', '0', '0'] });
  await expect
    .poll(() => readRow('Everyone'))
    .toEqual({ active: '0', waiting: '0', agents: ['2', '0', '1'] });

  await addTask();
  const [reservation] = await tasks(sid).reservations.list();
  await tasks(sid)
    .reservations(reservation?.sid ?? '')
    .update({ reservationStatus: 'accepted' });
  const [bob] = await workers.list({ friendlyName: 'bob' });
  const [offline] = await journey.twilio.taskrouter.v1
    .workspaces(workspace?.sid ?? '')
    .activities.list({ friendlyName: 'Offline' });
  await workers(bob?.sid ?? '').update({ activitySid: offline?.sid ?? '' });
  await expect.poll(() => readRow('Support')).toEqual({ active: '1', waiting: '1', agents: ['1', '0', '1'] });
  expect(journey.demo.sandbox.requests().filter((request) => request.unknownEndpoint)).toEqual([]);
});
