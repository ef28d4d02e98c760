/**
 * The table of transfers: the situations a transfer can be in, the events, and how an outcome reads. Its rows are in
 * `decide.offers.test.ts`, `decide.way-back.test.ts` and `decide.over.test.ts`; a new state or event makes them incomplete.
 *
 * Alice holds task 1 and transfers to Bob or to the queue Billing; task 2 is the transfer's, task 3 is none of it.
 */
import { decide } from '../src/decide/decide';
import { wrapReservation } from '../src/effects';
import type { ConversationEvent } from '../src/events';
import type { Ledger } from '../src/ledger';
import { addToOutbox } from '../src/outbox';
import type { Transfer, TransferState, UntakenReason } from '../src/transfer';
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
  | 'requested, nobody in the chat'
  | 'requested, being cancelled'
  | 'requested, nobody in the chat, being cancelled'
  | 'offered'
  | 'offered, cold on accept'
  | 'offered, nobody in the chat'
  | 'offered, being cancelled'
  | 'offered, nobody in the chat, being cancelled';
/** Open, on its way back: nobody is in the chat. */
export type ReturningGiven = UntakenReason;
/** A new state lands here, where it has no rows. */
export type EndedGiven =
  | Exclude<TransferState, PendingGiven | ReturningGiven>
  | 'returned, on its own task'
  | 'returned, from a cancellation'
  | 'abandoned, from a cancellation'
  | 'cancelled, agent in the chat'
  | `${UntakenReason}, chat ended`;
export type Given = PendingGiven | ReturningGiven | EndedGiven;

/** That a chat is laid aside touches no transfer, nor any task: its tests are in `decide.parked.test.ts`. */
export type When =
  | Exclude<ConversationEvent['type'], 'chat-parked'>
  | 'transfer-requested, to another'
  | 'transfer-requested, of another task'
  | 'transfer-requested, in another mode'
  | 'transfer-requested, another id'
  | 'transfer-requested, another id by Carol'
  | 'transfer-offered, as task 3'
  | 'offer-declined, by Carol'
  | 'offer-declined, of task 1'
  | 'offer-expired, for Bob'
  | 'offer-expired, for Carol'
  | 'offer-expired, of task 1'
  | 'cancel-requested, of another id'
  | 'transfer-recalled, of another id'
  | 'recall-failed, of another id'
  | 'task-accepted, by Alice'
  | 'task-accepted, task 3'
  | 'agent-left, Bob'
  | 'completion-requested, by Bob'
  | 'task-closed, task 2';

const ALWAYS = {
  'chat-adopted': 'nothing',
  'transfer-requested': 'nothing',
  'transfer-requested, to another': 'refused: transfer-id-reused',
  'transfer-requested, of another task': 'refused: transfer-id-reused',
  'transfer-requested, in another mode': 'refused: transfer-id-reused',
  'offer-declined, of task 1': 'nothing',
  'offer-expired, of task 1': 'nothing',
  'cancel-requested, of another id': 'refused: not-allowed',
  'transfer-recalled, of another id': 'nothing',
  'recall-failed, of another id': 'nothing',
} as const satisfies Partial<Record<When, string>>;

