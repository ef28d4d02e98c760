import {
  agentsInChat,
  CLAIM_MS,
  type ConversationEvent,
  conversationAttributes,
  type Ledger,
  planOutbox,
  type Result,
  type TaskSid,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import {
  aConversationSid,
  aQueueSid,
  aTaskSid,
  aTransferRequest,
  aWorker,
} from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import { createFakeTwilio } from '../../test/support/fake-twilio';
import type { FaultKind } from '../../test/support/fault-injector';
import { byLatency, createInterleavingScheduler } from '../../test/support/interleaving-scheduler';
import { sendWithRetries } from '../../test/support/plugin-retries';
import { createRandom } from '../../test/support/seeded-random';
import { chooseSeeds, tierDescription } from '../../test/support/test-tier';
import { createVirtualClock } from '../../test/support/virtual-clock';
import { type Change, changeConversation } from './change-conversation';

const [alice, bob] = [aWorker(1), aWorker(2)];
const original = aTaskSid(1);
const { transferId } = aTransferRequest();

/** The longest delay of a call to Twilio, and of its answer. */
const MAX_LATENCY_MS = 120;
const RETRYABLE: readonly string[] = ['twilio-failed', 'busy'];

/** A chat that Alice has accepted, on a fake Twilio. */
async function aChat(seed = 1) {
  const random = createRandom(seed);
  const clock = createVirtualClock();
  const scheduler = createInterleavingScheduler({ clock, plan: byLatency(seed, random, MAX_LATENCY_MS) });
  const { state, ports, moveTask } = createFakeTwilio(aConversationSid(), [alice, bob], { clock, scheduler });
  const answers: Result<Ledger>[] = [];
  const reported: ConversationEvent[][] = [];

  /** One run of a function. After a crash, it never answers. */
  const apply = async (events: readonly ConversationEvent[], more: Partial<Change> = {}) => {
    const answer = await changeConversation(ports, {
      conversation: { conversationSid: aConversationSid() },
      events,
      ...more,
    });
    answers.push(answer);
    return answer;
  };
  /** A request of the plugin, which repeats it up to twice when it may succeed later. */
  const request = (event: ConversationEvent) =>
    sendWithRetries(() => apply([event]).catch(() => undefined), {
      mayRetry: (answer) => answer === undefined || (!answer.ok && RETRYABLE.includes(answer.failure.code)),
      sleep: scheduler.sleep,
      random,
    });
  /** An event callback of TaskRouter: late, and sometimes twice. */
  const report = (...events: ConversationEvent[]) => {
    reported.push(events);
    for (let times = random() < 0.2 ? 2 : 1; times > 0; times -= 1) {
      void scheduler.sleep(random() * 400).then(() => apply(events).catch(() => undefined));
    }
  };
  const recordTask = (taskSid: TaskSid): ConversationEvent => {
    const id = state.tasks.get(taskSid)?.transferId;
    const about = { taskSid, at: clock.nowMs() };
    return id === undefined
      ? { type: 'task-tracked', ...about }
      : { type: 'transfer-offered', transferId: id, ...about };
  };
  const accept = (taskSid: TaskSid, worker: WorkerRef) => {
    if (state.tasks.get(taskSid)?.state !== 'waiting') return;
    const task = state.tasks.get(taskSid);
    if (task !== undefined) task.acceptedBy = worker.sid;
    moveTask(taskSid, ['waiting'], 'accepted');
    state.agents.add(worker.identity);
    report(recordTask(taskSid), { type: 'task-accepted', taskSid, worker, at: clock.nowMs() });
  };

  state.tasks.set(original, { state: 'waiting' });
  accept(original, alice);
  await scheduler.runUntilIdle();
  return {
    ...{ scheduler, clock, random, state, moveTask, answers, reported },
    ...{ apply, request, report, recordTask, accept },
  };
}

type Chat = Awaited<ReturnType<typeof aChat>>;

const agentLeft = (taskSid: TaskSid, worker: WorkerRef): ConversationEvent => ({
  type: 'agent-left',
  taskSid,
  worker,
  alreadyWrapping: false,
  at: 0,
});

/**
 * Alice transfers the chat, Bob may accept it, both may leave and complete, and the customer may end the
 * chat: each at a random moment. TaskRouter reports all of it.
 */
async function aBusyChat(
  seed: number,
  faultOf: (random: () => number, doing: string) => FaultKind | undefined,
): Promise<Chat> {
  const chat = await aChat(seed);
  const { scheduler, random, state, moveTask, request, report, recordTask, accept } = chat;
  const { sleep } = scheduler;
  const soon = (run: () => void) => void sleep(random() * 1500).then(run);
  state.faultOf = (doing) => faultOf(random, doing);

  state.onTask = (taskSid, task) => {
    switch (task.state) {
      case 'waiting':
        report(recordTask(taskSid));
        return soon(() =>
          random() < 0.8 ? accept(taskSid, bob) : moveTask(taskSid, ['waiting'], 'canceled'),
        );
      case 'accepted':
        return;
      case 'wrapping': {
        const worker = taskSid === original ? alice : bob;
        return report(recordTask(taskSid), {
          type: 'agent-left',
          taskSid,
          worker,
          alreadyWrapping: true,
          at: 0,
        });
      }
      case 'completed':
      case 'canceled':
        return report(recordTask(taskSid), { type: 'task-closed', taskSid, at: 0 });
    }
  };

  const transfer = aTransferRequest({
    at: chat.clock.nowMs(),
    mode: random() < 0.5 ? 'warm' : 'cold',
    release: random() < 0.5 ? 'immediately' : 'on-accept',
    target:
      random() < 0.5 ? { kind: 'queue', queueSid: aQueueSid() } : { kind: 'worker', workerSid: bob.sid },
  });
  soon(() => void request(transfer));
  if (random() < 0.5) soon(() => void request(transfer));
  if (random() < 0.2) soon(() => void request({ type: 'customer-ended', at: 0 }));
  for (const [taskSid, worker] of [[original, alice] as const, [aTaskSid(2), bob] as const]) {
    const requestIfOnTask = (event: ConversationEvent) =>
      soon(() => {
        if (['accepted', 'wrapping'].includes(state.tasks.get(taskSid)?.state ?? '')) void request(event);
      });
    if (random() < 0.6) requestIfOnTask(agentLeft(taskSid, worker));
    if (random() < 0.6) requestIfOnTask({ type: 'completion-requested', taskSid, worker, at: 0 });
  }
  await scheduler.runUntilIdle();
  return chat;
}

/** TaskRouter repeats every event after the last claims have expired, and no call fails. */
async function repeatEvents({ scheduler, state, reported, apply }: Chat): Promise<void> {
  state.faultOf = () => undefined;
  await Promise.all([scheduler.sleep(CLAIM_MS), scheduler.runUntilIdle()]);
  for (const events of reported) await Promise.all([apply(events), scheduler.runUntilIdle()]);
}

/** What must hold after every run and every event is done. */
function expectSettled({ state, clock }: Chat) {
  const ledger = state.ledger();
  const tasks = [...state.tasks.values()];
  expect(planOutbox(ledger, 'test', clock.nowMs())).toEqual({ step: 'nothing' });
  expect([...new Set(state.postedNotices)]).toEqual(state.postedNotices);
  expect(tasks.filter((task) => task.transferId === transferId).length).toBeLessThan(2);
  expect([...state.agents].sort()).toEqual(
    agentsInChat(ledger)
      .map(({ identity }) => identity)
      .sort(),
  );
  expect(state.attributes.status).toBe(ledger.ended === undefined ? 'ACTIVE' : 'INACTIVE');
  if (ledger.ended !== undefined) expect(tasks.map((task) => task.state)).not.toContain('waiting');
}

/** The conversation lists the ledger's tasks, not those of an older ledger that a slow run wrote last. */
function expectCurrentAttributes({ state }: Chat) {
  expect(state.attributes).toEqual(conversationAttributes(state.attributes, state.ledger()));
}

function expectEveryNotice({ state }: Chat) {
  expect(state.postedNotices.filter((id) => state.decidedNotices.includes(id))).toEqual(state.decidedNotices);
}

const SEEDS = chooseSeeds({ sample: 30, full: 150 });
console.log(`The interleavings of changeConversation run ${tierDescription}.`);

async function forEverySeed(check: (seed: number) => Promise<void>) {
  for (const seed of SEEDS) {
    await check(seed).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : cause;
      throw new Error(`With seed ${seed} of ${tierDescription}: ${reason}`, { cause });
    });
  }
}

