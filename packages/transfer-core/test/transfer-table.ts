/**
 * The table of transfers: the situations of a transfer, the events, and the descriptions of outcomes. Its rows are in
 * `decide.pending.test.ts`, `decide.returning.test.ts` and `decide.ended.test.ts`. The compiler refuses rows that lack a
 * state or an event.
 *
 * Alice has task 1 and transfers to Bob or to the queue Billing. Task 2 is the transfer task, task 3 is another task.
 */
import { decide } from '../src/decide/decide';
import { wrapReservation } from '../src/effects';
import type { ConversationEvent } from '../src/events';
import type { Ledger } from '../src/ledger';
import { addToOutbox } from '../src/outbox/outbox';
import { isPending, type Transfer, type TransferState, type UntakenReason } from '../src/transfer';
import {
  aLedger,
  aQueueSid,
  aTask,
  aTaskSid,
  aTransfer,
  aTransferRequest,
  aWorker,
  describeEffect,
} from '../testing';

export type PendingGiven =
  | 'requested'
  | 'requested, no agent in the chat'
  | 'requested, cancel requested'
  | 'requested, no agent in the chat, cancel requested'
  | 'offered'
  | 'offered, cold on accept'
  | 'offered, no agent in the chat'
  | 'offered, cancel requested'
  | 'offered, no agent in the chat, cancel requested';
/** Open and returning: the chat has no agent. */
export type ReturningGiven = UntakenReason;
/** Ended. A new transfer state becomes part of this type, so the compiler demands its situation and its rows. */
export type EndedGiven =
  | Exclude<TransferState, PendingGiven | ReturningGiven>
  | 'returned, on its own task'
  | 'returned, from a cancellation'
  | 'abandoned, from a cancellation'
  | 'cancelled, agent in the chat'
  | `${UntakenReason}, chat ended`
  | `${UntakenReason}, return expired`;
export type Given = PendingGiven | ReturningGiven | EndedGiven;

/**
 * `chat-parked`, `chat-begun-again`, `tasks-confirmed` and `offer-rings-on` change the state of no transfer and no task.
 * Their tests are in `decide.parked.test.ts`, `decide.begun-again.test.ts`, `confirm.test.ts` and `decide.ringing.test.ts`.
 */
export type When =
  | Exclude<
      ConversationEvent['type'],
      'chat-begun-again' | 'chat-parked' | 'chat-not-parked' | 'tasks-confirmed' | 'offer-rings-on'
    >
  | 'transfer-requested, to Carol'
  | 'transfer-requested, of another task'
  | 'transfer-requested, in another mode'
  | 'transfer-requested, with another id'
  | 'transfer-requested, with another id by Carol'
  | 'transfer-offered, as task 3'
  | 'offer-declined, by Carol'
  | 'offer-declined, of task 1'
  | 'offer-expired, for Bob'
  | 'offer-expired, for Carol'
  | 'offer-expired, of task 1'
  | 'cancel-requested, of another transfer'
  | 'transfer-recalled, of another transfer'
  | 'start-expired, of another transfer'
  | 'return-expired, of another transfer'
  | 'recall-failed, of another transfer'
  | 'task-accepted, by Alice'
  | 'task-accepted, of task 3'
  | 'agent-left, by Bob'
  | 'completion-requested, by Bob'
  | 'task-closed, of task 2';

const ALWAYS = {
  'chat-adopted': 'nothing',
  'transfer-requested': 'nothing',
  'transfer-requested, to Carol': 'refused: transfer-id-reused',
  'transfer-requested, of another task': 'refused: transfer-id-reused',
  'transfer-requested, in another mode': 'refused: transfer-id-reused',
  'offer-declined, of task 1': 'nothing',
  'offer-expired, of task 1': 'nothing',
  'cancel-requested, of another transfer': 'refused: not-allowed',
  'transfer-recalled, of another transfer': 'nothing',
  'recall-failed, of another transfer': 'nothing',
  'start-expired, of another transfer': 'nothing',
  'return-expired, of another transfer': 'nothing',
} as const satisfies Partial<Record<When, string>>;

type TargetKind = Transfer['target']['kind'];
/** One outcome, or one per target kind. */
type Cell = string | Readonly<Record<TargetKind, string>>;
export type Row = Readonly<Record<Exclude<When, keyof typeof ALWAYS>, Cell>>;

export const transferId = aTransfer().id;
const [alice, bob, carol, dave] = [aWorker(1), aWorker(2), aWorker(3), aWorker(4)];
const [task1, task2, task3] = [aTaskSid(1), aTaskSid(2), aTaskSid(3)];
const at = 50;

