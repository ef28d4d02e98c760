/**
 * What can happen next in a scenario. A step chooses among the things that exist at that moment by a number, modulo
 * their count. So every step makes sense at any time, and fast-check can leave steps out of a failing scenario.
 */
import type { QuirkName } from '@chat-transfer/flex-sandbox';
import fc from 'fast-check';
import { someQuirks } from '../support/test-quirks';
import type { ScenarioFault } from './scenario-fault';

export const AGENTS = ['alice', 'bob', 'carol'] as const;
export type Agent = (typeof AGENTS)[number];

/** Internal names of the queues, which no customer may read. */
export const QUEUES = ['Support tier 2', 'Billing tier 2'] as const;

export type Endpoint =
  | '/transfer/start'
  | '/transfer/cancel'
  | '/conversation/leave'
  | '/conversation/complete';

/** How an agent makes a task of theirs name another chat, or changes what the functions might read. */
export type AttackKind = 'edited task' | 'new task' | 'new interaction' | 'Sync document';

interface MayFail {
  /** Hits calls to Twilio while this one request or event is answered. */
  readonly fault?: ScenarioFault | undefined;
}

/** A request of an agent's browser. */
export type RequestStep = (
  | {
      readonly do: 'start';
      /** Which task of which agent. */
      readonly assignment: number;
      readonly target: Agent | (typeof QUEUES)[number];
      readonly mode: 'warm' | 'cold';
    }
  | { readonly do: 'cancel'; readonly transfer: number }
  | { readonly do: 'leave'; readonly assignment: number }
  | { readonly do: 'complete'; readonly assignment: number }
) &
  MayFail & {
    /** Carol sends it for the agent: she is a supervisor. */
    readonly bySupervisor: boolean;
  };

/** What can happen at the same time as another action. */
export type Action =
  | RequestStep
  /** An earlier request is sent again. */
  | ({ readonly do: 'resend'; readonly request: number } & MayFail)
  | { readonly do: 'accept'; readonly offer: number }
  | { readonly do: 'decline'; readonly offer: number }
  /** An event of TaskRouter is delivered. With `keep`, it is delivered again later. */
  | ({ readonly do: 'deliver'; readonly event: number; readonly keep: boolean } & MayFail)
  | ({ readonly do: 'customer-ends'; readonly chat: number } & MayFail);

export type Step =
  | Action
  /** The simplest step, for shrinking. */
  | { readonly do: 'nothing' }
  /** Two actions at the same time; `order` chooses whose call goes on next. The first may crash after some calls. */
  | {
      readonly do: 'interleave';
      readonly actions: readonly Action[];
      readonly order: readonly number[];
      readonly crashesAfter?: number | undefined;
    }
  | { readonly do: 'deliver-all' }
  | { readonly do: 'wait'; readonly seconds: number }
  /** Something else than the functions completes a task, or cancels it if no agent has it. */
  | { readonly do: 'close-task'; readonly task: number }
  /** A reservation moves to wrap-up without a request to the functions. */
  | { readonly do: 'wrap-up'; readonly assignment: number }
  | { readonly do: 'start-chat' }
  | { readonly do: 'set-presence'; readonly agent: Agent; readonly available: boolean }
  /** An agent without a right to the task sends a request about it. */
  | {
      readonly do: 'request-without-right';
      readonly agent: Agent;
      readonly task: number;
      readonly path: Endpoint;
    }
  /** Ordinary messages of the customer. */
  | { readonly do: 'messages'; readonly chat: number; readonly count: number }
  /** TaskRouter's event does not arrive, and TaskRouter does not send it again. */
  | { readonly do: 'lose-event'; readonly event: number }
  /** An agent tries to act on a chat that they are not in. */
  | {
      readonly do: 'attack';
      readonly agent: Agent;
      readonly chat: number;
      readonly by: AttackKind;
      readonly path: Endpoint;
    }
  /** Everything ends that has begun, and the liveness rules are checked. */
  | { readonly do: 'check-liveness' };

