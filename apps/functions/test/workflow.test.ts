/**
 * The generated workflow: how the sandbox's TaskRouter routes transfer tasks, through Twilio's helper
 * library. No event reaches the functions, which are tested elsewhere.
 */
import type { SeedWorker } from '@chat-transfer/flex-sandbox';
import {
  compareWorkflow,
  DEFAULT_RING_SECONDS,
  GRACE_SECONDS,
  mergeWorkflow,
  parseQueueSid,
  type TransferQueue,
} from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { required } from './support/account';
import { type FunctionsFixture, startFunctionsFixture } from './support/functions-fixture';

/** The defaults, which the fixture's workflow has. */
const ANSWER_SECONDS = 60;
const RING_SECONDS = DEFAULT_RING_SECONDS;

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

let fixture: FunctionsFixture;
beforeAll(async () => {
  fixture = await startFunctionsFixture({ account: { workers } });
});
beforeEach(() => fixture.reset());
afterAll(() => fixture?.close());

const advance = (seconds: number) => fixture.clock.advance(seconds * 1000);

async function goOffline(...names: readonly string[]): Promise<void> {
  for (const name of names) await setActivity(name, 'Offline');
}

const activity = async (name: string) =>
  (await fixture.workspace().workers(fixture.workerSid(name)).fetch()).activityName;

async function setActivity(name: string, activity: string): Promise<void> {
  await fixture.setActivity(name, activity);
  advance(0);
}

const toWorker = (name: string) => ({
  chatTransferTargetType: 'worker',
  chatTransferTargetSid: fixture.workerSid(name),
});
const toQueue = (name: string) => ({
  chatTransferTargetType: 'queue',
  chatTransferTargetSid: fixture.queueSid(name),
});

/** Creates the task of Alice's transfer of a chat that came from Support. Returns its offers and events. */
async function createTransferTask(values: object) {
  const base = {
    chatTransferFromSid: fixture.workerSid('alice'),
    chatTransferReturnQueueSid: fixture.queueSid('Support'),
    chatTransferDeclinedBy: [],
    chatTransferInChat: [fixture.workerSid('alice')],
  };
  const { sid } = await fixture.workspace().tasks.create({
    workflowSid: fixture.transferWorkflowSid(),
    taskChannel: 'chat',
    attributes: JSON.stringify({ ...base, ...values }),
  });
  advance(0);
  const task = fixture.workspace().tasks(sid);
  return {
    status: async () => (await task.fetch()).assignmentStatus,
    queue: async () => (await task.fetch()).taskQueueFriendlyName,
    /** Such as `bob pending`. */
    offers: async () =>
      (await task.reservations.list()).map((offer) => `${offer.workerName} ${offer.reservationStatus}`),
    async answer(name: string, reservationStatus: 'accepted' | 'rejected') {
      const ofWorker = await task.reservations.list({ workerSid: fixture.workerSid(name) });
      const pending = ofWorker.find((offer) => offer.reservationStatus === 'pending');
      if (pending === undefined) throw new Error(`Failed to answer: ${name} has no pending offer`);
      await task.reservations(pending.sid).update({ reservationStatus });
      advance(0);
    },
    /** Redirects the task to where it came from. Agents who declined it are not asked. */
    async redirect(...declinedBy: readonly string[]) {
      const attributes = JSON.parse((await task.fetch()).attributes);
      await task.update({
        attributes: JSON.stringify({
          ...attributes,
          chatTransferTargetType: 'return',
          chatTransferDeclinedBy: declinedBy.map(fixture.workerSid),
        }),
      });
      advance(0);
    },
    /** Such as `60 task-queue.timeout`: the task's age in seconds and what happened. */
    async events() {
      const events = await fixture.workspace().events.list({ taskSid: sid });
      const createdAt = Math.min(...events.map(({ eventDateMs }) => eventDateMs));
      return events.map(
        ({ eventDateMs, eventType }) => `${Math.round((eventDateMs - createdAt) / 1000)} ${eventType}`,
      );
    },
  };
}

