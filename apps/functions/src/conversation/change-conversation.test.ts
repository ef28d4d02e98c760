import {
  agentsInChat,
  type ConversationEvent,
  conversationAttributes,
  dueEntries,
  LEASE_MS,
  type Ledger,
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
import { createFakeTwilio, type Fate } from '../../test/support/fake-twilio';
import { createTimeline } from '../../test/support/interleaving-scheduler';
import { type Change, changeConversation } from './change-conversation';

const [alice, bob] = [aWorker(1), aWorker(2)];
const original = aTaskSid(1);
const { transferId } = aTransferRequest();

/** A chat that Alice has accepted, on a fake Twilio. */
async function aChat(seed = 1) {
  const timeline = createTimeline(seed);
  const { state, ports, move } = createFakeTwilio(aConversationSid(), [alice, bob], timeline);
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
  const request = async (event: ConversationEvent) => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const answer = await apply([event]).catch(() => undefined);
      if (answer !== undefined && (answer.ok || answer.failure.code !== 'twilio-failed')) return;
      await timeline.sleep(500 * attempt);
    }
  };
  /** An event callback of TaskRouter: late, and sometimes twice. */
  const report = (...events: ConversationEvent[]) => {
    reported.push(events);
    for (let times = timeline.random() < 0.2 ? 2 : 1; times > 0; times -= 1) {
      void timeline.sleep(timeline.random() * 400).then(() => apply(events).catch(() => undefined));
    }
  };
  const recordTask = (taskSid: TaskSid): ConversationEvent => {
    const id = state.tasks.get(taskSid)?.transferId;
    const about = { taskSid, at: timeline.nowMs() };
    return id === undefined
      ? { type: 'task-tracked', ...about }
      : { type: 'transfer-offered', transferId: id, ...about };
  };
  const accept = (taskSid: TaskSid, worker: WorkerRef) => {
    if (state.tasks.get(taskSid)?.state !== 'waiting') return;
    const task = state.tasks.get(taskSid);
    if (task !== undefined) task.takenBy = worker.sid;
    move(taskSid, ['waiting'], 'accepted');
    state.members.add(worker.identity);
    report(recordTask(taskSid), { type: 'task-accepted', taskSid, worker, at: timeline.nowMs() });
  };

  state.tasks.set(original, { state: 'waiting' });
  accept(original, alice);
  await timeline.run();
  return { timeline, state, move, answers, reported, apply, request, report, recordTask, accept };
}

type Chat = Awaited<ReturnType<typeof aChat>>;

