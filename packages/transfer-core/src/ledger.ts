/**
 * The ledger of one conversation: its tasks, its open transfer, its past transfers and its outbox. The functions keep it
 * in one Sync document, which no browser can read. `decide` changes tasks and transfers; outbox/ changes the outbox.
 */
import * as v from 'valibot';
import { type Backend, BackendSchema, type ConversationRef, InteractionSchema } from './conversation';
import { OutboxEntrySchema } from './outbox/entry';
import { buildParser, isRecord } from './parse';
import { type ConversationSid, ConversationSidSchema, type TaskSid, TaskSidSchema } from './sids';
import { TransferSchema, WorkerRefSchema } from './transfer';

/** The version of the ledger's format. A change that an older version of the functions would misread increases it. */
export const LEDGER_VERSION = 2;

/**
 * A task of the conversation. `waiting`: it has no agent. `active`: its agent is in the chat. `left`: its agent has left
 * the chat and wraps up. `closed`: completed or cancelled. A task moves forward only, with one exception: it goes from
 * `left` back to `active` when its transfer fails before an effect has released the agent.
 */
const TaskRecordSchema = v.object({
  state: v.picklist(['waiting', 'active', 'left', 'closed']),
  /** The worker who accepted it. Set from `active` on. */
  worker: v.exactOptional(WorkerRefSchema),
  /** The transfer that created it. */
  transferId: v.exactOptional(v.string()),
  openedAt: v.number(),
  /** When this state was last known to be TaskRouter's (ms since 1970): it changed then, or was compared. */
  confirmedAt: v.exactOptional(v.number()),
});
export type TaskRecord = v.InferOutput<typeof TaskRecordSchema>;

const LedgerSchema = v.object({
  version: v.literal(LEDGER_VERSION),
  backend: BackendSchema,
  conversationSid: ConversationSidSchema,
  /** On Flex Conversations, set as soon as a task names it. */
  interaction: v.exactOptional(InteractionSchema),
  channelType: v.exactOptional(v.string()),
  tasks: v.record(TaskSidSchema, TaskRecordSchema),
  /** The open transfer. A conversation has at most one. */
  transfer: v.exactOptional(TransferSchema),
  past: v.array(TransferSchema),
  /** The task whose agent parked the chat. The chat may be without an agent until it gets another task. */
  parkedBy: v.exactOptional(TaskSidSchema),
  /** Set while `parkedBy` is only assumed, because Twilio has not yet said whether the chat is parked (ms since 1970). */
  assumedParkedAt: v.exactOptional(v.number()),
  /** Set when the chat ends. Removed only if another chat begins in the same conversation. */
  ended: v.exactOptional(v.object({ at: v.number(), by: v.picklist(['customer', 'last-agent']) })),
  /** The number of this chat, if it is not the first one in a long-lived conversation. */
  chat: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(2))),
  /** Short forms of closed tasks that were dropped to save space, oldest first. Their late events change nothing. */
  forgotten: v.exactOptional(v.array(v.string())),
  /**
   * Set when the tasks were adopted from Twilio's records, because the chat is older than its ledger. The chat may hold
   * notices that this ledger does not know, so each notice is looked up in the chat before it is posted.
   */
  isRebuilt: v.exactOptional(v.literal(true)),
  /** Effects that are decided and not acknowledged, oldest first. */
  outbox: v.array(OutboxEntrySchema),
  /** The due times of this chat's items in the index of the functions, earliest first (ms since 1970). */
  indexedAt: v.exactOptional(v.array(v.number())),
});
export type Ledger = v.InferOutput<typeof LedgerSchema>;

/** The unique name of the Sync document. */
export const ledgerName = (conversationSid: ConversationSid): string => `chat-transfer.${conversationSid}`;

export function buildEmptyLedger(conversationSid: ConversationSid, backend: Backend): Ledger {
  return { version: LEDGER_VERSION, backend, conversationSid, tasks: {}, past: [], outbox: [] };
}

/**
 * Adds the location of the conversation; returns the same ledger if nothing is new. The first interaction and the first
 * channel type that a task names are final. A backend without an interaction is recorded only while the ledger has no task
 * and has not ended.
 */
export function recordLocation(
  ledger: Ledger,
  { backend = ledger.backend, interaction, channelType }: ConversationRef,
): Ledger {
  if (ledger.interaction !== undefined) return ledger;
  const isNewType = channelType !== undefined && ledger.channelType === undefined;
  if (interaction === undefined) {
    const isNew = backend === ledger.backend ? isNewType : !isStarted(ledger);
    if (!isNew) return ledger;
  }
  return {
    ...ledger,
    backend,
    ...(interaction === undefined ? {} : { interaction }),
    ...(channelType === undefined || ledger.channelType !== undefined ? {} : { channelType }),
  };
}

const isStarted = ({ tasks, ended }: Ledger): boolean => ended !== undefined || Object.keys(tasks).length > 0;

/** Parses the data of the Sync document; `undefined` if it is not a ledger of this version. */
export const parseLedger = buildParser(LedgerSchema);

/** The version that the data of a Sync document names; `undefined` if it is not a number. Every version has this key. */
export function parseLedgerVersion(data: unknown): number | undefined {
  return isRecord(data) && typeof data.version === 'number' ? data.version : undefined;
}

/** The tasks with their SIDs, oldest first. The order of the keys says nothing: it is not kept when a ledger is stored. */
export function tasksOf(ledger: Ledger): Array<[TaskSid, TaskRecord]> {
  const tasks = Object.entries(ledger.tasks) as Array<[TaskSid, TaskRecord]>;
  return tasks.sort(([, a], [, b]) => a.openedAt - b.openedAt);
}

/** Finds the transfer with this id, open or past. */
export function findTransfer(ledger: Ledger, transferId: string) {
  return ledger.transfer?.id === transferId
    ? ledger.transfer
    : ledger.past.find((transfer) => transfer.id === transferId);
}

/** The agents who are in the chat. */
export function agentsInChat(ledger: Ledger) {
  return tasksOf(ledger).flatMap(([, task]) =>
    task.state === 'active' && task.worker !== undefined ? [task.worker] : [],
  );
}

/**
 * Whether the chat must stay open: it has an agent, or a task or a transfer waits for one. If it ended earlier, the agent
 * who accepts the task would find no customer.
 */
export function mustStayOpen(ledger: Ledger): boolean {
  return (
    ledger.transfer !== undefined ||
    tasksOf(ledger).some(([, task]) => task.state === 'waiting' || task.state === 'active')
  );
}