describe('a transfer to an agent', () => {
  it('is offered to the target agent only', async () => {
    const task = await createTransferTask(toWorker('carol'));
    expect(await task.offers()).toEqual(['carol pending']);
    await task.answer('carol', 'accepted');
    advance(600);
    expect(await task.offers()).toEqual(['carol accepted']);
    expect(await task.status()).toBe('assigned');
  });

  it('waits for a target agent who is away, and is offered when they come back in time', async () => {
    await goOffline('bob');
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS - 5);
    expect(await task.offers()).toEqual([]);
    await setActivity('bob', 'Available');
    expect(await task.offers()).toEqual(['bob pending']);
  });

  it('is offered to no agent while the functions may redirect it, then to the agent who transferred', async () => {
    await goOffline('bob');
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS + 1);
    await setActivity('bob', 'Available');
    expect(await task.offers()).toEqual([]);

    advance(GRACE_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('goes to agents outside the chat when the agent who transferred is away', async () => {
    await goOffline('bob', 'carol', 'alice');
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });

  it('goes to agents outside the chat when the agent who transferred does not answer', async () => {
    await goOffline('bob', 'carol');
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
    advance(RING_SECONDS);
    expect(await task.offers()).toEqual(['alice timeout', 'dan pending']);
  });

  it('rings for the ring time, then sets the target agent offline', async () => {
    const task = await createTransferTask(toWorker('bob'));
    advance(RING_SECONDS - 1);
    expect(await task.offers()).toEqual(['bob pending']);
    advance(1);
    expect(await task.offers()).toEqual(['bob timeout']);
    expect(await activity('bob')).toBe('Offline');
  });

  it('is offered to agents in the chat too when no other agent is available', async () => {
    await goOffline('alice', 'bob', 'carol', 'dan');
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS * 2 + GRACE_SECONDS + 1);
    await setActivity('alice', 'Available');
    expect(await task.offers()).toEqual([]);

    advance(ANSWER_SECONDS);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('is not offered again to an agent who declined it', async () => {
    const task = await createTransferTask({
      ...toWorker('bob'),
      chatTransferDeclinedBy: [fixture.workerSid('bob')],
    });
    expect(await task.offers()).toEqual([]);
    advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
    await goOffline('alice');
    await task.answer('alice', 'rejected');
    expect((await task.offers()).filter((offer) => offer.startsWith('bob'))).toEqual([]);
  });

  it('sends its events in order, with task-queue.timeout when the time of the target agent is over', async () => {
    fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget: false });
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS + GRACE_SECONDS + RING_SECONDS + 1);
    expect(await task.events()).toEqual([
      '0 task.created',
      '0 workflow.entered',
      '0 workflow.target-matched',
      '0 task-queue.entered',
      '0 reservation.created',
      '30 reservation.timeout',
      '60 task-queue.timeout',
      '60 workflow.target-matched',
      '60 task-queue.entered',
      '65 task-queue.timeout',
      '65 workflow.target-matched',
      '65 task-queue.entered',
      '65 reservation.created',
      '95 reservation.timeout',
      '95 workflow.skipped',
      '95 workflow.target-matched',
      '95 task-queue.entered',
      '95 reservation.created',
    ]);
  });
});