export function eventsFor({
  mode,
  target,
}: Pick<Transfer, 'mode' | 'target'>): Record<When, ConversationEvent> {
  const same = { mode, target };
  const another = { mode: 'warm' as const, transferId: 'another' };
  return {
    'chat-adopted': {
      type: 'chat-adopted',
      tasks: { [task3]: aTask({ state: 'active', worker: dave }) },
      at,
    },
    'task-tracked': { type: 'task-tracked', taskSid: task2, at },
    'transfer-requested': aTransferRequest(same),
    'transfer-requested, to Carol': aTransferRequest({
      mode,
      target: { kind: 'worker', workerSid: carol.sid },
    }),
    'transfer-requested, of another task': aTransferRequest({ ...same, taskSid: aTaskSid(9) }),
    'transfer-requested, in another mode': aTransferRequest({
      target,
      mode: mode === 'warm' ? 'cold' : 'warm',
    }),
    'transfer-requested, with another id': aTransferRequest(another),
    'transfer-requested, with another id by Carol': aTransferRequest({
      ...another,
      taskSid: task3,
      by: carol,
    }),
    'transfer-offered': { type: 'transfer-offered', transferId, taskSid: task2, at },
    'transfer-offered, as task 3': { type: 'transfer-offered', transferId, taskSid: task3, at },
    'transfer-refused': { type: 'transfer-refused', transferId, at },
    'start-expired': { type: 'start-expired', transferId, at },
    'start-expired, of another transfer': { type: 'start-expired', transferId: 'another', at },
    'return-expired': { type: 'return-expired', transferId, at },
    'return-expired, of another transfer': { type: 'return-expired', transferId: 'another', at },
    'offer-declined': { type: 'offer-declined', taskSid: task2, workerSid: bob.sid, at },
    'offer-declined, by Carol': { type: 'offer-declined', taskSid: task2, workerSid: carol.sid, at },
    'offer-declined, of task 1': { type: 'offer-declined', taskSid: task1, workerSid: bob.sid, at },
    'offer-expired': { type: 'offer-expired', taskSid: task2, at },
    'offer-expired, for Bob': { type: 'offer-expired', taskSid: task2, workerSid: bob.sid, at },
    'offer-expired, for Carol': { type: 'offer-expired', taskSid: task2, workerSid: carol.sid, at },
    'offer-expired, of task 1': { type: 'offer-expired', taskSid: task1, at },
    'cancel-requested': { type: 'cancel-requested', transferId, by: 'Alice', at },
    'cancel-requested, of another transfer': {
      type: 'cancel-requested',
      transferId: 'another',
      by: 'Alice',
      at,
    },
    'transfer-recalled': { type: 'transfer-recalled', transferId, at },
    'transfer-recalled, of another transfer': { type: 'transfer-recalled', transferId: 'another', at },
    'recall-failed': { type: 'recall-failed', transferId, at },
    'recall-failed, of another transfer': { type: 'recall-failed', transferId: 'another', at },
    'task-accepted': { type: 'task-accepted', taskSid: task2, worker: bob, at },
    'task-accepted, by Alice': { type: 'task-accepted', taskSid: task2, worker: alice, at },
    'task-accepted, of task 3': { type: 'task-accepted', taskSid: task3, worker: carol, at },
    'agent-left': { type: 'agent-left', taskSid: task1, worker: alice, alreadyWrapping: false, at },
    'agent-left, by Bob': { type: 'agent-left', taskSid: task2, worker: bob, alreadyWrapping: false, at },
    'completion-requested': { type: 'completion-requested', taskSid: task1, worker: alice, at },
    'completion-requested, by Bob': { type: 'completion-requested', taskSid: task2, worker: bob, at },
    'task-closed': { type: 'task-closed', taskSid: task1, at },
    'task-closed, of task 2': { type: 'task-closed', taskSid: task2, at },
    'customer-ended': { type: 'customer-ended', at },
  };
}

type Shape = Pick<Transfer, 'mode' | 'release'>;
const WARM: readonly Shape[] = [
  { mode: 'warm', release: 'immediately' },
  { mode: 'warm', release: 'on-accept' },
];
const COLD: readonly Shape[] = [{ mode: 'cold', release: 'immediately' }];
const ON_ACCEPT: readonly Shape[] = [{ mode: 'cold', release: 'on-accept' }];
const ANY = [...WARM, ...COLD, ...ON_ACCEPT];

const TO_BOB: Pick<Transfer, 'target' | 'to'> = {
  target: { kind: 'worker', workerSid: bob.sid },
  to: { kind: 'agent', name: 'Bob' },
};
const TO_BILLING: Pick<Transfer, 'target' | 'to'> = {
  target: { kind: 'queue', queueSid: aQueueSid(1) },
  to: { kind: 'queue', label: 'Billing' },
};

