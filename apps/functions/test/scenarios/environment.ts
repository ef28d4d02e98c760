/** The account and the settings of the scenarios, with names that a customer must never read. */
import type { Backend, Release } from '@chat-transfer/transfer-core';
import { type FunctionsFixture, startFunctionsFixture } from '../support/functions-fixture';
import { AGENTS, type Agent, QUEUES } from './steps';

/** These names are nowhere else, so a leak can be found. */
const LAST_NAMES: Readonly<Record<Agent, string>> = { alice: 'Archer', bob: 'Baker', carol: 'Clark' };

/** Matches what no customer may read. `Mallory` is in the notice of a forged ledger. */
export const SECRETS = new RegExp(
  [
    'secret-note',
    ...Object.values(LAST_NAMES),
    'tier 2',
    'W[KQ][0-9a-f]{32}',
    '@example\\.com',
    'Mallory',
  ].join('|'),
);

/** How long an offer lasts. */
export const ANSWER_SECONDS = 60;

/** Carol is a supervisor. */
export function startEnvironment(backend: Backend, release: Release): Promise<FunctionsFixture> {
  return startFunctionsFixture({
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
}