describe('a transfer to a queue', () => {
  it('is offered to agents of the queue outside the chat, even after one of them declined', async () => {
    const task = await createTransferTask(toQueue('Support'));
    expect(await task.offers()).toEqual(['dan pending']);
    await task.answer('dan', 'rejected');
    expect(await task.offers()).toEqual(['dan rejected', 'dan pending']);
  });

  it('is offered to the next agent of the queue when one does not answer, until the time is over', async () => {
    fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget: false });
    await goOffline('carol');
    const task = await createTransferTask(toQueue('Billing'));
    await setActivity('carol', 'Available');
    advance(RING_SECONDS - 1);
    expect(await task.offers()).toEqual(['bob pending']);
    advance(1);
    expect(await task.offers()).toEqual(['bob timeout', 'carol pending']);
    await task.answer('carol', 'accepted');
    expect(await task.status()).toBe('assigned');
  });

  it('goes back to the agent who transferred when no agent in the queue accepts it', async () => {
    fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget: false });
    await goOffline('carol');
    const task = await createTransferTask(toQueue('Billing'));
    advance(ANSWER_SECONDS + 1);
    expect(await task.offers()).toEqual(['bob timeout']);
    expect(await task.queue()).toBe('Billing');

    advance(GRACE_SECONDS);
    expect(await task.offers()).toContain('alice pending');
    expect(await task.events()).toContain('60 task-queue.timeout');
  });

  it('goes to the fallback queue when no agent in the queue accepts it and the agent who transferred is away', async () => {
    await goOffline('alice', 'bob', 'carol');
    const task = await createTransferTask(toQueue('Billing'));
    advance(ANSWER_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });

  it('finds a queue that was renamed', async () => {
    await fixture
      .workspace()
      .taskQueues(fixture.queueSid('Billing'))
      .update({ friendlyName: 'Invoices "& more"' });
    await goOffline('carol');
    expect(await (await createTransferTask(toQueue('Billing'))).offers()).toEqual(['bob pending']);
  });

  describe('that was created after the workflow', () => {
    const createQueue = async () => {
      const { sid } = await fixture
        .workspace()
        .taskQueues.create({ friendlyName: 'VIP', targetWorkers: "skills HAS 'billing'" });
      return { chatTransferTargetType: 'queue', chatTransferTargetSid: sid };
    };

    it('goes to agents outside the chat', async () => {
      await goOffline('bob', 'carol');
      const task = await createTransferTask(await createQueue());
      expect(await task.offers()).toEqual(['dan pending']);
      expect(await task.queue()).toBe('Everyone');
    });

    it('does not ring the agent who transferred while the target has time to answer', async () => {
      await goOffline('bob', 'carol', 'dan');
      const task = await createTransferTask(await createQueue());
      advance(ANSWER_SECONDS + 1);
      expect(await task.offers()).toEqual([]);
      expect(await task.events()).toContain('60 task-queue.timeout');

      advance(GRACE_SECONDS);
      expect(await task.offers()).toEqual(['alice pending']);
    });
  });
});

