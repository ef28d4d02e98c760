/**
 * The generated workflow on its own: the sandbox's TaskRouter routes transfer tasks, without the functions.
 * Tests use Twilio's helper library.
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

/** Alice transfers. Dan is in her queue, Bob and Carol are in another one. */
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
  if (first === undefined) throw new Error('Failed to set up the account: the sandbox has no workspace');
  const workspace = client.taskrouter.v1.workspaces(first.sid);
  const queues = (await workspace.taskQueues.list()).map(({ sid, friendlyName }): TransferQueue => {
    const queueSid = parseQueueSid(sid);
    if (queueSid === undefined)
      throw new Error(`Failed to list the queues: ${sid} is not the SID of a queue`);
    return { sid: queueSid, name: friendlyName };
  });
  const queueSid = (name: string) => {
    const queue = queues.find((candidate) => candidate.name === name);
    if (queue === undefined)
      throw new Error(`Failed to find the queue ${name}: the workspace has no such queue`);
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

/** The transfer task of Alice, whose chat came from Support, with its offers and events. */
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
      if (pending === undefined) throw new Error(`Failed to answer: ${name} has no pending offer`);
      await task.reservations(pending.sid).update({ reservationStatus });
      await advance(0);
    },
    /** Redirects the task to where it came from. Agents who declined it are not asked. */
    async redirect(...declinedBy: readonly string[]) {
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
      const createdAt = Math.min(...events.map(({ eventDateMs }) => eventDateMs));
      return events.map(
        ({ eventDateMs, eventType }) => `${Math.round((eventDateMs - createdAt) / 1000)} ${eventType}`,
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
  it('is offered to the target agent only', async () => {
    const task = await transfer(toWorker('carol'));
    expect(await task.offers()).toEqual(['carol pending']);
    await task.answer('carol', 'accepted');
    await advance(600);
    expect(await task.offers()).toEqual(['carol accepted']);
    expect(await task.status()).toBe('assigned');
  });

  it('waits for a target agent who is away, and is offered when they come back in time', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS - 5);
    expect(await task.offers()).toEqual([]);
    await setActivity('bob', 'Available');
    expect(await task.offers()).toEqual(['bob pending']);
  });

  it('is offered to no agent while the functions may redirect it, then to the agent who transferred', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + 1);
    await setActivity('bob', 'Available');
    expect(await task.offers()).toEqual([]);

    await advance(GRACE_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('goes to agents outside the chat when the agent who transferred is away', async () => {
    await goOffline('bob', 'carol', 'alice');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });

  it('goes to agents outside the chat when the agent who transferred does not answer', async () => {
    await goOffline('bob', 'carol');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
    await advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice canceled', 'dan pending']);
  });

  it('is offered to agents in the chat too when no other agent is available', async () => {
    await goOffline('alice', 'bob', 'carol', 'dan');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS * 2 + GRACE_SECONDS + 1);
    await setActivity('alice', 'Available');
    expect(await task.offers()).toEqual([]);

    await advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('is not offered again to an agent who declined it', async () => {
    const task = await transfer({ ...toWorker('bob'), transferDeclinedBy: [workerSid('bob')] });
    expect(await task.offers()).toEqual([]);
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
    await goOffline('alice');
    await task.answer('alice', 'rejected');
    expect((await task.offers()).filter((offer) => offer.startsWith('bob'))).toEqual([]);
  });

  it('sends its events in order, with task-queue.timeout when the time of the target agent is over', async () => {
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
  it('is offered to agents of the queue outside the chat, even after one of them declined', async () => {
    const task = await transfer(toQueue('Support'));
    expect(await task.offers()).toEqual(['dan pending']);
    await task.answer('dan', 'rejected');
    expect(await task.offers()).toEqual(['dan rejected', 'dan pending']);
  });

  it('goes back to the agent who transferred when no agent in the queue accepts it', async () => {
    const task = await transfer(toQueue('Billing'));
    const [offer = ''] = await task.offers();
    await advance(ANSWER_SECONDS + 1);
    expect(await task.offers()).toEqual([offer.replace('pending', 'canceled')]);
    expect(await task.queue()).toBe('Billing');

    await advance(GRACE_SECONDS);
    expect(await task.offers()).toContain('alice pending');
    expect(await task.events()).toContain('60 task-queue.timeout');
  });

  it('goes to the fallback queue when no agent in the queue accepts it and the agent who transferred is away', async () => {
    await goOffline('alice', 'bob', 'carol');
    const task = await transfer(toQueue('Billing'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });

  it('finds a queue that was renamed', async () => {
    await account.workspace
      .taskQueues(account.queueSid('Billing'))
      .update({ friendlyName: 'Invoices "& more"' });
    await goOffline('carol');
    expect(await (await transfer(toQueue('Billing'))).offers()).toEqual(['bob pending']);
  });

  it('goes to the fallback queue when the queue was created after the workflow', async () => {
    const queue = await account.workspace.taskQueues.create({ friendlyName: 'New', targetWorkers: '1==2' });
    const task = await transfer({ transferTargetType: 'queue', transferTargetSid: queue.sid });
    expect(await task.queue()).toBe('Everyone');
    expect(await task.status()).toBe('reserved');
  });
});

describe('a transfer that is redirected', () => {
  it('is offered at once to the agent who transferred when they are available', async () => {
    const task = await transfer(toWorker('bob'));
    await task.answer('bob', 'rejected');
    // The task may go to no other agent, so TaskRouter offers it to him again before the redirect names him
    // as declined.
    expect(await task.offers()).toEqual(['bob rejected', 'bob pending']);
    await task.redirect('bob');
    await task.answer('bob', 'rejected');
    expect(await task.offers()).toEqual(['bob rejected', 'bob rejected', 'alice pending']);
  });

  it('is offered at once in the original queue when the agent who transferred is away', async () => {
    await goOffline('bob', 'alice');
    const task = await transfer(toWorker('bob'));
    await task.redirect();
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Support');
  });

  it('gives the agent who transferred the full time to answer, even at the last moment', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await advance(ANSWER_SECONDS + GRACE_SECONDS - 3);
    await task.redirect();
    expect(await task.offers()).toEqual(['alice pending']);
    await advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
    await advance(4);
    expect(await task.offers()).toEqual(['alice canceled', 'dan pending']);
  });

  it('goes to the original queue when the agent who transferred has declined it too', async () => {
    await goOffline('bob');
    const task = await transfer(toWorker('bob'));
    await task.redirect('alice');
    expect(await task.offers()).toEqual(['dan pending']);
  });

  it('is offered to agents who declined it when no other agent has accepted it', async () => {
    await goOffline('bob', 'dan');
    const task = await transfer(toWorker('bob'));
    await task.redirect('alice');
    expect(await task.offers()).toEqual([]);
    await advance(ANSWER_SECONDS * 3 + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('goes to the fallback queue when the original queue is not known', async () => {
    await goOffline('alice', 'bob', 'carol');
    const task = await transfer({ ...toWorker('bob'), transferReturnQueueSid: undefined });
    await task.redirect('bob');
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });
});

describe('a transfer that no agent accepts', () => {
  it.each([
    ['an agent', () => toWorker('bob')],
    ['a queue', () => toQueue('Billing')],
    ['an unknown queue', () => ({ transferTargetType: 'queue', transferTargetSid: 'WQ' })],
    ['where it came from', () => ({ transferTargetType: 'return' })],
    ['nothing', () => ({})],
  ])(
    'to %s is never cancelled, and is offered to the first agent who becomes available',
    async (_, values) => {
      await goOffline('alice', 'bob', 'carol', 'dan');
      const task = await transfer(values());
      await advance(20 * 3600);
      expect(await task.status()).toBe('pending');
      expect((await task.events()).join()).not.toContain('workflow.timeout');
      await setActivity('alice', 'Available');
      expect(await task.offers()).toEqual(['alice pending']);
    },
  );
});

describe('compareWorkflow and mergeWorkflow', () => {
  it('find the created workflow current, and update it when queues change', async () => {
    const { workspace, workflowSid, queues, options } = account;
    const configuration = async () => (await workspace.workflows(workflowSid).fetch()).configuration;
    expect(compareWorkflow(await configuration(), queues, options).isCurrent).toBe(true);

    const created = await workspace.taskQueues.create({ friendlyName: 'Sales', targetWorkers: '1==1' });
    const sid = parseQueueSid(created.sid);
    if (sid === undefined) throw new Error('Failed to create a queue: TaskRouter answered no queue SID');
    const newQueues = [...queues, { sid, name: 'Sales' }];
    expect(compareWorkflow(await configuration(), newQueues, options).missing).toEqual([
      'Return to Sales',
      'Queue Sales',
    ]);
    await workspace.workflows(workflowSid).update({
      configuration: JSON.stringify(mergeWorkflow(await configuration(), newQueues, options)),
    });
    expect(compareWorkflow(await configuration(), newQueues, options).isCurrent).toBe(true);
    const task = await transfer({ transferTargetType: 'queue', transferTargetSid: sid });
    expect(await task.queue()).toBe('Sales');
  });
});