describe('changeConversation in many runs at once', () => {
  it('does every effect once and in order, and answers every request', async () => {
    await forEverySeed(async (seed) => {
      const chat = await aBusyChat(seed, () => undefined);
      expectSettled(chat);
      expectEveryNotice(chat);
      for (const answer of chat.answers) {
        if (!answer.ok) expect(['chat-ended', 'target-in-chat']).toContain(answer.failure.code);
      }
    });
  });

  it('does every effect once, by the next event at the latest, when calls fail, lose their answers or never return', async () => {
    const faults: FaultKind[] = ['503', 'lost after', 'crash before', 'crash after', '3 s late'];
    await forEverySeed(async (seed) => {
      const chat = await aBusyChat(seed, (random) => faults[Math.floor(random() * 80)]);
      await repeatEvents(chat);
      expectSettled(chat);
      expectEveryNotice(chat);
      expectCurrentAttributes(chat);
    });
  });

  it('posts that the transfer failed, and releases no agent, when Twilio refuses to create the task', async () => {
    await forEverySeed(async (seed) => {
      const chat = await aBusyChat(seed, (_random, doing) =>
        doing === 'create the transfer task' ? '400' : undefined,
      );
      expectSettled(chat);
      expect(chat.state.ledger().transfer).toBeUndefined();
      const posted = chat.state.postedNotices.filter((id) => id.includes(transferId));
      expect(['', `transfer-started:${transferId},transfer-failed:${transferId}`]).toContain(posted.join());
    });
  });
});

