import { randomUUID } from 'node:crypto';
import {
  CLAIM_MS,
  ledgerName,
  nextDueAt,
  outboxDueAt,
  parseConversationSid,
} from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { required } from '../../test/support/account';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { byLatency } from '../../test/support/interleaving-scheduler';
import { BACKENDS } from '../../test/support/twilio-chats';
import { INDEX_NAME } from '../ledger/due-index';

const SWEEP_SECRET = 'a secret of the scheduler';
const MINUTE = 60_000;

describe.each(BACKENDS)('POST /sweep on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, settings: { SWEEP_SECRET }, sharesProcess: true });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const sweep = () => fixture.post('/sweep', { secret: SWEEP_SECRET });

  /** Loses all events of TaskRouter that it has sent so far. */
  async function loseEvents(): Promise<void> {
    await fixture.settle();
    fixture.undelivered.length = 0;
  }

  /** Time passes. All events are lost, and only sweeps repair what is wrong. */
  async function passWithSweeps(ms: number): Promise<void> {
    const stepMs = ms > 5 * MINUTE ? MINUTE : 10_000;
    for (let passed = 0; passed < ms; passed += stepMs) {
      fixture.clock.advance(stepMs);
      await loseEvents();
      expect((await sweep()).body).toMatchObject({ ok: true });
    }
    await loseEvents();
  }

  const start = async (chat: Chat, mode: 'warm' | 'cold', to = 'bob') =>
    fixture.post('/transfer/start', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId: randomUUID(),
      targetSid: fixture.workerSid(to),
      mode,
    });

  const kinds = (chat: Chat) => fixture.noticeKinds(chat.conversationSid).slice(1);
  const ledgerOf = async (chat: Chat) => required(await fixture.ledger(chat.conversationSid), 'ledger');
  const transferTask = (chat: Chat) =>
    required(
      fixture.tasks(chat.conversationSid).find(({ sid }) => sid !== chat.taskSid),
      'transfer task',
    );

  describe('when all events of a chat are lost', () => {
    it('announces the agent who accepted a cold transfer, and closes the wrapped-up task', async () => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'cold');
      await loseEvents();
      await fixture.accept('bob', transferTask(chat).sid);
      await passWithSweeps(2 * MINUTE + 10_000);

      expect(kinds(chat)).toEqual(['transfer-started', 'agent-left', 'agent-joined']);
      await fixture.updateReservation('alice', chat.taskSid, 'completed');
      await passWithSweeps(2 * MINUTE + 10_000);
      const { tasks, transfer, past } = await ledgerOf(chat);
      expect(Object.values(tasks).map(({ state }) => state)).toEqual(['closed', 'active']);
      expect([transfer, past[0]?.state]).toEqual([undefined, 'accepted']);
      expect(fixture.isOpen(chat.conversationSid)).toBe(true);
    });

    it('ends an offer that no agent answers', async () => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'warm');
      await passWithSweeps(MINUTE + 30_000);

      expect(kinds(chat)).toEqual(['transfer-started', 'transfer-unanswered']);
      expect((await ledgerOf(chat)).transfer).toBeUndefined();
      expect(transferTask(chat).status).toBe('canceled');
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    });

    it('announces the first agent of a chat', async () => {
      const chat = await fixture.startChat();
      await fixture.deliverAll();
      await fixture.accept('alice', chat.taskSid);
      await passWithSweeps(2 * MINUTE + 10_000);

      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined']);
    });

    it('ends a chat whose agent has wrapped up through TaskRouter', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.updateReservation('alice', chat.taskSid, 'wrapping');
      await passWithSweeps(32 * MINUTE);

      expect(kinds(chat)).toEqual(['agent-left', 'chat-ended']);
      expect(fixture.isOpen(chat.conversationSid)).toBe(false);
    });

    it('ends with a notice when TaskRouter has deleted the task of the agent', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.workspace().tasks(chat.taskSid).remove();
      await passWithSweeps(32 * MINUTE);

      expect(kinds(chat)).toEqual(['agent-left', 'chat-ended']);
      expect((await ledgerOf(chat)).ended).toMatchObject({ by: 'last-agent' });
    });

    it('posts nothing in a chat that is as the ledger says', async () => {
      const chat = await fixture.startChatWithAlice();
      await passWithSweeps(32 * MINUTE);

      expect(kinds(chat)).toEqual([]);
      const [task] = Object.values((await ledgerOf(chat)).tasks);
      expect(task).toMatchObject({ state: 'active', worker: { publicName: 'Alice' } });
      expect(task?.confirmedAt).toBeGreaterThan(fixture.clock.nowMs() - 3 * MINUTE);
    });
  });

  it('repairs a start that crashed at any of its calls', async () => {
    let calls = 1;
    for (let index = 0; index < calls; index += 1) {
      await fixture.reset();
      const chat = await fixture.startChatWithAlice();
      const fault = { kind: 'crash after', hits: (call: { index: number }) => call.index === index } as const;
      const run = await fixture.runWithFault(fault, () => start(chat, 'cold'));
      calls = Math.max(calls, run.calls.length + 1);
      await passWithSweeps(MINUTE);

      const { outbox, transfer, tasks } = await ledgerOf(chat);
      const call = run.calls[index]?.name;
      expect(outboxDueAt(outbox) ?? Number.POSITIVE_INFINITY, call).toBeGreaterThan(fixture.clock.nowMs());
      const hasBegun = kinds(chat).length > 0;
      expect(kinds(chat), call).toEqual(hasBegun ? ['transfer-started', 'agent-left'] : []);
      expect(transfer?.state, call).toBe(hasBegun ? 'offered' : undefined);
      expect(Object.values(tasks).length, call).toBe(hasBegun ? 2 : 1);
      expect(fixture.agents(chat.conversationSid), call).toEqual(hasBegun ? [] : ['alice']);
    }
    expect(calls).toBeGreaterThan(10);
  });

  it('is repeated by the next sweep when it crashed at any of its calls', async () => {
    let calls = 1;
    for (let index = 0; index < calls; index += 1) {
      await fixture.reset();
      const chat = await fixture.startChatWithAlice();
      const isCreation = ({ name }: { name: string }) => name.startsWith('POST sync Documents/ledger');
      await fixture.runWithFault({ kind: 'crash after', hits: isCreation }, () => start(chat, 'cold'));
      fixture.clock.advance(CLAIM_MS + 1_000);
      await loseEvents();
      const fault = { kind: 'crash after', hits: (call: { index: number }) => call.index === index } as const;
      const run = await fixture.runWithFault(fault, sweep);
      calls = Math.max(calls, run.calls.length + 1);
      await passWithSweeps(30_000);

      const call = run.calls[index]?.name;
      expect(kinds(chat), call).toEqual(['transfer-started', 'agent-left']);
      expect((await ledgerOf(chat)).transfer?.state, call).toBe('offered');
      expect(fixture.tasks(chat.conversationSid), call).toHaveLength(2);
    }
    expect(calls).toBeGreaterThan(10);
  });

  describe('the index', () => {
    const indexMap = () => {
      const serviceSid = required(fixture.settings().TWILIO_SYNC_SERVICE_SID, 'Sync service');
      return fixture.rest.sync.v1.services(serviceSid).syncMaps(INDEX_NAME);
    };
    const documentOf = ({ conversationSid }: Chat) => {
      const serviceSid = required(fixture.settings().TWILIO_SYNC_SERVICE_SID, 'Sync service');
      const name = ledgerName(required(parseConversationSid(conversationSid), 'chat'));
      return fixture.rest.sync.v1.services(serviceSid).documents(name);
    };
    const keysOf = async ({ conversationSid }: Chat) =>
      (await indexMap().syncMapItems.list())
        .map(({ key }) => key)
        .filter((key) => key.endsWith(conversationSid));

    it('has an item that is early enough, while a chat is open', async () => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'warm');
      const [first = ''] = await keysOf(chat);
      expect(Number.parseInt(first, 10)).toBeLessThanOrEqual(nextDueAt(await ledgerOf(chat)) ?? 0);
    });

    it('keeps two items of a quiet chat at most, and none of a chat that has ended', async () => {
      const chat = await fixture.startChatWithAlice();
      await passWithSweeps(40 * MINUTE);
      expect((await keysOf(chat)).length).toBeLessThanOrEqual(2);
      await fixture.updateReservation('alice', chat.taskSid, 'completed');
      await fixture.deliverAll();
      await passWithSweeps(40 * MINUTE);
      expect(await keysOf(chat)).toEqual([]);
    });

    it('fails no request when an item cannot be written; the scan of all ledgers finds the chat', async () => {
      const chat = await fixture.startChatWithAlice();
      await passWithSweeps(20_000);
      const isItem = ({ name }: { name: string }) => name.startsWith('POST sync Maps');
      const fault = { kind: '503', hits: isItem, times: Number.POSITIVE_INFINITY } as const;
      const run = await fixture.runWithFault(fault, () => start(chat, 'warm'));
      expect(run.answer?.body).toMatchObject({ ok: true });
      expect(run.answer?.log.filter((line) => line.includes('"not-indexed"'))).not.toEqual([]);
      for (const key of await keysOf(chat)) await indexMap().syncMapItems(key).remove();
      await loseEvents();
      await passWithSweeps(65 * MINUTE);

      expect(kinds(chat)).toEqual(['transfer-started', 'transfer-unanswered']);
      expect((await ledgerOf(chat)).transfer).toBeUndefined();
    });

    it('begins no ledger when its first item cannot be written, so that the request can be sent again', async () => {
      const chat = await fixture.startChatWithAlice();
      fixture.clock.advance(2 * MINUTE);
      await documentOf(chat).remove();
      for (const key of await keysOf(chat)) await indexMap().syncMapItems(key).remove();
      const isItem = ({ name }: { name: string }) => name.startsWith('POST sync Maps');
      const fault = { kind: '503', hits: isItem, times: Number.POSITIVE_INFINITY } as const;
      const run = await fixture.runWithFault(fault, () => start(chat, 'warm'));
      expect(run.answer?.body).toMatchObject({ ok: false, retryable: true });
      await expect(documentOf(chat).fetch()).rejects.toMatchObject({ status: 404 });

      expect((await start(chat, 'warm')).body).toMatchObject({ ok: true });
      expect(kinds(chat)).toEqual(['transfer-started']);
    });

    it('drops a stale item', async () => {
      const chat = await fixture.startChatWithAlice();
      await passWithSweeps(MINUTE);
      const before = await keysOf(chat);
      const key = `${String(fixture.clock.nowMs()).padStart(15, '0')}.${chat.conversationSid}`;
      await indexMap().syncMapItems.create({ key, data: {} });
      await passWithSweeps(20_000);

      expect(await keysOf(chat)).toEqual(before);
    });

    it('drops the item of a ledger that is gone', async () => {
      const chat = await fixture.startChatWithAlice();
      await documentOf(chat).remove();
      await passWithSweeps(40 * MINUTE);
      expect(await keysOf(chat)).toEqual([]);
    });
  });

  it('repairs once when many callers ask at the same time', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      await fixture.reset();
      const chat = await fixture.startChatWithAlice();
      const isCreation = ({ name }: { name: string }) => name.startsWith('POST sync Documents/ledger');
      await fixture.runWithFault({ kind: 'crash after', hits: isCreation }, () => start(chat, 'cold'));
      fixture.clock.advance(CLAIM_MS + 2_000);
      await loseEvents();
      const random = Math.random;
      const plan = byLatency(seed, random, 100);
      await fixture.runInterleaved(
        plan,
        Array.from({ length: 4 }, () => () => sweep()),
      );
      await passWithSweeps(20_000);

      expect(kinds(chat)).toEqual(['transfer-started', 'agent-left']);
      expect(fixture.tasks(chat.conversationSid)).toHaveLength(2);
    }
  });

  it('repairs other chats while one fails, and repeats that one less and less often', async () => {
    const [poisoned, chat] = [await fixture.startChatWithAlice(), await fixture.startChatWithAlice()];
    await fixture.rest.sync.v1
      .services(required(fixture.settings().TWILIO_SYNC_SERVICE_SID, 'Sync service'))
      .documents(ledgerName(required(parseConversationSid(poisoned.conversationSid), 'chat')))
      .update({ data: { version: 99 } });
    await start(chat, 'warm');
    let failures = 0;
    for (let passed = 0; passed < 30 * MINUTE; passed += 10_000) {
      fixture.clock.advance(10_000);
      await loseEvents();
      const { log } = await sweep();
      failures += log.filter((line) => line.includes('"sweep-failed"')).length;
    }
    expect(kinds(chat)).toEqual(['transfer-started', 'transfer-unanswered']);
    expect(failures).toBeGreaterThan(5);
    expect(failures).toBeLessThan(30);
  });

  describe('what it costs', () => {
    const countCalls = async (run: () => Promise<unknown>) => {
      const before = fixture.calls().length;
      await run();
      return fixture.calls().length - before;
    };

    it('is one call when nothing is due, and none right after', async () => {
      await fixture.startChatWithAlice();
      await passWithSweeps(MINUTE);
      fixture.clock.advance(10_000);
      expect(await countCalls(sweep)).toBe(1);
      expect(await countCalls(sweep)).toBe(0);
    });

    it('includes one validation of an agent in five minutes', async () => {
      const token = await fixture.tokenOf('carol');
      const sweepAsAgent = () => fixture.post('/sweep', { token });
      expect(await countCalls(sweepAsAgent)).toBe(2);
      fixture.clock.advance(4 * MINUTE);
      expect(await countCalls(sweepAsAgent)).toBe(1);
      fixture.clock.advance(2 * MINUTE);
      expect(await countCalls(sweepAsAgent)).toBe(2);
    });

    it('is one call while another process sweeps', async () => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'warm');
      fixture.clock.advance(CLAIM_MS + 2_000);
      await sweep();
      fixture.restartProcess();
      expect(await countCalls(sweep)).toBe(1);
    });
  });

  describe('a caller', () => {
    it('learns only when to ask again', async () => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'warm');
      fixture.clock.advance(CLAIM_MS + 2_000);
      const answers = [await sweep(), await sweep()];
      expect(answers.map(({ body }) => body)).toEqual([
        { ok: true, nextInMs: 20_000 },
        { ok: true, nextInMs: 60_000 },
      ]);
    });

    it('may be any agent, or a customer with the session of their chat', async () => {
      const chat = await fixture.startChatWithAlice();
      expect((await fixture.post('/sweep', { token: await fixture.tokenOf('carol') })).status).toBe(200);
      expect((await fixture.post('/sweep', { session: chat.session })).status).toBe(200);
    });

    it.each<[string, Record<string, string>, number, string]>([
      ['nothing', {}, 401, 'token-invalid'],
      ['an empty token', { token: '' }, 401, 'token-invalid'],
      ['an unknown token', { token: 'unknown' }, 401, 'token-invalid'],
      ['a forged session', { session: 'forged.session' }, 401, 'session-invalid'],
      ['a wrong secret', { secret: `${SWEEP_SECRET}.` }, 403, 'not-allowed'],
    ])('with %s changes nothing', async (_, request, status, code) => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'warm');
      fixture.clock.advance(80_000);
      await loseEvents();
      const before = await ledgerOf(chat);
      const answer = await fixture.post('/sweep', request);
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
      expect(await ledgerOf(chat)).toEqual(before);
    });

    it('with a session gets their own chat repaired, even right after a sweep', async () => {
      const chat = await fixture.startChatWithAlice();
      await start(chat, 'warm');
      fixture.clock.advance(70_000);
      await loseEvents();
      await sweep();
      fixture.clock.advance(6_000);
      await sweep();
      expect(kinds(chat)).toEqual(['transfer-started']);

      await fixture.post('/sweep', { session: chat.session });
      expect(kinds(chat)).toEqual(['transfer-started', 'transfer-unanswered']);
    });
  });

  it('follows an event of another chat when this process has not swept for a minute', async () => {
    const chat = await fixture.startChatWithAlice();
    await start(chat, 'warm');
    fixture.clock.advance(80_000);
    await loseEvents();
    await fixture.startChat();
    await fixture.deliverAll();
    expect(kinds(chat)).toEqual(['transfer-started', 'transfer-unanswered']);
  });
});