const aliceIs = (state: 'active' | 'left') => ({ [task1]: aTask({ state, worker: alice }) });
const waiting = { [task2]: aTask({ state: 'waiting', transferId }) };
const closed = { [task2]: aTask({ state: 'closed', transferId }) };
const acceptedBy = (worker: typeof bob) => ({ [task2]: aTask({ state: 'active', transferId, worker }) });

/** The modes that a transfer can have in a situation, and its ledger. */
type Situation = readonly [shapes: readonly Shape[], ledgerOf: (transfer: Transfer) => Ledger];

const withRequestedTransfer =
  (alice: 'active' | 'left', values: Partial<Transfer> = {}) =>
  ({ transferTaskSid: _taskSid, answerBy: _answerBy, ...transfer }: Transfer) =>
    aLedger({ transfer: { ...transfer, ...values, state: 'requested' }, tasks: aliceIs(alice) });
/** Alice's release is in the outbox until the transfer task exists. */
const withReleaseInOutbox = (values?: Partial<Transfer>) => (transfer: Transfer) =>
  addToOutbox(withRequestedTransfer('left', values)(transfer), [wrapReservation(task1, alice)]);
const withOpenTransfer =
  (alice: 'active' | 'left', values: Partial<Transfer> = {}) =>
  (transfer: Transfer) =>
    aLedger({ transfer: { ...transfer, ...values }, tasks: { ...aliceIs(alice), ...waiting } });
const withEndedTransfer =
  (values: Partial<Transfer>, tasks: Ledger['tasks'], ended?: NonNullable<Ledger['ended']>['by']) =>
  (transfer: Transfer) =>
    aLedger({
      past: [{ ...transfer, ...values, endedAt: 10 }],
      tasks,
      ...(ended === undefined ? {} : { ended: { at: 10, by: ended } }),
    });

const withCancelRequest = { cancelledBy: 'Alice' };
const wasCancelled = { untakenReason: 'cancelled' as const, ...withCancelRequest };
const chatEndedWith = (untakenReason: UntakenReason): Situation => [
  ANY,
  withEndedTransfer({ state: untakenReason, untakenReason }, { ...aliceIs('left'), ...closed }, 'last-agent'),
];
/** The transfer task waits like any other task. */
const returnExpiredWith = (untakenReason: UntakenReason): Situation => [
  ANY,
  withEndedTransfer({ state: untakenReason, untakenReason }, { ...aliceIs('left'), ...waiting }),
];

const SITUATIONS: Readonly<Record<Given, Situation>> = {
  requested: [[...WARM, ...ON_ACCEPT], withRequestedTransfer('active')],
  'requested, no agent in the chat': [COLD, withReleaseInOutbox()],
  'requested, cancel requested': [
    [...WARM, ...ON_ACCEPT],
    withRequestedTransfer('active', withCancelRequest),
  ],
  'requested, no agent in the chat, cancel requested': [COLD, withReleaseInOutbox(withCancelRequest)],
  offered: [WARM, withOpenTransfer('active')],
  'offered, cold on accept': [ON_ACCEPT, withOpenTransfer('active')],
  'offered, no agent in the chat': [ANY, withOpenTransfer('left')],
  'offered, cancel requested': [WARM, withOpenTransfer('active', withCancelRequest)],
  'offered, no agent in the chat, cancel requested': [ANY, withOpenTransfer('left', withCancelRequest)],
  declined: [
    ANY,
    withOpenTransfer('left', { state: 'declined', untakenReason: 'declined', declinedBy: [bob.sid] }),
  ],
  unanswered: [ANY, withOpenTransfer('left', { state: 'unanswered', untakenReason: 'unanswered' })],
  cancelled: [ANY, withOpenTransfer('left', { state: 'cancelled', ...wasCancelled })],
  accepted: [ANY, withEndedTransfer({ state: 'accepted' }, { ...aliceIs('active'), ...acceptedBy(bob) })],
  returned: [
    ANY,
    withEndedTransfer({ state: 'returned', untakenReason: 'declined' }, { ...aliceIs('active'), ...closed }),
  ],
  'returned, on its own task': [
    ANY,
    withEndedTransfer(
      { state: 'returned', untakenReason: 'unanswered' },
      { ...aliceIs('left'), ...acceptedBy(alice) },
    ),
  ],
  'returned, from a cancellation': [
    ANY,
    withEndedTransfer({ state: 'returned', ...wasCancelled }, { ...aliceIs('left'), ...acceptedBy(alice) }),
  ],
  'cancelled, agent in the chat': [
    ANY,
    withEndedTransfer({ state: 'cancelled', ...wasCancelled }, { ...aliceIs('active'), ...closed }),
  ],
  failed: [
    ANY,
    ({ transferTaskSid: _taskSid, answerBy: _answerBy, ...transfer }) =>
      withEndedTransfer({ state: 'failed' }, aliceIs('active'))(transfer),
  ],
  'declined, chat ended': chatEndedWith('declined'),
  'unanswered, chat ended': chatEndedWith('unanswered'),
  'cancelled, chat ended': chatEndedWith('cancelled'),
  'declined, return expired': returnExpiredWith('declined'),
  'unanswered, return expired': returnExpiredWith('unanswered'),
  'cancelled, return expired': returnExpiredWith('cancelled'),
  abandoned: [
    ANY,
    withEndedTransfer({ state: 'abandoned' }, { ...aliceIs('active'), ...waiting }, 'customer'),
  ],
  'abandoned, from a cancellation': [
    ANY,
    withEndedTransfer(
      { state: 'abandoned', ...wasCancelled },
      { ...aliceIs('active'), ...waiting },
      'customer',
    ),
  ],
};