describe('a transfer whose task Twilio refuses to create', () => {
  it('leaves the agent in the chat, where they can start another transfer', async () => {
    const chat = await aChat();
    chat.state.faultOf = (doing) => (doing === 'create the transfer task' ? '400' : undefined);
    const [refused] = await Promise.all([
      chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]),
      chat.scheduler.runUntilIdle(),
    ]);

    expect(refused).toMatchObject({ ok: false, failure: { code: 'twilio-failed', status: 400 } });
    expect(chat.state.ledger().tasks[original]?.state).toBe('active');
    expect(chat.state.postedNotices).toEqual([
      `agent-joined:${original}`,
      `transfer-started:${transferId}`,
      `transfer-failed:${transferId}`,
    ]);
    expectSettled(chat);

    chat.state.faultOf = () => undefined;
    const another = aTransferRequest({ transferId: 'another', at: chat.clock.nowMs() });
    const [again] = await Promise.all([chat.apply([another]), chat.scheduler.runUntilIdle()]);
    expect(again).toMatchObject({ ok: true, value: { transfer: { state: 'offered' } } });
    expect(chat.state.tasks.get(original)?.state).toBe('wrapping');
  });
});

describe('a request that is refused', () => {
  it('runs the effects that an earlier request left undone, with the task of that request', async () => {
    const chat = await aChat();
    chat.state.faultOf = (doing) => (doing === 'create the transfer task' ? '503' : undefined);
    await Promise.all([
      chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]),
      chat.scheduler.runUntilIdle(),
    ]);
    chat.state.faultOf = () => undefined;

    const another = aTransferRequest({
      transferId: 'another',
      taskSid: aTaskSid(9),
      by: bob,
      at: chat.clock.nowMs(),
    });
    const [answer] = await Promise.all([
      chat.apply([another], {
        justRead: {
          task: {
            sid: aTaskSid(9),
            attributes: { copiedFrom: aTaskSid(9) },
            assignmentStatus: 'assigned',
            taskChannel: 'chat',
            priority: 0,
            queueSid: undefined,
            ageSeconds: 600,
            etag: undefined,
          },
        },
      }),
      chat.scheduler.runUntilIdle(),
    ]);

    expect(answer).toMatchObject({ ok: false, failure: { code: 'transfer-open' } });
    expect([...chat.state.tasks.values()].at(-1)).toMatchObject({ transferId, copiedFrom: original });
    expectSettled(chat);
  });
});

describe('an agent who comes back on another task', () => {
  it('is not removed by a late effect of their earlier task', async () => {
    const chat = await aChat();
    chat.state.faultOf = (doing) => (doing === 'remove the agent from the chat' ? '503' : undefined);
    await Promise.all([
      chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]),
      chat.scheduler.runUntilIdle(),
    ]);
    chat.state.faultOf = () => undefined;

    chat.accept(aTaskSid(2), alice);
    await chat.scheduler.runUntilIdle();

    expect([...chat.state.agents]).toEqual([alice.identity]);
    expectSettled(chat);
  });
});

