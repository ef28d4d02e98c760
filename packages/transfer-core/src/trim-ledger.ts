/**
 * Keeps a ledger within its Sync document. The note of an ended transfer stays only while its task is open, for the agent of
 * the task. When the ledger grows too large, it loses what is needed least, in this order:
 *
 * 1. notes of ended transfers, the oldest first: the tasks have at least their beginnings
 * 2. ended transfers, the oldest first, except the last `KEPT_TRANSFERS`: a click may be repeated after its transfer has ended
 * 3. closed tasks, the oldest first: only a short form of their SID stays
 * 4. of tasks whose agent has left: most of the agent's name, whose notices are posted, the transfer, and the first time
 * 5. the last ended transfers
 * 6. the short forms of closed tasks, the oldest first
 *
 * Open tasks, the open transfer and the outbox always stay. So does what shows that an effect in the outbox is the ledger's
 * own: the transfer whose late task it looks for, and the short form of a task that it names.
 */
import { jsonSize } from './json-size';
import { type Ledger, type TaskRecord, tasksOf } from './ledger';
import type { TaskSid } from './sids';
import type { Transfer } from './transfer';

/** 1 KiB less than a Sync document may hold (16 KiB, https://www.twilio.com/docs/sync/limits), for what is stored around it. */
export const LEDGER_BUDGET_BYTES = 15 * 1024;

/** How many ended transfers the ledger keeps. */
export const MAX_PAST_TRANSFERS = 20;

const KEPT_TRANSFERS = 3;

/** How many characters of the name of an agent who has left stay. */
const SHORT_NAME_LENGTH = 12;

/** Removes one thing from the ledger. `undefined` if nothing of its kind is left. */
type Reduction = (ledger: Ledger) => Ledger | undefined;

const withoutNote = ({ note: _note, ...transfer }: Transfer): Transfer => transfer;

const dropNote: Reduction = (ledger) => {
  const oldest = ledger.past.find(({ note }) => note !== undefined);
  return (
    oldest && {
      ...ledger,
      past: ledger.past.map((transfer) => (transfer === oldest ? withoutNote(oldest) : transfer)),
    }
  );
};

/** Whether an agent may still read the note of an ended transfer. */
function mayReadNote({ tasks }: Ledger, { transferTaskSid }: Transfer): boolean {
  const task = transferTaskSid === undefined ? undefined : tasks[transferTaskSid];
  return task !== undefined && task.state !== 'closed';
}

const dropTransfer =
  (kept: number): Reduction =>
  (ledger) => {
    const droppable = ledger.past.slice(0, Math.max(ledger.past.length - kept, 0));
    const oldest = droppable.find(({ id }) => !isInUse(ledger, id));
    return oldest && { ...ledger, past: ledger.past.filter((transfer) => transfer !== oldest) };
  };

/** Whether an effect looks for a late task of the transfer. Without the transfer, the task would not be cancelled. */
const isInUse = ({ outbox }: Ledger, transferId: string): boolean =>
  outbox.some(({ effect }) => effect.kind === 'withdraw-transfer-task' && effect.transferId === transferId);

const forgetTask: Reduction = (ledger) => {
  const oldestClosed = tasksOf(ledger).find(([, { state }]) => state === 'closed');
  if (oldestClosed === undefined) return undefined;
  const [taskSid] = oldestClosed;
  const { [taskSid]: _dropped, ...tasks } = ledger.tasks;
  return { ...ledger, tasks, forgotten: [...(ledger.forgotten ?? []), shortForm(taskSid)] };
};

/** The agent of the open transfer's first task may come back into the chat with this record. */
const shortenLeftTask: Reduction = (ledger) => {
  const long = tasksOf(ledger).find(
    ([taskSid, record]) =>
      record.state === 'left' &&
      taskSid !== ledger.transfer?.originalTaskSid &&
      jsonSize(shortenRecord(record)) < jsonSize(record),
  );
  if (long === undefined) return undefined;
  const [taskSid, record] = long;
  return { ...ledger, tasks: { ...ledger.tasks, [taskSid]: shortenRecord(record) } };
};

/** Of the two times of a task, the later one says when it is checked again. */
const shortenRecord = ({
  transferId: _dropped,
  worker,
  openedAt,
  confirmedAt = openedAt,
  ...record
}: TaskRecord): TaskRecord => ({
  ...record,
  openedAt: confirmedAt,
  ...(worker === undefined ? {} : { worker: { ...worker, publicName: shorten(worker.publicName) } }),
});

/** Cuts between characters, not inside the two code units of one. */
const shorten = (name: string): string => [...name].slice(0, SHORT_NAME_LENGTH).join('');

const dropForgotten: Reduction = (ledger) => {
  const { forgotten = [], outbox } = ledger;
  const effects = JSON.stringify(outbox);
  const oldest = forgotten.find((short) => !effects.includes(`WT${short}`));
  return oldest === undefined
    ? undefined
    : { ...ledger, forgotten: forgotten.filter((short) => short !== oldest) };
};

const REDUCTIONS: readonly Reduction[] = [
  dropNote,
  dropTransfer(KEPT_TRANSFERS),
  forgetTask,
  shortenLeftTask,
  dropTransfer(0),
  dropForgotten,
];

/** Returns the ledger in a size that fits, or as small as it can be. */
export function trimLedger(ledger: Ledger): Ledger {
  const firstKept = ledger.past.length - MAX_PAST_TRANSFERS;
  const past = ledger.past
    .filter(({ id }, index) => index >= firstKept || isInUse(ledger, id))
    .map((transfer) => (mayReadNote(ledger, transfer) ? transfer : withoutNote(transfer)));
  let trimmed: Ledger = { ...ledger, past };
  for (const reduce of REDUCTIONS) {
    while (jsonSize(trimmed) > LEDGER_BUDGET_BYTES) {
      const reduced = reduce(trimmed);
      if (reduced === undefined) break;
      trimmed = reduced;
    }
  }
  return trimmed;
}

/** The characters after `WT` that tell the tasks of one conversation apart. */
const shortForm = (taskSid: TaskSid): string => taskSid.slice(2, 14);

/** Whether the ledger has dropped this task, which was closed. */
export function isForgotten({ forgotten = [] }: Ledger, taskSid: TaskSid): boolean {
  return forgotten.includes(shortForm(taskSid));
}