describe('a transfer that is redirected', () => {
  it('is offered at once to the agent who transferred when they are available', async () => {
    fixture.sandbox.state().setQuirks({ reservedTaskIsRoutedAgain: false });
    const task = await createTransferTask(toWorker('bob'));
    await task.answer('bob', 'rejected');
    // Bob is the only candidate, so TaskRouter offers him the task again before the redirect names him.
    expect(await task.offers()).toEqual(['bob rejected', 'bob pending']);
    await task.redirect('bob');
    await task.answer('bob', 'rejected');
    expect(await task.offers()).toEqual(['bob rejected', 'bob rejected', 'alice pending']);
  });

  it('leaves the agent whom TaskRouter asks again, when a reserved task is routed again', async () => {
    fixture.sandbox.state().setQuirks({ reservedTaskIsRoutedAgain: true });
    const task = await createTransferTask(toWorker('bob'));
    await task.answer('bob', 'rejected');
    expect(await task.offers()).toEqual(['bob rejected', 'bob pending']);
    await task.redirect('bob');
    expect(await task.offers()).toEqual(['bob rejected', 'bob canceled', 'alice pending']);
  });

  it('is offered at once in the original queue when the agent who transferred is away', async () => {
    await goOffline('bob', 'alice');
    const task = await createTransferTask(toWorker('bob'));
    await task.redirect();
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Support');
  });

  it('gives the agent who transferred the full time to answer, even at the last moment', async () => {
    await goOffline('bob');
    const task = await createTransferTask(toWorker('bob'));
    advance(ANSWER_SECONDS + GRACE_SECONDS - 3);
    await task.redirect();
    expect(await task.offers()).toEqual(['alice pending']);
    advance(RING_SECONDS - 1);
    expect(await task.offers()).toEqual(['alice pending']);
    advance(2);
    expect(await task.offers()).toEqual(['alice timeout', 'dan pending']);
  });

  it('goes to the original queue when the agent who transferred has declined it too', async () => {
    await goOffline('bob');
    const task = await createTransferTask(toWorker('bob'));
    await task.redirect('alice');
    expect(await task.offers()).toEqual(['dan pending']);
  });

  it('is offered to agents who declined it when no other agent has accepted it', async () => {
    await goOffline('bob', 'dan');
    const task = await createTransferTask(toWorker('bob'));
    await task.redirect('alice');
    expect(await task.offers()).toEqual([]);
    advance(ANSWER_SECONDS * 3 + RING_SECONDS + GRACE_SECONDS + 1);
    expect(await task.offers()).toEqual(['alice pending']);
  });

  it('goes to the fallback queue when the original queue is not known', async () => {
    await goOffline('alice', 'bob', 'carol');
    const task = await createTransferTask({ ...toWorker('bob'), chatTransferReturnQueueSid: undefined });
    await task.redirect('bob');
    expect(await task.offers()).toEqual(['dan pending']);
    expect(await task.queue()).toBe('Everyone');
  });
});

describe('a transfer that no agent accepts', () => {
  it.each([
    ['an agent', () => toWorker('bob')],
    ['a queue', () => toQueue('Billing')],
    ['an unknown queue', () => ({ chatTransferTargetType: 'queue', chatTransferTargetSid: 'WQ' })],
    ['where the chat came from', () => ({ chatTransferTargetType: 'return' })],
    ['no target', () => ({})],
  ])(
    'to %s is never cancelled, and is offered to the first agent who becomes available',
    async (_, values) => {
      await goOffline('alice', 'bob', 'carol', 'dan');
      const task = await createTransferTask(values());
      advance(20 * 3600);
      expect(await task.status()).toBe('pending');
      expect((await task.events()).join()).not.toContain('workflow.timeout');
      await setActivity('alice', 'Available');
      expect(await task.offers()).toEqual(['alice pending']);
    },
  );
});

describe('compareWorkflow and mergeWorkflow', () => {
  it('find the created workflow current, and update it when queues change', async () => {
    const workspace = fixture.workspace();
    const workflow = workspace.workflows(fixture.transferWorkflowSid());
    const queues = [...fixture.queues()].map(
      ([name, sid]): TransferQueue => ({ sid: required(parseQueueSid(sid), sid), name }),
    );
    const options = { everyoneQueueSid: required(parseQueueSid(fixture.queueSid('Everyone')), 'Everyone') };
    expect(compareWorkflow(await workflow.fetch(), queues, options).isCurrent).toBe(true);

    const created = await workspace.taskQueues.create({ friendlyName: 'Sales', targetWorkers: '1==1' });
    const withNew = [...queues, { sid: required(parseQueueSid(created.sid), created.sid), name: 'Sales' }];
    expect(compareWorkflow(await workflow.fetch(), withNew, options).missing).toEqual([
      'Return to Sales',
      'Queue Sales',
      'Return to Sales (earlier version)',
      'Queue Sales (earlier version)',
    ]);
    await workflow.update(mergeWorkflow(await workflow.fetch(), withNew, options));
    expect(compareWorkflow(await workflow.fetch(), withNew, options).isCurrent).toBe(true);
    const task = await createTransferTask({
      chatTransferTargetType: 'queue',
      chatTransferTargetSid: created.sid,
    });
    expect(await task.queue()).toBe('Sales');
  });
});
