/**
 * A chat whose agent wraps up through TaskRouter while their warm transfer rings out, takes it back, and transfers it cold:
 * found by a soak of random scenarios. TaskRouter's events arrive at any time and in any order.
 */
import { randomUUID } from 'node:crypto';
import type { Release } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passTime } from '../faults/pass-time';
import { findUntruths } from '../support/chat-truth';
import type { FunctionsFixture } from '../support/functions-fixture';
import { createRandom, shuffle } from '../support/seeded-random';
import { chooseSeeds, tierDescription } from '../support/test-tier';
import { BACKENDS } from '../support/twilio-chats';
import { startEnvironment } from './environment';

const RELEASES: readonly Release[] = ['immediately', 'on-accept'];
const SEEDS = chooseSeeds({ sample: 3, full: 100 });
/** For Twilio to offer the task to Alice again, and for sweeps at the end. */
const MINUTES_4 = 240_000;

describe.each(BACKENDS.flatMap((backend) => RELEASES.map((release) => ({ backend, release }))))(
  'a chat on $backend, with release $release, that its agent takes back and transfers again,',
  ({ backend, release }) => {
    let fixture: FunctionsFixture;
    beforeAll(async () => {
      fixture = await startEnvironment(backend, release);
    });
    afterAll(() => fixture?.close());

    /** Each event arrives with this probability before the next thing happens. */
    const deliverSome = async (random: () => number): Promise<void> => {
      await fixture.settle();
      const share = random();
      for (const callback of shuffle(fixture.undelivered, random)) {
        if (random() > share) continue;
        fixture.undelivered.splice(fixture.undelivered.indexOf(callback), 1);
        await fixture.deliver(callback);
      }
    };

    async function startTransfer(chat: TaskOfChat, target: string, mode: 'warm' | 'cold'): Promise<string> {
      const { body } = await fixture.post('/transfer/start', {
        token: await fixture.tokenOf('alice'),
        ...chat,
        transferId: randomUUID(),
        targetSid: fixture.workerSid(target),
        mode,
      });
      return String(body.transferTaskSid);
    }

    /** Returns the problems at the end. */
    async function run(seed: number): Promise<readonly string[]> {
      await fixture.reset();
      const random = createRandom(seed);
      const { conversationSid, taskSid } = await fixture.startChatWithAlice();
      const warm = await startTransfer({ conversationSid, taskSid }, 'bob', 'warm');
      await deliverSome(random);
      const isOffered = () => fixture.reservation('alice', warm)?.status === 'pending';
      const wrapsUpAfterMs = random() * 70_000;
      let isWrapping = false;
      for (let ms = 0; ms < MINUTES_4 && !isOffered(); ms += 5_000) {
        fixture.clock.advance(5_000);
        if (!isWrapping && ms >= wrapsUpAfterMs) {
          isWrapping = true;
          await fixture.updateReservation('alice', taskSid, 'wrapping');
        }
        await deliverSome(random);
        if (random() < 0.2) await fixture.sweepAsAdmin();
      }
      // Without an event the functions may have closed the transfer before Alice wrapped up.
      if (!isOffered()) return [];
      await fixture.accept('alice', warm);
      await deliverSome(random);
      await startTransfer({ conversationSid, taskSid: warm }, 'carol', 'cold');
      await deliverSome(random);
      // Half of the runs lose every event that has not arrived yet.
      const isLost = random() < 0.5;
      await passTime(fixture, fixture.clock.nowMs() + MINUTES_4, {
        delivery: { kind: isLost ? 'lost' : 'in time' },
        page: 'open',
        afterwards: undefined,
      });
      const ledger = await fixture.ledger(conversationSid);
      if (ledger === undefined) return ['the chat has no ledger'];
      return [
        ...ledger.outbox.map(({ effect }) => `${effect.kind} is not done`),
        ...findUntruths(fixture, ledger),
      ].map((problem) => `${problem} · ${JSON.stringify(ledger)}`);
    }

    it('has notices that agree with its agents', async () => {
      for (const seed of SEEDS) expect(await run(seed), `Seed ${seed} of ${tierDescription}`).toEqual([]);
    });
  },
);

interface TaskOfChat {
  readonly conversationSid: string;
  readonly taskSid: string;
}
