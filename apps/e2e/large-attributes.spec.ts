/** TaskRouter stores 4,096 characters of attributes per task. Accounts put data of their own there. */
import { expect, type Journey, test } from './journey';
import type { Agent } from './pages/agent';
import { bobBaker, startChatWithAlice } from './pages/chat';

/** Makes the attributes of the only task this long, with a key of the account. Returns its SIDs. */
async function fillAttributes(journey: Journey, length: number) {
  const [workspace] = await journey.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks } = journey.twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const [task] = await tasks.list({ limit: 1 });
  const attributes = JSON.parse(task?.attributes ?? '{}');
  const missing = length - JSON.stringify({ ...attributes, crm: '' }).length;
  await tasks(task?.sid ?? '').update({
    attributes: JSON.stringify({ ...attributes, crm: 'x'.repeat(missing) }),
  });
  return { taskSid: task?.sid ?? '', conversationSid: attributes.conversationSid ?? attributes.channelSid };
}

/** The token with which the agent's page calls the functions. */
const tokenOf = ({ page }: Agent): Promise<string> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('TWILIO_FLEX_SSO') ?? '{}').token);

/** A note of the greatest length, which takes up to six characters for each of its own at TaskRouter. */
const NOTE = '客様はルーターの交換を希望しています。'.repeat(60).slice(0, 1_000);

/** Starts a warm transfer to Bob with the note, as the page does. */
async function startWithNote(journey: Journey, alice: Agent, task: object) {
  const [workspace] = await journey.twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const [worker] = await journey.twilio.taskrouter.v1
    .workspaces(workspace?.sid ?? '')
    .workers.list({ friendlyName: 'bob' });
  const answer = await alice.page.request.post(`${journey.demo.functionsUrl}/transfer/start`, {
    headers: { origin: new URL(alice.page.url()).origin },
    form: {
      ...{ token: await tokenOf(alice), ...task, targetSid: worker?.sid ?? '', mode: 'warm', note: NOTE },
      transferId: '00000000-0000-4000-8000-000000000001',
    },
  });
  return answer.json();
}

test('a chat whose task is almost full stays with its agent, who reads why', async ({ journey }) => {
  const { alice, customer } = await startChatWithAlice(journey);
  const task = await fillAttributes(journey, 3_900);

  expect(await startWithNote(journey, alice, task)).toMatchObject({ ok: false, code: 'task-full' });
  await alice.transfer(bobBaker, 'cold');

  await expect(alice.notification('This chat carries too much data')).toBeVisible();
  await alice.send('I stay with you');
  await expect(customer.message('I stay with you')).toBeVisible();
  await expect(customer.notice('transfer-started')).toHaveCount(0);
});

test('the receiving agent reads the whole of a long note that the task has no room for', async ({
  journey,
}) => {
  const { alice, bob, customer } = await startChatWithAlice(journey);
  const task = await fillAttributes(journey, 2_900);
  expect(await startWithNote(journey, alice, task)).toMatchObject({ ok: true });

  await bob.incomingTask().click();
  await expect(bob.page.getByText(NOTE, { exact: true })).toBeVisible();
  await bob.accept();
  await bob.send('Hello, I have read everything');
  await expect(customer.message('Hello, I have read everything')).toBeVisible();
});