/** Builds the ledgers of a situation: one per mode and target. */
export function ledgersOf(given: Given): Array<{ readonly ledger: Ledger; readonly transfer: Transfer }> {
  const [shapes, ledgerOf] = SITUATIONS[given];
  return shapes.flatMap((shape) =>
    [TO_BOB, TO_BILLING].map((target) => {
      const transfer = aTransfer({ ...shape, ...target });
      return { transfer, ledger: ledgerOf(transfer) };
    }),
  );
}

const namesOf = (sids: Transfer['declinedBy'] = []) =>
  sids
    .map((sid) => [alice, bob, carol].find((worker) => worker.sid === sid)?.publicName ?? sid)
    .join(' and ');

function describeTransfer({ transfer: open, past }: Ledger): {
  readonly state: string;
  readonly more: string;
} {
  if (open === undefined) {
    const last = past.at(-1);
    if (last === undefined) return { state: 'no transfer', more: '' };
    return { state: last.state === 'returned' ? `${last.untakenReason} → returned` : last.state, more: '' };
  }
  const excluded = namesOf(open.declinedBy);
  return {
    state: isPending(open) ? open.state : `${open.state}, returning`,
    more: `${isPending(open) && open.cancelledBy !== undefined ? ', cancel requested' : ''}${excluded && `, excluding ${excluded}`}`,
  };
}

/** Describes the transfer, its tasks, the end of the chat and the effects after an event. */
function describeOutcome(before: Ledger, event: ConversationEvent): string {
  const result = decide(before, event);
  if (!result.ok) return `refused: ${result.failure.code}`;
  const { ledger, effects } = result.value;
  if (ledger === before && effects.length === 0) return 'nothing';
  const { state, more } = describeTransfer(ledger);
  const tasks = [task1, task2, task3].flatMap((sid) => ledger.tasks[sid]?.state ?? []).join(', ');
  const ended =
    before.ended === undefined && ledger.ended !== undefined ? `, chat ended by ${ledger.ended.by}` : '';
  const described = effects.map(describeEffect).join('; ');
  return `${state} (${tasks})${more}${ended}${described === '' ? '' : `: ${described}`}`;
}

export interface TableCase {
  /** The event and the situation. */
  readonly title: string;
  /** The expected outcome. */
  readonly outcome: string;
  /** Decides the event for every mode and target. Returns the distinct outcomes. */
  readonly outcomes: () => readonly string[];
}

/** Lists one case per row and event. Each covers every mode and target of its situation. */
export function listCases(rows: Readonly<Partial<Record<Given, Row>>>): TableCase[] {
  return (Object.entries(rows) as Array<[Given, Row]>).flatMap(([given, row]) =>
    (Object.entries({ ...ALWAYS, ...row }) as Array<[When, Cell]>).flatMap(([when, cell]) =>
      typeof cell === 'string'
        ? [toCase(given, when, cell)]
        : [toCase(given, when, cell.worker, 'worker'), toCase(given, when, cell.queue, 'queue')],
    ),
  );
}

function toCase(given: Given, when: When, outcome: string, onlyTo?: TargetKind): TableCase {
  const variations = ledgersOf(given).filter(
    ({ transfer }) => onlyTo === undefined || transfer.target.kind === onlyTo,
  );
  return {
    title: `${when}, when the transfer is ${given}${onlyTo === undefined ? '' : `, to a ${onlyTo}`},`,
    outcome,
    outcomes: () => [
      ...new Set(
        variations.map(({ ledger, transfer }) => describeOutcome(ledger, eventsFor(transfer)[when])),
      ),
    ],
  };
}
