/**
 * The ledger of one conversation: its tasks, its open transfer, the past ones, and what is still to be done.
 * It lives in one Twilio Sync document that only the functions can read; `decide` is the only one to change it.
 */
import * as v from 'valibot';
import { type Backend, BackendSchema, type ConversationRef, InteractionSchema } from './conversation';
import { EffectSchema } from './effects';
import { jsonSize } from './json-size';
import { type ConversationSid, ConversationSidSchema, type TaskSid, TaskSidSchema } from './sids';
import { TransferSchema, WorkerRefSchema } from './transfer';

/** What a Sync document holds: https://www.twilio.com/docs/sync/limits */
export const LEDGER_BUDGET_BYTES = 16 * 1024;

/** How many ended transfers are kept. */
export const MAX_PAST_TRANSFERS = 20;

/**
 * A task on the conversation. `waiting`: no agent yet · `active`: an agent is in the chat · `left`: the agent has
 * left the chat and wraps up · `closed`: completed or cancelled. It goes back only where a transfer that let its
 * agent go is taken back before anything of it was done.
 */
export const TaskRecordSchema = v.object({
  state: v.picklist(['waiting', 'active', 'left', 'closed']),
  /** Who took it; from `active` on. */
  worker: v.exactOptional(WorkerRefSchema),
  /** The transfer that made it. */
  transferId: v.exactOptional(v.string()),
  openedAt: v.number(),
});
export type TaskRecord = v.InferOutput<typeof TaskRecordSchema>;

export const LedgerSchema = v.object({
  version: v.literal(1),
  backend: BackendSchema,
  conversationSid: ConversationSidSchema,
  /** On Flex Conversations, once a task has told of it. */
  interaction: v.exactOptional(InteractionSchema),
  channelType: v.exactOptional(v.string()),
  tasks: v.record(TaskSidSchema, TaskRecordSchema),
  /** The open transfer. There is at most one. */
  transfer: v.exactOptional(TransferSchema),
  past: v.array(TransferSchema),
  /** The task by which an agent laid the chat aside: nobody need be in it, until another task comes for it. */
  parkedBy: v.exactOptional(TaskSidSchema),
  /** Set when the chat has ended, once and for all. */
  ended: v.exactOptional(v.object({ at: v.number(), by: v.picklist(['customer', 'last-agent']) })),
  /** Effects that are decided and not known to be done, oldest first, how often each was tried, and until when a run is trusted with it. */
  outbox: v.array(
    v.object({
      effect: EffectSchema,
      attempts: v.number(),
      unconfirmedUntil: v.exactOptional(v.number()),
      /** Once done, it is due again at this time (ms since 1970): an earlier run may have overwritten it until then. */
      recheckAt: v.exactOptional(v.number()),
    }),
  ),
  /** Who is running the outbox, and until when (ms since 1970) the others keep their hands off it. */
  lease: v.exactOptional(v.object({ holder: v.string(), until: v.number() })),
});
export type Ledger = v.InferOutput<typeof LedgerSchema>;

/** The unique name of the Sync document. */
export const ledgerName = (conversationSid: ConversationSid): string => `chat-transfer.${conversationSid}`;

export function buildEmptyLedger(conversationSid: ConversationSid, backend: Backend): Ledger {
  return { version: 1, backend, conversationSid, tasks: {}, past: [], outbox: [] };
}

/**
 * The ledger with what is known of where its conversation lives; the same ledger when that is not news. Once a task has
 * told, nothing else counts.
 */
export function recordLocation(
  ledger: Ledger,
  { backend = ledger.backend, interaction, channelType }: ConversationRef,
): Ledger {
  if (ledger.interaction !== undefined || (interaction === undefined && hasBegun(ledger))) return ledger;
  if (interaction === undefined && backend === ledger.backend) return ledger;
  return {
    ...ledger,
    backend,
    ...(interaction === undefined ? {} : { interaction }),
    ...(channelType === undefined ? {} : { channelType }),
  };
}

const hasBegun = ({ tasks, ended }: Ledger): boolean => ended !== undefined || Object.keys(tasks).length > 0;

/** Reads what the Sync document holds; `undefined` when it is not a ledger of this version. */
export function parseLedger(data: unknown): Ledger | undefined {
  const parsed = v.safeParse(LedgerSchema, data);
  return parsed.success ? parsed.output : undefined;
}

/** Drops the oldest ended transfers, then the oldest closed tasks, until the ledger fits its document. */
export function trimLedger(ledger: Ledger): Ledger {
  let trimmed: Ledger = { ...ledger, past: ledger.past.slice(-MAX_PAST_TRANSFERS) };
  while (jsonSize(trimmed) > LEDGER_BUDGET_BYTES) {
    const oldestClosed = tasksOf(trimmed).find(([, task]) => task.state === 'closed');
    if (trimmed.past.length > 0) {
      trimmed = { ...trimmed, past: trimmed.past.slice(1) };
    } else if (oldestClosed !== undefined) {
      const { [oldestClosed[0]]: _dropped, ...tasks } = trimmed.tasks;
      trimmed = { ...trimmed, tasks };
    } else {
      return trimmed;
    }
  }
  return trimmed;
}

/** The tasks with their SIDs, in the order they came to the conversation. */
export function tasksOf(ledger: Ledger): Array<[TaskSid, TaskRecord]> {
  return Object.entries(ledger.tasks) as Array<[TaskSid, TaskRecord]>;
}

/** The transfer with this id, open or past. */
export function findTransfer(ledger: Ledger, transferId: string) {
  return ledger.transfer?.id === transferId
    ? ledger.transfer
    : ledger.past.find((transfer) => transfer.id === transferId);
}

/** The agents in the chat now. */
export function agentsInChat(ledger: Ledger) {
  return tasksOf(ledger).flatMap(([, task]) =>
    task.state === 'active' && task.worker !== undefined ? [task.worker] : [],
  );
}

/**
 * Whether somebody is in the chat for the customer or is being looked for. Ending it before that is over would
 * cut the customer off from the agent who takes the transfer.
 */
export function mustStayOpen(ledger: Ledger): boolean {
  return (
    ledger.transfer !== undefined ||
    tasksOf(ledger).some(([, task]) => task.state === 'waiting' || task.state === 'active')
  );
}