type TargetKind = Transfer['target']['kind'];
/** One outcome, or one per kind of target. */
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
    'transfer-requested, to another': aTransferRequest({
      mode,
      target: { kind: 'worker', workerSid: carol.sid },
    }),
    'transfer-requested, of another task': aTransferRequest({ ...same, taskSid: aTaskSid(9) }),
    'transfer-requested, in another mode': aTransferRequest({
      target,
      mode: mode === 'warm' ? 'cold' : 'warm',
    }),
    'transfer-requested, another id': aTransferRequest(another),
    'transfer-requested, another id by Carol': aTransferRequest({ ...another, taskSid: task3, by: carol }),
    'transfer-offered': { type: 'transfer-offered', transferId, taskSid: task2, at },
    'transfer-offered, as task 3': { type: 'transfer-offered', transferId, taskSid: task3, at },
    'transfer-refused': { type: 'transfer-refused', transferId, at },
    'offer-declined': { type: 'offer-declined', taskSid: task2, workerSid: bob.sid, at },
    'offer-declined, by Carol': { type: 'offer-declined', taskSid: task2, workerSid: carol.sid, at },
    'offer-declined, of task 1': { type: 'offer-declined', taskSid: task1, workerSid: bob.sid, at },
    'offer-expired': { type: 'offer-expired', taskSid: task2, at },
    'offer-expired, for Bob': { type: 'offer-expired', taskSid: task2, workerSid: bob.sid, at },
    'offer-expired, for Carol': { type: 'offer-expired', taskSid: task2, workerSid: carol.sid, at },
    'offer-expired, of task 1': { type: 'offer-expired', taskSid: task1, at },
    'cancel-requested': { type: 'cancel-requested', transferId, by: 'Alice', at },
    'cancel-requested, of another id': { type: 'cancel-requested', transferId: 'another', by: 'Alice', at },
    'transfer-recalled': { type: 'transfer-recalled', transferId, at },
    'transfer-recalled, of another id': { type: 'transfer-recalled', transferId: 'another', at },
    'recall-failed': { type: 'recall-failed', transferId, at },
    'recall-failed, of another id': { type: 'recall-failed', transferId: 'another', at },
    'task-accepted': { type: 'task-accepted', taskSid: task2, worker: bob, at },
    'task-accepted, by Alice': { type: 'task-accepted', taskSid: task2, worker: alice, at },
    'task-accepted, task 3': { type: 'task-accepted', taskSid: task3, worker: carol, at },
    'agent-left': { type: 'agent-left', taskSid: task1, worker: alice, alreadyWrapping: false, at },
    'agent-left, Bob': { type: 'agent-left', taskSid: task2, worker: bob, alreadyWrapping: false, at },
    'completion-requested': { type: 'completion-requested', taskSid: task1, worker: alice, at },
    'completion-requested, by Bob': { type: 'completion-requested', taskSid: task2, worker: bob, at },
    'task-closed': { type: 'task-closed', taskSid: task1, at },
    'task-closed, task 2': { type: 'task-closed', taskSid: task2, at },
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
const takenBy = (worker: typeof bob) => ({ [task2]: aTask({ state: 'active', transferId, worker }) });

/** How a transfer looks in a situation: the modes it can have there, and the ledger around it. */
type Situation = readonly [shapes: readonly Shape[], ledgerOf: (transfer: Transfer) => Ledger];

const requested =
  (alice: 'active' | 'left', values: Partial<Transfer> = {}) =>
  ({ transferTaskSid: _later, answerBy: _too, ...transfer }: Transfer) =>
    aLedger({ transfer: { ...transfer, ...values, state: 'requested' }, tasks: aliceIs(alice) });
/** Nobody is let go before the transfer task exists: it waits in the outbox. */
const requestedAndLeft = (values?: Partial<Transfer>) => (transfer: Transfer) =>
  addToOutbox(requested('left', values)(transfer), [wrapReservation(task1, alice)]);
const open =
  (alice: 'active' | 'left', values: Partial<Transfer> = {}) =>
  (transfer: Transfer) =>
    aLedger({ transfer: { ...transfer, ...values }, tasks: { ...aliceIs(alice), ...waiting } });
const over =
  (values: Partial<Transfer>, tasks: Ledger['tasks'], ended?: NonNullable<Ledger['ended']>['by']) =>
  (transfer: Transfer) =>
    aLedger({
      past: [{ ...transfer, ...values, endedAt: 10 }],
      tasks,
      ...(ended === undefined ? {} : { ended: { at: 10, by: ended } }),
    });

const isBeingCancelled = { cancelledBy: 'Alice' };
const wasCancelled = { untakenReason: 'cancelled' as const, ...isBeingCancelled };
const endedAs = (untakenReason: UntakenReason): Situation => [
  ANY,
  over({ state: untakenReason, untakenReason }, { ...aliceIs('left'), ...closed }, 'last-agent'),
];

