/** The account of the scenarios: everything a customer must never read is told apart from what they may. */
import type { Backend, Release } from '@chat-transfer/transfer-core';
import { startDirectFixture } from '../support/direct-transport';
import type { FunctionsFixture } from '../support/functions-fixture';
import { type WatchedLine, watchLine } from '../support/closing-counter';
import { type BadLuck, createBadLuck } from './bad-luck';
import { AGENTS, type Agent, QUEUES } from './step';
import { createTurnstile, type Turnstile } from './turnstile';

/** Last names and internal names that stand nowhere else. */
const LAST_NAMES: Readonly<Record<Agent, string>> = { alice: 'Archer', bob: 'Baker', carol: 'Clark' };

/** No customer may read anything like it. */
export const SECRETS = new RegExp(
  ['secret-note', ...Object.values(LAST_NAMES), 'tier 2', 'W[KQ][0-9a-f]{32}', '@example\\.com'].join('|'),
);

/** How long a target has for an answer. */
export const ANSWER_SECONDS = 60;

/** Where scenarios are played. */
export interface Stage {
  readonly world: FunctionsFixture;
  readonly turnstile: Turnstile;
  readonly badLuck: BadLuck;
  readonly watched: WatchedLine;
}

export async function openStage(backend: Backend, release: Release): Promise<Stage> {
  const badLuck = createBadLuck(backend);
  const turnstile: Turnstile = createTurnstile((ms) => world.clock.advance(ms));
  const watched = watchLine((call, pass) => turnstile.line(call, () => badLuck.line(call, pass)));
  const world: FunctionsFixture = await startDirectFixture({
    line: watched.line,
    sleep: turnstile.sleep,
    backend,
    account: {
      workers: AGENTS.map((name, index) => ({
        name,
        fullName: `${name[0]?.toUpperCase()}${name.slice(1)} ${LAST_NAMES[name]}`,
        roles: name === 'carol' ? ['agent', 'supervisor'] : ['agent'],
        activity: 'Available',
        skills: { support: 3 - index, ...(name === 'alice' ? {} : { billing: 1 }) },
        chatCapacity: 3,
      })),
      queues: [
        { name: 'Everyone', targetWorkers: '1==1' },
        { name: QUEUES[0], targetWorkers: "routing.skills HAS 'support'" },
        { name: QUEUES[1], targetWorkers: "routing.skills HAS 'billing'" },
      ],
      firstQueue: { name: QUEUES[0], orderBySkill: 'support' },
    },
    settings: {
      CHAT_TRANSFER_RELEASE: release,
      CHAT_TRANSFER_ANSWER_SECONDS: String(ANSWER_SECONDS),
    },
    queueLabels: { [QUEUES[1]]: 'Billing' },
  });
  return { world, turnstile, badLuck, watched };
}
