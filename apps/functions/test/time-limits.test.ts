import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault, RunResult } from './support/fault-injector';
import { type Chat, type FunctionsFixture, startFunctionsFixture } from './support/functions-fixture';
import { IN_ORDER } from './support/interleaving-scheduler';
import { BACKENDS } from './support/twilio-chats';
import type { FunctionAnswer } from './support/twilio-runtime';

/** Twilio stops a function after this time. */
const FUNCTION_LIMIT_MS = 10_000;

describe.each(BACKENDS)('a function on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  interface TimedRun extends RunResult<FunctionAnswer> {
    readonly elapsedMs: number;
  }

  async function run(fault: Fault, send: () => Promise<FunctionAnswer>): Promise<TimedRun> {
    const startedAtMs = fixture.clock.nowMs();
    let elapsedMs = 0;
    const [result] = await fixture.runInterleaved(IN_ORDER, [
      async () => {
        const ended = await fixture.runWithFault(fault, send);
        elapsedMs = fixture.clock.nowMs() - startedAtMs;
        return ended;
      },
    ]);
    if (result === undefined) throw new Error('The function has not ended.');
    return { ...result, elapsedMs };
  }

  async function buildStart({ taskSid, conversationSid }: Chat) {
    return {
      token: await fixture.tokenOf('alice'),
      taskSid,
      conversationSid,
      transferId: randomUUID(),
      targetSid: fixture.workerSid('bob'),
      mode: 'cold',
    };
  }

  const everyCall: Fault = { kind: 'hangs before', hits: () => true, times: Number.POSITIVE_INFINITY };

  it.each([
    '/transfer/start',
    '/transfer/cancel',
    '/conversation/leave',
    '/conversation/complete',
    '/webchat/start',
    '/webchat/end',
    '/studio/track-task',
  ])('answers %s in time when no call gets an answer', async (path) => {
    const chat = await fixture.startChatWithAlice();
    const fields = { ...(await buildStart(chat)), session: chat.session, name: 'Customer', backend };

    const { answer, elapsedMs } = await run(everyCall, () => fixture.post(path, fields));

    expect(elapsedMs).toBeLessThan(FUNCTION_LIMIT_MS - 500);
    expect(answer).toMatchObject({ status: 502, body: { code: 'twilio-failed', retryable: true } });
  });

  it('answers an event in time when no call gets an answer', async () => {
    const chat = await fixture.startChat();
    const { answer, elapsedMs } = await run(everyCall, () =>
      fixture.deliverTaskCreated(chat.taskSid, chat.taskAttributes),
    );
    expect(elapsedMs).toBeLessThan(FUNCTION_LIMIT_MS - 500);
    expect(answer).toMatchObject({ status: 502, body: { code: 'twilio-failed' } });
  });

  it('begins no call in its last second', async () => {
    const chat = await fixture.startChatWithAlice();
    const start = await buildStart(chat);
    const startedAtMs = fixture.clock.nowMs();
    const begunMs: number[] = [];
    const recordCalls: Fault = {
      ...everyCall,
      hits() {
        begunMs.push(fixture.clock.nowMs() - startedAtMs);
        return true;
      },
    };
    await run(recordCalls, () => fixture.post('/transfer/start', start));
    expect(Math.max(...begunMs)).toBeGreaterThan(2_000);
    expect(Math.max(...begunMs)).toBeLessThanOrEqual(8_500);
  });

  it('succeeds when one read hangs', async () => {
    const chat = await fixture.startChatWithAlice();
    const start = await buildStart(chat);
    const { answer, hits } = await run({ kind: 'hangs before', hits: ({ method }) => method === 'GET' }, () =>
      fixture.post('/transfer/start', start),
    );
    expect(hits).toBe(1);
    expect(answer?.status).toBe(200);
  });

  describe('when the call that creates the transfer task gets no answer', () => {
    const createsTask: Fault['hits'] = ({ method, url }) => {
      const pattern = fixture.callPatterns.newTask;
      return (
        method === pattern.method &&
        url.hostname === pattern.host &&
        new RegExp(pattern.path).test(url.pathname)
      );
    };

    it.each(['hangs after', '8 s late'] as const)(
      'creates no second task, and finds the first: %s',
      async (kind) => {
        const chat = await fixture.startChatWithAlice();
        const start = await buildStart(chat);

        const { hits, answer } = await run({ kind, hits: createsTask }, () =>
          fixture.post('/transfer/start', start),
        );
        fixture.clock.advance(10_000);
        const retried = await fixture.post('/transfer/start', start);

        expect(hits).toBe(1);
        expect(answer).toMatchObject({ status: 503, body: { code: 'start-pending', retryable: true } });
        expect(retried).toMatchObject({ status: 200 });
        expect(fixture.tasks(chat.conversationSid)).toHaveLength(2);
      },
    );

    it('creates no second task while the first may still come, and then the transfer has failed', async () => {
      const chat = await fixture.startChatWithAlice();
      const start = await buildStart(chat);

      await run({ kind: 'hangs before', hits: createsTask }, () => fixture.post('/transfer/start', start));
      const soon = await fixture.post('/transfer/start', start);
      fixture.clock.advance(45_000);
      const later = await fixture.post('/transfer/start', start);

      expect(soon).toMatchObject({ status: 503, body: { code: 'start-pending' } });
      expect(later.status).not.toBe(200);
      expect((await fixture.ledger(chat.conversationSid))?.past).toMatchObject([{ state: 'failed' }]);
      expect(fixture.tasks(chat.conversationSid)).toHaveLength(1);
    });
  });

  it('answers a start that is sent again with its task, although no call to the chat gets an answer', async () => {
    const chat = await fixture.startChatWithAlice();
    const start = await buildStart(chat);
    const first = await fixture.post('/transfer/start', start);
    fixture.clock.advance(15_000);
    const isRead: Fault['hits'] = ({ method, url }) =>
      method === 'GET' && ['chat.twilio.com', 'conversations.twilio.com'].includes(url.hostname);

    const { answer, hits } = await run({ kind: 'hangs before', hits: isRead, times: 12 }, () =>
      fixture.post('/transfer/start', start),
    );

    expect(hits).toBeGreaterThan(0);
    expect(answer).toMatchObject({
      status: 200,
      body: { transferTaskSid: first.body.transferTaskSid },
    });
  });

  it('records Twilio’s time on a host whose clock is wrong', async () => {
    for (const skewMs of [30_000, -30_000]) {
      fixture.setClockSkew('a', skewMs);
      const chat = await fixture.startChatWithAlice();
      await fixture.post('/transfer/start', await buildStart(chat));
      const { transfer } = (await fixture.ledger(chat.conversationSid)) ?? {};
      expect(Math.abs((transfer?.requestedAt ?? 0) - fixture.clock.nowMs())).toBeLessThan(2_000);
    }
  });
});
