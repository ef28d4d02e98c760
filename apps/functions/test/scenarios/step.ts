/**
 * What can happen next in a scenario. A step says which of the things possible at that moment it means by a number that
 * counts round them, so that any step makes sense anywhere, and a scenario can be cut short to find what matters.
 */
import fc from 'fast-check';

export const AGENTS = ['alice', 'bob', 'carol'] as const;
export type Agent = (typeof AGENTS)[number];

/** Internal names of the queues; no customer may read one. */
export const QUEUES = ['Support tier 2', 'Billing tier 2'] as const;

/** What goes wrong with calls to Twilio while one request is answered. */
export interface Mishap {
  /** Whatever does this on the backend. */
  readonly host: 'tasks' | 'release' | 'chat' | 'ledger' | 'tokens';
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `denied`: Conversations has added the participant, and answers 404. */
  readonly how: 'unavailable' | 'too-many' | 'lost-before' | 'lost-after' | 'denied';
  /** How many calls it hits. */
  readonly times: number;
}

export type Endpoint =
  | '/transfer/start'
  | '/transfer/cancel'
  | '/conversation/leave'
  | '/conversation/complete';

/** A request that an agent's browser sends. */
export type RequestStep = (
  | {
      readonly do: 'start';
      /** Which of the agents in a chat. */
      readonly seat: number;
      readonly target: Agent | (typeof QUEUES)[number];
      readonly mode: 'warm' | 'cold';
    }
  | { readonly do: 'cancel'; readonly transfer: number }
  | { readonly do: 'leave'; readonly seat: number }
  | { readonly do: 'complete'; readonly seat: number }
) & {
  /** Carol may act for the others: she is a supervisor. */
  readonly bySupervisor: boolean;
  readonly mishap?: Mishap | undefined;
};

/** What two can do at the same time. */
export type Move =
  | RequestStep
  /** An earlier request, sent again. */
  | { readonly do: 'again'; readonly request: number; readonly mishap?: Mishap | undefined }
  | { readonly do: 'accept'; readonly offer: number }
  | { readonly do: 'decline'; readonly offer: number }
  /** One of TaskRouter's waiting events; with `keep` it will be delivered again. */
  | {
      readonly do: 'deliver';
      readonly callback: number;
      readonly keep: boolean;
      readonly mishap?: Mishap | undefined;
    }
  | { readonly do: 'customer-ends'; readonly chat: number; readonly mishap?: Mishap | undefined };

export type Step =
  | Move
  /** What a step becomes that a failing scenario does not need. */
  | { readonly do: 'nothing' }
  /** Two moves whose calls to Twilio mix in this order; the first may die on the way, as a killed function does. */
  | {
      readonly do: 'together';
      readonly moves: readonly Move[];
      readonly order: readonly number[];
      readonly diesAfter?: number | undefined;
    }
  | { readonly do: 'deliver-all' }
  | { readonly do: 'wait'; readonly seconds: number }
  /** Somebody ends a task at TaskRouter: completed when it is assigned, else cancelled. */
  | { readonly do: 'end-task'; readonly task: number }
  /** An agent goes to wrap-up without asking us. */
  | { readonly do: 'wrap-up'; readonly seat: number }
  | { readonly do: 'customer-comes' }
  /** An agent goes away or comes back. */
  | { readonly do: 'presence'; readonly agent: Agent; readonly available: boolean }
  /** Somebody who has no right to a task asks for something about it. */
  | { readonly do: 'intrude'; readonly agent: Agent; readonly task: number; readonly path: Endpoint }
  /** Everything is delivered and every failed request sent again: now all must be well. */
  | { readonly do: 'come-to-rest' };

const n = fc.nat({ max: 11 });
const anAgent = fc.constantFrom(...AGENTS);

const aMishap: fc.Arbitrary<Mishap> = fc.record({
  host: fc.constantFrom('tasks', 'release', 'chat', 'ledger', 'tokens'),
  method: fc.constantFrom('POST', 'GET', 'DELETE'),
  how: fc.constantFrom('unavailable', 'too-many', 'lost-before', 'lost-after', 'denied'),
  times: fc.constantFrom(1, 2, 12),
});

/** Rare, so that most of what happens goes well. */
const maybe = { mishap: fc.option(aMishap, { nil: undefined, freq: 6 }) };
const bySupervisor = fc.integer({ min: 0, max: 7 }).map((die) => die === 7);

type Weighted<T> = ReadonlyArray<{ readonly weight: number; readonly arbitrary: fc.Arbitrary<T> }>;

const MOVES: Weighted<Move> = [
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      seat: n,
      target: fc.constantFrom(...AGENTS, ...QUEUES),
      mode: fc.constantFrom('warm', 'cold'),
      bySupervisor,
      ...maybe,
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), callback: n, keep: fc.boolean(), ...maybe }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('accept' as const), offer: n }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('decline' as const), offer: n }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), transfer: n, bySupervisor, ...maybe }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), seat: n, bySupervisor, ...maybe }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('complete' as const), seat: n, bySupervisor, ...maybe }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('again' as const), request: n, ...maybe }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('customer-ends' as const), chat: n, ...maybe }) },
];
const aMove = fc.oneof(...MOVES);

const STEPS: Weighted<Step> = [
  { weight: 1, arbitrary: fc.constant({ do: 'nothing' }) },
  ...MOVES,
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('together' as const),
      moves: fc.tuple(aMove, aMove),
      order: fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 24, size: 'max' }),
      diesAfter: fc.option(fc.nat({ max: 14 }), { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'deliver-all' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 12, 35, 61, 125) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end-task' as const), task: n }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wrap-up' as const), seat: n }) },
  { weight: 3, arbitrary: fc.constant({ do: 'customer-comes' }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('presence' as const), agent: anAgent, available: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('intrude' as const),
      agent: anAgent,
      task: n,
      path: fc.constantFrom<Endpoint>(
        '/transfer/start',
        '/transfer/cancel',
        '/conversation/leave',
        '/conversation/complete',
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'come-to-rest' }) },
];

const aStep: fc.Arbitrary<Step> = fc.oneof({ withCrossShrink: true }, ...STEPS);

/** Two chats with their first agents, or just begun, and what happens then. */
export interface Script {
  readonly isAnswered: boolean;
  readonly steps: readonly Step[];
}

export const aScript: fc.Arbitrary<Script> = fc.record({
  isAnswered: fc.integer({ min: 0, max: 9 }).map((die) => die > 0),
  steps: fc.array(aStep, { minLength: 30, maxLength: 40, size: 'max' }),
});