const leaves = (taskSid: TaskSid, worker: WorkerRef): ConversationEvent => ({
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
async function aBusyChat(seed: number, fateOf: (random: () => number, doing: string) => Fate): Promise<Chat> {
  const chat = await aChat(seed);
  const { timeline, state, move, request, report, recordTask, accept } = chat;
  const { random, sleep } = timeline;
  const soon = (run: () => void) => void sleep(random() * 1500).then(run);
  state.fateOf = (doing) => fateOf(random, doing);

  state.onTask = (taskSid, task) => {
    switch (task.state) {
      case 'waiting':
        report(recordTask(taskSid));
        return soon(() => (random() < 0.8 ? accept(taskSid, bob) : move(taskSid, ['waiting'], 'canceled')));
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
    if (random() < 0.6) requestIfOnTask(leaves(taskSid, worker));
    if (random() < 0.6) requestIfOnTask({ type: 'completion-requested', taskSid, worker, at: 0 });
  }
  await timeline.run();
  return chat;
}

/** TaskRouter repeats every event after the last lease has expired, and no call fails. */
async function repeatEvents({ timeline, state, reported, apply }: Chat): Promise<void> {
  state.fateOf = () => 'done';
  await Promise.all([timeline.sleep(LEASE_MS), timeline.run()]);
  for (const events of reported) await Promise.all([apply(events), timeline.run()]);
}

/** What must hold once every run and every event is done. */
function expectSettled({ state, timeline }: Chat) {
  const ledger = state.ledger();
  const tasks = [...state.tasks.values()];
  expect(dueEntries(ledger, timeline.nowMs())).toEqual([]);
  expect(ledger.lease).toBeUndefined();
  expect([...new Set(state.posted)]).toEqual(state.posted);
  expect(tasks.filter((task) => task.transferId === transferId).length).toBeLessThan(2);
  expect([...state.members].sort()).toEqual(
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
  expect(state.posted.filter((id) => state.decided.includes(id))).toEqual(state.decided);
}

const SEEDS = 150;
async function forEverySeed(check: (seed: number) => Promise<void>) {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    await check(seed).catch((cause: unknown) => {
      throw new Error(`With seed ${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    });
  }
}

describe('changeConversation in many runs at once', () => {
  it('does every effect once and in order, and answers every request', async () => {
    await forEverySeed(async (seed) => {
      const chat = await aBusyChat(seed, () => 'done');
      expectSettled(chat);
      expectEveryNotice(chat);
      for (const answer of chat.answers) {
        if (!answer.ok) expect(['chat-ended', 'target-in-chat']).toContain(answer.failure.code);
      }
    });
  });

  it('does so, with the next event at the latest, when calls fail, lose their answers or never return', async () => {
    const fates: Fate[] = ['unavailable', 'answer-lost', 'crash-before', 'crash-after', 'slow'];
    await forEverySeed(async (seed) => {
      const chat = await aBusyChat(seed, (random) => fates[Math.floor(random() * 80)] ?? 'done');
      await repeatEvents(chat);
      expectSettled(chat);
      expectEveryNotice(chat);
      expectCurrentAttributes(chat);
    });
  });

  it('posts that the transfer failed, and releases no agent, when Twilio refuses to create the task', async () => {
    await forEverySeed(async (seed) => {
      const chat = await aBusyChat(seed, (_random, doing) =>
        doing === 'create the transfer task' ? 'refused' : 'done',
      );
      expectSettled(chat);
      expect(chat.state.ledger().transfer).toBeUndefined();
      const posted = chat.state.posted.filter((id) => id.includes(transferId));
      expect(['', `transfer-started:${transferId},transfer-failed:${transferId}`]).toContain(posted.join());
    });
  });
});

describe('a transfer whose task Twilio refuses to create', () => {
  it('leaves the agent in the chat, where they can start another transfer', async () => {
    const chat = await aChat();
    chat.state.fateOf = (doing) => (doing === 'create the transfer task' ? 'refused' : 'done');
    const [refused] = await Promise.all([chat.apply([aTransferRequest()]), chat.timeline.run()]);

    expect(refused).toMatchObject({ ok: false, failure: { code: 'twilio-failed', status: 400 } });
    expect(chat.state.ledger().tasks[original]?.state).toBe('active');
    expect(chat.state.posted).toEqual([
      `agent-joined:${original}`,
      `transfer-started:${transferId}`,
      `transfer-failed:${transferId}`,
    ]);
    expectSettled(chat);

    chat.state.fateOf = () => 'done';
    const another = aTransferRequest({ transferId: 'another' });
    const [again] = await Promise.all([chat.apply([another]), chat.timeline.run()]);
    expect(again).toMatchObject({ ok: true, value: { transfer: { state: 'offered' } } });
    expect(chat.state.tasks.get(original)?.state).toBe('wrapping');
  });
});

describe('a request that is refused', () => {
  it('does the effects that an earlier one left undone, on the task of that one', async () => {
    const chat = await aChat();
    chat.state.fateOf = (doing) => (doing === 'create the transfer task' ? 'unavailable' : 'done');
    await Promise.all([chat.apply([aTransferRequest()]), chat.timeline.run()]);
    chat.state.fateOf = () => 'done';

    const another = aTransferRequest({ transferId: 'another', taskSid: aTaskSid(9), by: bob });
    const [answer] = await Promise.all([
      chat.apply([another], {
        justRead: {
          task: {
            sid: aTaskSid(9),
            attributes: { copiedFrom: aTaskSid(9) },
            assignmentStatus: 'assigned',
            taskChannel: 'chat',
            queueSid: undefined,
            ageSeconds: 600,
            etag: undefined,
          },
        },
      }),
      chat.timeline.run(),
    ]);

    expect(answer).toMatchObject({ ok: false, failure: { code: 'transfer-open' } });
    expect([...chat.state.tasks.values()].at(-1)).toMatchObject({ transferId, copiedFrom: original });
    expectSettled(chat);
  });
});

describe('an agent who comes back on another task', () => {
  it('is not removed by an effect that was left undone when they left', async () => {
    const chat = await aChat();
    chat.state.fateOf = (doing) => (doing === 'remove the agent from the chat' ? 'unavailable' : 'done');
    await Promise.all([chat.apply([aTransferRequest()]), chat.timeline.run()]);
    chat.state.fateOf = () => 'done';

    chat.accept(aTaskSid(2), alice);
    await chat.timeline.run();

    expect([...chat.state.members]).toEqual([alice.identity]);
    expectSettled(chat);
  });
});

describe('a transfer whose last effects are slow', () => {
  it('writes the ledger twice', async () => {
    const chat = await aChat();
    const before = chat.state.ledgerWrites();
    chat.state.fateOf = (doing) => (doing.includes('ledger') ? 'done' : 'slow');
    await Promise.all([chat.apply([aTransferRequest()]), chat.timeline.run()]);
    expect(chat.state.ledgerWrites() - before).toBe(2);
  });

  it('lists the newer tasks on the conversation after the next event, though a slow run wrote older ones', async () => {
    const chat = await aChat();
    const closed: ConversationEvent = { type: 'task-closed', taskSid: original, at: 0 };
    const fates: Fate[] = ['slow'];
    chat.state.fateOf = (doing) => (doing === 'update the chat' ? (fates.shift() ?? 'done') : 'done');
    void chat.apply([aTransferRequest()]);
    void chat.timeline.sleep(2_000).then(() => chat.apply([closed]));
    await chat.timeline.run();
    expect(chat.answers.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(chat.state.attributes).toMatchObject({ associatedTasks: { [original]: 'inflight' } });

    await Promise.all([chat.timeline.sleep(LEASE_MS), chat.timeline.run()]);
    await Promise.all([chat.apply([closed]), chat.timeline.run()]);
    expectCurrentAttributes(chat);
  });
});

describe('a run that waits for the lease of another run', () => {
  it('answers before Twilio ends it, even if the other run has crashed', async () => {
    const chat = await aChat();
    chat.state.fateOf = (doing) => (doing === 'post a notice' ? 'crash-before' : 'done');
    void chat.apply([leaves(original, alice)]);
    await chat.timeline.run();

    const startedAt = chat.timeline.nowMs();
    const [answer] = await Promise.all([chat.apply([leaves(original, alice)]), chat.timeline.run()]);
    expect(answer).toEqual({ ok: false, failure: { code: 'busy' } });
    expect(chat.timeline.nowMs() - startedAt).toBeLessThan(9_000);
  });

  it('does not take the lease back from a run that took it during a stall', async () => {
    const chat = await aChat();
    const fates: Record<string, Fate[]> = { 'update the chat': ['stalled'], 'post a notice': ['stalled'] };
    chat.state.fateOf = (doing) => fates[doing]?.shift() ?? 'done';
    const tracked: ConversationEvent = { type: 'task-tracked', taskSid: aTaskSid(2), at: 0 };
    void chat.apply([tracked]);
    void chat.timeline.sleep(LEASE_MS + 500).then(() => {
      chat.apply([{ type: 'task-accepted', taskSid: aTaskSid(2), worker: bob, at: 0 }]);
    });
    await chat.timeline.run();

    expect(chat.state.posted.filter((id) => id === `agent-joined:${aTaskSid(2)}`)).toHaveLength(1);
  });
});

describe('a run that crashes with unconfirmed effects', () => {
  it('keeps later notices back until another run has posted its notices', async () => {
    const chat = await aChat();
    const fates: Fate[] = ['done', 'crash-before'];
    chat.state.fateOf = (doing) => (doing === 'post a notice' ? (fates.shift() ?? 'done') : 'done');
    void chat.apply([aTransferRequest()]);
    await chat.timeline.run();
    const taskSid = chat.state.ledger().transfer?.transferTaskSid ?? original;
    const accepted: ConversationEvent = { type: 'task-accepted', taskSid, worker: bob, at: 0 };
    chat.state.members.add(bob.identity);
    const [early] = await Promise.all([chat.apply([accepted]), chat.timeline.run()]);

    expect(early).toEqual({ ok: false, failure: { code: 'busy' } });
    expect(chat.state.posted).toEqual([`agent-joined:${original}`, `transfer-started:${transferId}`]);

    await Promise.all([chat.timeline.sleep(LEASE_MS), chat.timeline.run()]);
    const [late] = await Promise.all([chat.apply([accepted]), chat.timeline.run()]);

    expect(late).toMatchObject({ ok: true });
    expect(chat.state.posted.slice(2)).toEqual([`agent-left:${original}`, `agent-joined:${taskSid}`]);
    expectSettled(chat);
  });
});