describe('a transfer whose last effects are slow', () => {
  it('writes the ledger twice', async () => {
    const chat = await aChat();
    const before = chat.state.ledgerWrites();
    chat.state.faultOf = (doing) => (doing.includes('ledger') ? undefined : '3 s late');
    await Promise.all([
      chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]),
      chat.scheduler.runUntilIdle(),
    ]);
    expect(chat.state.ledgerWrites() - before).toBe(2);
  });

  it('lists the newer tasks on the conversation after the next event, though a slow run wrote older ones', async () => {
    const chat = await aChat();
    const closed: ConversationEvent = { type: 'task-closed', taskSid: original, at: 0 };
    const faults: FaultKind[] = ['3 s late'];
    chat.state.faultOf = (doing) => (doing === 'update the chat' ? faults.shift() : undefined);
    void chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]);
    void chat.scheduler.sleep(2_000).then(() => chat.apply([closed]));
    await chat.scheduler.runUntilIdle();
    expect(chat.answers.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(chat.state.attributes).toMatchObject({ associatedTasks: { [original]: 'inflight' } });

    await Promise.all([chat.scheduler.sleep(CLAIM_MS), chat.scheduler.runUntilIdle()]);
    await Promise.all([chat.apply([closed]), chat.scheduler.runUntilIdle()]);
    expectCurrentAttributes(chat);
  });
});

describe('a transfer during which another request changes the ledger', () => {
  it('lists the newer tasks on the conversation, though one of the effects beside its own update failed', async () => {
    const chat = await aChat();
    const faults: Record<string, FaultKind[]> = {
      'create the transfer task': ['3 s late'],
      'move the reservation to wrap-up': ['lost after'],
    };
    chat.state.faultOf = (doing) => faults[doing]?.shift();
    void chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]);
    void chat.scheduler
      .sleep(2_000)
      .then(() => chat.apply([{ type: 'completion-requested', taskSid: original, worker: alice, at: 0 }]));
    await chat.scheduler.runUntilIdle();

    expect(chat.state.tasks.get(original)?.state).toBe('completed');
    expectCurrentAttributes(chat);
    expectSettled(chat);
  });
});

describe('a run that waits for the claims of another run', () => {
  it('answers before Twilio ends it, even if the other run has crashed', async () => {
    const chat = await aChat();
    chat.state.faultOf = (doing) => (doing === 'post a notice' ? 'crash before' : undefined);
    void chat.apply([agentLeft(original, alice)]);
    await chat.scheduler.runUntilIdle();

    const startedAt = chat.clock.nowMs();
    const [answer] = await Promise.all([
      chat.apply([agentLeft(original, alice)]),
      chat.scheduler.runUntilIdle(),
    ]);
    expect(answer).toEqual({ ok: false, failure: { code: 'busy' } });
    expect(chat.clock.nowMs() - startedAt).toBeLessThan(9_000);
  });

  it('keeps the claims that it took when the other run stalled, so that a notice is posted once', async () => {
    const chat = await aChat();
    const faults: Record<string, FaultKind[]> = {
      'update the chat': ['13 s late'],
      'post a notice': ['13 s late'],
    };
    chat.state.faultOf = (doing) => faults[doing]?.shift();
    const tracked: ConversationEvent = { type: 'task-tracked', taskSid: aTaskSid(2), at: 0 };
    void chat.apply([tracked]);
    void chat.scheduler.sleep(CLAIM_MS + 500).then(() => {
      chat.apply([{ type: 'task-accepted', taskSid: aTaskSid(2), worker: bob, at: 0 }]);
    });
    await chat.scheduler.runUntilIdle();

    expect(chat.state.postedNotices.filter((id) => id === `agent-joined:${aTaskSid(2)}`)).toHaveLength(1);
  });
});

describe('a run that crashes with unconfirmed effects', () => {
  it('delays later notices until another run has posted its own', async () => {
    const chat = await aChat();
    const faults: (FaultKind | undefined)[] = [undefined, 'crash before'];
    chat.state.faultOf = (doing) => (doing === 'post a notice' ? faults.shift() : undefined);
    void chat.apply([aTransferRequest({ at: chat.clock.nowMs() })]);
    await chat.scheduler.runUntilIdle();
    const taskSid = chat.state.ledger().transfer?.transferTaskSid ?? original;
    const accepted: ConversationEvent = { type: 'task-accepted', taskSid, worker: bob, at: 0 };
    chat.state.agents.add(bob.identity);
    const [early] = await Promise.all([chat.apply([accepted]), chat.scheduler.runUntilIdle()]);

    expect(early).toEqual({ ok: false, failure: { code: 'busy' } });
    expect(chat.state.postedNotices).toEqual([`agent-joined:${original}`, `transfer-started:${transferId}`]);

    await Promise.all([chat.scheduler.sleep(CLAIM_MS), chat.scheduler.runUntilIdle()]);
    const [late] = await Promise.all([chat.apply([accepted]), chat.scheduler.runUntilIdle()]);

    expect(late).toMatchObject({ ok: true });
    expect(chat.state.postedNotices.slice(2)).toEqual([`agent-left:${original}`, `agent-joined:${taskSid}`]);
    expectSettled(chat);
  });
});