const SITUATIONS: Readonly<Record<Given, Situation>> = {
  requested: [[...WARM, ...ON_ACCEPT], requested('active')],
  'requested, nobody in the chat': [COLD, requestedAndLeft()],
  'requested, being cancelled': [[...WARM, ...ON_ACCEPT], requested('active', isBeingCancelled)],
  'requested, nobody in the chat, being cancelled': [COLD, requestedAndLeft(isBeingCancelled)],
  offered: [WARM, open('active')],
  'offered, cold on accept': [ON_ACCEPT, open('active')],
  'offered, nobody in the chat': [ANY, open('left')],
  'offered, being cancelled': [WARM, open('active', isBeingCancelled)],
  'offered, nobody in the chat, being cancelled': [ANY, open('left', isBeingCancelled)],
  declined: [ANY, open('left', { state: 'declined', untakenReason: 'declined', declinedBy: [bob.sid] })],
  unanswered: [ANY, open('left', { state: 'unanswered', untakenReason: 'unanswered' })],
  cancelled: [ANY, open('left', { state: 'cancelled', ...wasCancelled })],
  accepted: [ANY, over({ state: 'accepted' }, { ...aliceIs('active'), ...takenBy(bob) })],
  returned: [
    ANY,
    over({ state: 'returned', untakenReason: 'declined' }, { ...aliceIs('active'), ...closed }),
  ],
  'returned, on its own task': [
    ANY,
    over({ state: 'returned', untakenReason: 'unanswered' }, { ...aliceIs('left'), ...takenBy(alice) }),
  ],
  'returned, from a cancellation': [
    ANY,
    over({ state: 'returned', ...wasCancelled }, { ...aliceIs('left'), ...takenBy(alice) }),
  ],
  'cancelled, agent in the chat': [
    ANY,
    over({ state: 'cancelled', ...wasCancelled }, { ...aliceIs('active'), ...closed }),
  ],
  failed: [
    ANY,
    ({ transferTaskSid: _never, answerBy: _too, ...transfer }) =>
      over({ state: 'failed' }, aliceIs('active'))(transfer),
  ],
  'declined, chat ended': endedAs('declined'),
  'unanswered, chat ended': endedAs('unanswered'),
  'cancelled, chat ended': endedAs('cancelled'),
  abandoned: [ANY, over({ state: 'abandoned' }, { ...aliceIs('active'), ...waiting }, 'customer')],
  'abandoned, from a cancellation': [
    ANY,
    over({ state: 'abandoned', ...wasCancelled }, { ...aliceIs('active'), ...waiting }, 'customer'),
  ],
};

/** The ledgers of a situation: one per mode and target. */
export function ledgersOf(given: Given): Array<{ readonly ledger: Ledger; readonly transfer: Transfer }> {
  const [shapes, ledgerOf] = SITUATIONS[given];
  return shapes.flatMap((shape) =>
    [TO_BOB, TO_BILLING].map((toWhom) => {
      const transfer = aTransfer({ ...shape, ...toWhom });
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
  const isOffered = open.state === 'requested' || open.state === 'offered';
  const without = namesOf(open.declinedBy);
  return {
    state: isOffered ? open.state : `${open.state}, on its way back`,
    more: `${isOffered && open.cancelledBy !== undefined ? ', being cancelled' : ''}${without && `, without ${without}`}`,
  };
}

/** What became of the transfer, its tasks and the chat, and what is to be done, in words. */
function outcomeOf(before: Ledger, event: ConversationEvent): string {
  const decided = decide(before, event);
  if (!decided.ok) return `refused: ${decided.failure.code}`;
  const { ledger, effects } = decided.value;
  if (ledger === before && effects.length === 0) return 'nothing';
  const { state, more } = describeTransfer(ledger);
  const tasks = [task1, task2, task3].flatMap((sid) => ledger.tasks[sid]?.state ?? []).join(', ');
  const ended =
    before.ended === undefined && ledger.ended !== undefined ? `, chat ended by ${ledger.ended.by}` : '';
  const done = effects.map(describeEffect).join('; ');
  return `${state} (${tasks})${more}${ended}${done === '' ? '' : `: ${done}`}`;
}

export interface TableCase {
  /** The situation and the event. */
  readonly title: string;
  /** What the table says. */
  readonly outcome: string;
  /** What `decide` makes of it, each different outcome once: one per mode and target would be too many, none a mistake. */
  readonly outcomes: () => readonly string[];
}

/** One case per row and event, over every mode and target that the situation can have. */
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
    title: `${onlyTo === undefined ? '' : `(to a ${onlyTo}) `}${given}, on ${when}`,
    outcome,
    outcomes: () => [
      ...new Set(variations.map(({ ledger, transfer }) => outcomeOf(ledger, eventsFor(transfer)[when]))),
    ],
  };
}