const anIndex = fc.nat({ max: 11 });
const anAgent = fc.constantFrom(...AGENTS);

const aFault: fc.Arbitrary<ScenarioFault> = fc.record({
  service: fc.constantFrom('tasks', 'wrapup', 'chat', 'ledger', 'tokens'),
  method: fc.constantFrom('POST', 'GET', 'DELETE'),
  kind: fc.constantFrom(
    '503',
    '429',
    'lost before',
    'lost after',
    'hangs before',
    'hangs after',
    '8 s late',
    '404 after effect',
  ),
  times: fc.constantFrom(1, 2, 12),
});

/** Rare, so that most requests succeed. */
const mayFail = { fault: fc.option(aFault, { nil: undefined, freq: 6 }) };
const bySupervisor = fc.integer({ min: 0, max: 7 }).map((value) => value === 7);

type Weighted<T> = ReadonlyArray<{ readonly weight: number; readonly arbitrary: fc.Arbitrary<T> }>;

const ACTIONS: Weighted<Action> = [
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      assignment: anIndex,
      target: fc.constantFrom(...AGENTS, ...QUEUES),
      mode: fc.constantFrom('warm', 'cold'),
      bySupervisor,
      ...mayFail,
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      event: anIndex,
      keep: fc.boolean(),
      ...mayFail,
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('accept' as const), offer: anIndex }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('decline' as const), offer: anIndex }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), transfer: anIndex, bySupervisor, ...mayFail }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('leave' as const),
      assignment: anIndex,
      bySupervisor,
      ...mayFail,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('complete' as const),
      assignment: anIndex,
      bySupervisor,
      ...mayFail,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resend' as const), request: anIndex, ...mayFail }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('customer-ends' as const), chat: anIndex, ...mayFail }),
  },
];
const anAction = fc.oneof(...ACTIONS);

const STEPS: Weighted<Step> = [
  { weight: 1, arbitrary: fc.constant({ do: 'nothing' }) },
  ...ACTIONS,
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('interleave' as const),
      actions: fc.tuple(anAction, anAction),
      order: fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 24, size: 'max' }),
      crashesAfter: fc.option(fc.nat({ max: 14 }), { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'deliver-all' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 12, 35, 61, 125) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close-task' as const), task: anIndex }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wrap-up' as const), assignment: anIndex }) },
  { weight: 3, arbitrary: fc.constant({ do: 'start-chat' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('set-presence' as const),
      agent: anAgent,
      available: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('request-without-right' as const),
      agent: anAgent,
      task: anIndex,
      path: fc.constantFrom<Endpoint>(
        '/transfer/start',
        '/transfer/cancel',
        '/conversation/leave',
        '/conversation/complete',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('messages' as const),
      chat: anIndex,
      count: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 200 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose-event' as const), event: anIndex }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('attack' as const),
      agent: anAgent,
      chat: anIndex,
      by: fc.constantFrom<AttackKind>('edited task', 'new task', 'new interaction', 'Sync document'),
      path: fc.constantFrom<Endpoint>(
        '/transfer/start',
        '/transfer/cancel',
        '/conversation/leave',
        '/conversation/complete',
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'check-liveness' }) },
];

const aStep: fc.Arbitrary<Step> = fc.oneof({ withCrossShrink: true }, ...STEPS);

/** A scenario: two chats, and the steps after their start. */
export interface Script {
  /** The quirks of Twilio that are not as by default. */
  readonly quirks: readonly QuirkName[];
  /** Whether agents accept the first tasks before the steps. */
  readonly isAnswered: boolean;
  /** How far the clock of the second host is ahead of Twilio's. Every other call runs there. */
  readonly skewMs: number;
  readonly steps: readonly Step[];
}

export const aScript: fc.Arbitrary<Script> = fc.record({
  quirks: someQuirks,
  isAnswered: fc.integer({ min: 0, max: 9 }).map((value) => value > 0),
  skewMs: fc.constantFrom(0, 30_000, -30_000),
  steps: fc.array(aStep, { minLength: 30, maxLength: 40, size: 'max' }),
});
