import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findUntruths } from '../support/chat-truth';
import { type FunctionsFixture, type Host, startFunctionsFixture } from '../support/functions-fixture';
import { byLatency } from '../support/interleaving-scheduler';
import { createRandom } from '../support/seeded-random';
import { byTier, testSeed } from '../support/test-tier';
import { BACKENDS } from '../support/twilio-chats';
import { passTime } from './pass-time';

const STARTS = byTier({ sample: 16, full: 200 });
/** The starts begin within this time. */
const SPREAD_MS = 3_000;
const MAX_LATENCY_MS = 80;
const AFTER_MS = 240_000;

describe.each(BACKENDS)('many starts of one chat from two hosts on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  it.each([
    ['30 s ahead', 30_000],
    ['30 s behind', -30_000],
  ] as const)('make one transfer when the second host’s clock is %s', async (_, skewMs) => {
    const chat = await fixture.startChatWithAlice();
    const { taskSid, conversationSid } = chat;
    const token = await fixture.tokenOf('alice');
    const targetSid = fixture.workerSid('bob');
    fixture.setClockSkew('b', skewMs);
    const random = createRandom(testSeed);
    /** Each click sends its request twice, once to each host. */
    const starts = Array.from({ length: STARTS / 2 }, () => randomUUID()).flatMap((transferId) =>
      (['a', 'b'] as const).map((host: Host) => ({ transferId, host })),
    );

    const answers = await fixture.runInterleaved(
      byLatency(testSeed, random, MAX_LATENCY_MS),
      starts.map(({ transferId, host }) => async () => {
        await fixture.sleep(random() * SPREAD_MS);
        const fields = { token, taskSid, conversationSid, transferId, targetSid, mode: 'cold' };
        return { transferId, ...(await fixture.post('/transfer/start', fields, undefined, { host })) };
      }),
    );
    await passTime(fixture, fixture.clock.nowMs() + AFTER_MS, {
      delivery: { kind: 'in time' },
      page: 'open',
      afterwards: undefined,
    });

    const won = answers.filter(({ status }) => status === 200);
    expect(new Set(won.map(({ transferId }) => transferId)).size).toBe(1);
    expect(new Set(won.map(({ body }) => body.transferTaskSid)).size).toBe(1);
    const others = answers.filter(({ status, body }) => status !== 200 && body.retryable !== true);
    expect(others.every(({ status }) => [403, 409].includes(status))).toBe(true);
    const kinds = fixture.noticeKinds(conversationSid);
    expect(kinds.filter((kind) => kind === 'transfer-started')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'agent-left')).toHaveLength(1);
    const ledger = await fixture.ledger(conversationSid);
    expect(ledger && findUntruths(fixture, ledger)).toEqual([]);
    expect(ledger?.past.length).toBeLessThanOrEqual(1);
    const transferIds = fixture
      .tasks(conversationSid)
      .flatMap(({ attributes }) => attributes.chatTransferId ?? []);
    expect(transferIds.length).toBeLessThanOrEqual(1);
  });
});
