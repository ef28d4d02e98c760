/**
 * The generated workflow at work: transfer tasks routed by the sandbox's TaskRouter, through Twilio's own helper
 * library, with nobody else watching. What the functions do about it is tested elsewhere.
 */
import { type Sandbox, type SeedWorker, startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import {
  buildTransferWorkflow,
  compareWorkflow,
  GRACE_SECONDS,
  mergeWorkflow,
  parseQueueSid,
  TRANSFER_WORKFLOW_NAME,
  type TransferQueue,
} from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const ANSWER_SECONDS = 60;

const agent = (name: string, skill: string): SeedWorker => ({
  name,
  fullName: name,
  roles: ['agent'],
  activity: 'Available',
  skills: { [skill]: 1 },
  chatCapacity: 5,
});

/** Alice transfers. Dan is in her queue, Bob and Carol are in another. */
const workers = [
  agent('alice', 'support'),
  agent('bob', 'billing'),
  agent('carol', 'billing'),
  agent('dan', 'support'),
];

let sandbox: Sandbox;
let account: Awaited<ReturnType<typeof setUpAccount>>;

async function setUpAccount() {
  const client = restClient(sandbox.url);
  const [first] = await client.taskrouter.v1.workspaces.list({ limit: 1 });
  if (first === undefined) throw new Error('The sandbox has no workspace');
  const workspace = client.taskrouter.v1.workspaces(first.sid);
  const queues = (await workspace.taskQueues.list()).map(({ sid, friendlyName }): TransferQueue => {
    const queueSid = parseQueueSid(sid);
    if (queueSid === undefined) throw new Error(`${sid} is no queue`);
    return { sid: queueSid, name: friendlyName };
  });
  const queueSid = (name: string) => {
    const queue = queues.find((candidate) => candidate.name === name);
    if (queue === undefined) throw new Error(`There is no queue ${name}`);
    return queue.sid;
  };
  const options = { everyoneQueueSid: queueSid('Everyone'), answerSeconds: ANSWER_SECONDS };
  const workflow = await workspace.workflows.create({
    friendlyName: TRANSFER_WORKFLOW_NAME,
    configuration: JSON.stringify(buildTransferWorkflow(queues, options)),
  });
  const byName = async <Item extends { sid: string; friendlyName: string }>(list: Promise<Item[]>) =>
    Object.fromEntries((await list).map(({ friendlyName, sid }) => [friendlyName, sid]));
  const workerSids = await byName(workspace.workers.list());
  const activities = await byName(workspace.activities.list());
  return { workspace, queues, queueSid, options, workflowSid: workflow.sid, workerSids, activities };
}

const workerSid = (name: string) => account.workerSids[name] ?? '';

async function advance(seconds: number): Promise<void> {
  const answer = await fetch(`${sandbox.url}/_sandbox/clock`, {
    method: 'POST',
    body: JSON.stringify({ advanceMs: seconds * 1000 }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function goOffline(...names: readonly string[]): Promise<void> {
  for (const name of names) await setActivity(name, 'Offline');
}

async function setActivity(name: string, activity: string): Promise<void> {
  const activitySid = account.activities[activity] ?? '';
  await account.workspace.workers(workerSid(name)).update({ activitySid });
  await advance(0);
}

const toWorker = (name: string) => ({ transferTargetType: 'worker', transferTargetSid: workerSid(name) });
const toQueue = (name: string) => ({
  transferTargetType: 'queue',
  transferTargetSid: account.queueSid(name),
});

/** A task with which Alice, whose chat came from Support, transfers it, and who it was offered to so far. */
async function transfer(values: object) {
  const base = {
    transferFromSid: workerSid('alice'),
    transferReturnQueueSid: account.queueSid('Support'),
    transferDeclinedBy: [],
    workerSidsInConversation: [workerSid('alice')],
  };
  const { sid } = await account.workspace.tasks.create({
    workflowSid: account.workflowSid,
    taskChannel: 'chat',
    attributes: JSON.stringify({ ...base, ...values }),
  });
  await advance(0);
  const task = account.workspace.tasks(sid);
  return {
    status: async () => (await task.fetch()).assignmentStatus,
    queue: async () => (await task.fetch()).taskQueueFriendlyName,
    /** Such as `bob pending`. */
    offers: async () =>
      (await task.reservations.list()).map((offer) => `${offer.workerName} ${offer.reservationStatus}`),
    async answer(name: string, reservationStatus: 'accepted' | 'rejected') {
      const ofWorker = await task.reservations.list({ workerSid: workerSid(name) });
      const pending = ofWorker.find((offer) => offer.reservationStatus === 'pending');
      if (pending === undefined) throw new Error(`${name} was not asked`);
      await task.reservations(pending.sid).update({ reservationStatus });
      await advance(0);
    },
    /** Sends the task back to where it came from, past those who declined it. */
    async sendBack(...declinedBy: readonly string[]) {
      const attributes = JSON.parse((await task.fetch()).attributes);
      await task.update({
        attributes: JSON.stringify({
          ...attributes,
          transferTargetType: 'return',
          transferDeclinedBy: declinedBy.map(workerSid),
        }),
      });
      await advance(0);
    },
    /** Such as `60 task-queue.timeout`: the task's age in seconds and what happened. */
    async events() {
      const events = await account.workspace.events.list({ taskSid: sid });
      const madeAt = Math.min(...events.map(({ eventDateMs }) => eventDateMs));
      return events.map(
        ({ eventDateMs, eventType }) => `${Math.round((eventDateMs - madeAt) / 1000)} ${eventType}`,
      );
    },
  };
}

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 'workflow', account: { workers } });
});
beforeEach(async () => {
  await sandbox.reset();
  account = await setUpAccount();
});
afterAll(() => sandbox.close());

describe('a transfer to an agent', () => {
  it('is offered to the chosen agent and to nobody else', async () => {
    const task = await transfer(toWorker('carol'));
    expect(await task.offers()).toEqual(['carol pending']);
    await task.answer('carol', 'accepted');
    await advance(600);
    expect(await task.offers()).toEqual(['carol accepted']);
    expect(await task.status()).toBe('assigned');
  });

  it('waits for a chosen agent who is away, and is offered when they come back in time', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS - 5);
    expect(await task.offers()).toEqual([]);
    await setActivity('bob', 'Available');
    expect(await task.offers()).toEqual(['bob pending']);
  });

  it('rings for nobody while the functions may take it back, then for the agent who transferred', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + 1);
    await setActivity('bob', 'Available');
    expect(await task.offers()).toEqual([]);

    await advance(GRACE_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('goes on to those who are not in the chat when the agent who transferred is away', async () => {
    await goOffline('bob', 'carol', 'alice');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });

  it('goes on to those who are not in the chat when the agent who transferred lets it ring', async () => {
    await goOffline('bob', 'carol');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
    await advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice canceled', 'dan pending']);
  });

  it('is offered to somebody in the chat too, rather than to nobody for ever', async () => {
    await goOffline('alice', 'bob', 'carol', 'dan');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS * 2 + GRACE_SECONDS + 1);
    await setActivity('alice', 'Available');
    expect(await task.offers()).toEqual([]);

    await advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('is not offered again to an agent who is known to have declined it', async () => {
    const task = await transfer({ ...toWorker('bob'), transferDeclinedBy: [workerSid('bob')] });
    expect(await task.offers()).toEqual([]);
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
    await goOffline('alice');
    await task.answer('alice', 'rejected');
    expect((await task.offers()).filter((offer) => offer.startsWith('bob'))).toEqual([]);
  });

  it('tells in order of what happens to it, first of all that the time of the chosen agent is over', async () => {
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS * 2 + GRACE_SECONDS + 1);
    expect(await task.events()).toEqual([
      '0 task.created',
      '0 workflow.entered',
      '0 workflow.target-matched',
      '0 task-queue.entered',
      '0 reservation.created',
      '60 task-queue.timeout',
      '60 reservation.canceled',
      '60 workflow.target-matched',
      '60 task-queue.entered',
      '65 task-queue.timeout',
      '65 workflow.target-matched',
      '65 task-queue.entered',
      '65 reservation.created',
      '125 task-queue.timeout',
      '125 reservation.canceled',
      '125 workflow.target-matched',
      '125 task-queue.entered',
      '125 reservation.created',
    ]);
  });
});

