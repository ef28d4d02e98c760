import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FunctionsFixture, startFunctionsFixture } from './functions-fixture';
import { byLatency } from './interleaving-scheduler';
import { createRandom } from './seeded-random';
import { BACKENDS } from './twilio-chats';

describe.each(BACKENDS)('the functions fixture on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  async function buildStart(chat: { taskSid: string; conversationSid: string }) {
    return {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId: randomUUID(),
      targetSid: fixture.workerSid('bob'),
      mode: 'cold',
    };
  }

  it('delivers an event to the functions only when the test delivers it', async () => {
    const chat = await fixture.startChatWithAlice();

    const { status, body } = await fixture.post('/transfer/start', await buildStart(chat));
    await fixture.deliverAll();
    await fixture.accept('bob', String(body.transferTaskSid));
    await fixture.settle();

    expect({ status, ...body }).toMatchObject({ status: 200, ok: true, released: true });
    const countJoined = () =>
      fixture.notices(chat.conversationSid).filter(({ kind }) => kind === 'agent-joined').length;
    expect(fixture.undelivered.map(({ type }) => type)).toEqual(['reservation.accepted']);
    expect(countJoined()).toBe(1);
    await fixture.deliverAll();
    expect(countJoined()).toBe(2);
    expect(fixture.members(chat.conversationSid)).toEqual([chat.identity, 'bob']);
    const ledger = await fixture.ledger(chat.conversationSid);
    expect(ledger?.tasks).toHaveProperty(String(body.transferTaskSid));
  });

  it('has one clock for the functions and TaskRouter', async () => {
    const chat = await fixture.startChatWithAlice();
    const { body } = await fixture.post('/transfer/start', await buildStart(chat));
    await fixture.settle();
    const before = fixture.clock.nowMs();
    expect(fixture.reservation('bob', String(body.transferTaskSid))?.status).toBe('pending');

    fixture.clock.advance(61_000);
    await fixture.settle();

    expect(fixture.clock.nowMs() - before).toBeGreaterThanOrEqual(61_000);
    expect(fixture.undelivered.map(({ type }) => type)).toContain('task-queue.timeout');
  });

  it('stops the clock between calls', async () => {
    const before = fixture.clock.nowMs();
    const realBefore = performance.now();
    await vi.waitFor(() => expect(performance.now() - realBefore).toBeGreaterThan(1));
    expect(fixture.clock.nowMs()).toBe(before);
  });

  it('gives the functions a failed call as Twilio’s helper library does', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, status: 400, code: 20001 });

    const { status, body, log } = await fixture.post('/transfer/start', await buildStart(chat));

    expect({ status, ...body }).toMatchObject({ status: 502, code: 'twilio-failed' });
    expect(log.join()).toContain('create the transfer task');
  });

  it.each(['sync Maps', 'sync Documents'])(
    'lets calls that were sent side by side take effect when the function crashes after POST %s',
    async (name) => {
      const chat = await fixture.startChatWithAlice();
      // The items of the index are in the past then, so the start adds one.
      fixture.clock.advance(60 * 60_000);
      const start = await buildStart(chat);
      const before = fixture.calls().length;
      const hits = (call: { readonly name: string }) => call.name.startsWith(`POST ${name}`);
      const { answer } = await fixture.runWithFault({ kind: 'crash after', hits }, () =>
        fixture.post('/transfer/start', start),
      );
      await fixture.settle();

      expect(answer).toBeUndefined();
      expect((await fixture.ledger(chat.conversationSid))?.transfer?.state).toBe('requested');
      const calls = fixture.calls().slice(before);
      expect(calls.filter(({ method, path }) => method === 'POST' && path.includes('Maps'))).toHaveLength(1);
    },
  );

  it('makes no call and gives no answer after a crash', async () => {
    const chat = await fixture.startChatWithAlice();
    const start = await buildStart(chat);
    const before = fixture.calls().length;

    const [result] = await fixture.runInterleaved(byLatency(1, createRandom(1), 80), [
      () =>
        fixture.runWithFault({ kind: 'crash after', hits: ({ name }) => name.startsWith('POST sync') }, () =>
          fixture.post('/transfer/start', start),
        ),
    ]);

    const writes = fixture
      .calls()
      .slice(before)
      .filter(({ method, path }) => method === 'POST' && !path.endsWith('/validate'));
    expect(result?.answer).toBeUndefined();
    expect(writes.map(({ host }) => host)).toEqual(['sync.twilio.com']);
    expect((await fixture.ledger(chat.conversationSid))?.outbox[0]?.state.kind).toBe('claimed');
  });

  it('repeats an interleaving with the same plan', async () => {
    const interleave = async () => {
      await fixture.reset();
      const chat = await fixture.startChatWithAlice();
      const start = await buildStart(chat);
      const before = fixture.calls().length;
      await fixture.runInterleaved(byLatency(7, createRandom(7), 80), [
        () => fixture.post('/transfer/start', start),
        () => fixture.endAsCustomer(chat),
      ]);
      return fixture
        .calls()
        .slice(before)
        .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{32}|customer-[0-9a-f-]+/g, '')}`);
    };

    expect(await interleave()).toEqual(await interleave());
  });
});