describe('a transfer to a queue', () => {
  it('is offered to the agents of the queue who are not in the chat, also when one of them declines', async () => {
    const task = await transfer(toQueue('Support'));
    expect(await task.offers()).toEqual(['dan pending']);
    await task.answer('dan', 'rejected');
    expect(await task.offers()).toEqual(['dan rejected', 'dan pending']);
  });

  it('goes back to the agent who transferred when nobody in the queue takes it', async () => {
    const task = await transfer(toQueue('Billing'));
    const [asked = ''] = await task.offers();
    await advance(ANSWER_SECONDS + 1);
    expect(await task.offers()).toEqual([asked.replace('pending', 'canceled')]);
    expect(await task.queue()).toBe('Billing');

    await advance(GRACE_SECONDS);
    expect(await task.offers()).toContain('alice pending');
    expect(await task.events()).toContain('60 task-queue.timeout');
  });

  it('goes to the fallback queue when nobody in the queue takes it and the agent who transferred is away', async () => {
    await goOffline('alice', 'bob', 'carol');
    const task = await transfer(toQueue('Billing'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });

  it('still finds a queue that was renamed', async () => {
    await account.workspace
      .taskQueues(account.queueSid('Billing'))
      .update({ friendlyName: 'Invoices "& more"' });
    await goOffline('carol');
    expect(await (await transfer(toQueue('Billing'))).offers()).toEqual(['bob pending']);
  });

  it('goes to the fallback queue when the queue was made after the workflow', async () => {
    const made = await account.workspace.taskQueues.create({ friendlyName: 'New', targetWorkers: '1==2' });
    const task = await transfer({ transferTargetType: 'queue', transferTargetSid: made.sid });
    expect(await task.queue()).toBe('Everyone');
    expect(await task.status()).toBe('reserved');
  });
});

describe('a transfer that is sent back', () => {
  it('is offered to the agent who transferred at once when they are free', async () => {
    const task = await transfer(toWorker('bob'));
    await task.answer('bob', 'rejected');
    // The only one it may go to, so TaskRouter asks him again before anybody can say that he has declined.
    expect(await task.offers()).toEqual(['bob rejected', 'bob pending']);
    await task.sendBack('bob');
    await task.answer('bob', 'rejected');
    expect(await task.offers()).toEqual(['bob rejected', 'bob rejected', 'alice pending']);
  });

  it('is offered in the original queue at once when the agent who transferred is away', async () => {
    await goOffline('bob', 'alice');
    const task = await transfer(toWorker('bob'));
    await task.sendBack();
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Support');
  });

  it('leaves the agent who transferred the whole time for an answer, when it comes back at the last moment', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS - 3);
    await task.sendBack();
    expect(await task.offers()).toEqual(['alice pending']);
    await advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
    await advance(4);
    expect(await task.offers()).toEqual(['alice canceled', 'dan pending']);
  });

  it('goes to the original queue when the agent who transferred has declined it too', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await task.sendBack('alice');
    expect(await task.offers()).toEqual(['dan pending']);
  });

  it('is offered to those who declined it only when nobody else has taken it', async () => {
    await goOffline('bob', 'dan');
    const task = await transfer(toWorker('bob'));
    await task.sendBack('alice');
    expect(await task.offers()).toEqual([]);
    await advance(ANSWER_SECONDS * 3 + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('goes to the fallback queue when the original queue is not known', async () => {
    await goOffline('alice', 'bob', 'carol');
    const task = await transfer({ ...toWorker('bob'), transferReturnQueueSid: undefined });
    await task.sendBack('bob');
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });
});

describe('a transfer that nobody takes', () => {
  it.each([
    ['an agent', () => toWorker('bob')],
    ['a queue', () => toQueue('Billing')],
    ['a queue that is not known', () => ({ transferTargetType: 'queue', transferTargetSid: 'WQ' })],
    ['where it came from', () => ({ transferTargetType: 'return' })],
    ['nothing', () => ({})],
  ])('to %s is never cancelled, and goes to whoever comes first', async (_, values) => {
    await goOffline('alice', 'bob', 'carol', 'dan');
    const task = await transfer(values());
    await advance(20 * 3600);
    expect(await task.status()).toBe('pending');
    expect((await task.events()).join()).not.toContain('workflow.timeout');
    await setActivity('alice', 'Available');
    expect(await task.offers()).toEqual(['alice pending']);
  });
});

describe('the workflow on the account', () => {
  it('is found current as TaskRouter answers it, and is brought up to date when queues change', async () => {
    const { workspace, workflowSid, queues, options } = account;
    const configuration = async () => (await workspace.workflows(workflowSid).fetch()).configuration;
    expect(compareWorkflow(await configuration(), queues, options).isCurrent).toBe(true);

    const made = await workspace.taskQueues.create({ friendlyName: 'Sales', targetWorkers: '1==1' });
    const sid = parseQueueSid(made.sid);
    if (sid === undefined) throw new Error('The new queue has no SID');
    const now = [...queues, { sid, name: 'Sales' }];
    expect(compareWorkflow(await configuration(), now, options).missing).toEqual([
      'Return to Sales',
      'Queue Sales',
    ]);
    await workspace.workflows(workflowSid).update({
      configuration: JSON.stringify(mergeWorkflow(await configuration(), now, options)),
    });
    expect(compareWorkflow(await configuration(), now, options).isCurrent).toBe(true);
    const task = await transfer({ transferTargetType: 'queue', transferTargetSid: made.sid });
    expect(await task.queue()).toBe('Sales');
  });
});
