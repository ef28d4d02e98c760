/**
 * The keys that the functions write on tasks. All of them begin with `chatTransfer`, so that a key of the account survives a
 * transfer, whatever its name is. Every key that TaskRouter reads is flat: Twilio documents nested keys for the
 * expressions of rules, but not for `known_worker_sid`. https://www.twilio.com/docs/taskrouter/expression-syntax
 *
 * Earlier versions used keys without the prefix. A task of such a version keeps its keys until it ends.
 */
import * as v from 'valibot';
import { TransferModeSchema } from '../notice/notice';
import { isRecord } from '../parse';
import { parseConversationSid, TaskSidSchema, WorkerSidSchema } from '../sids';

/** The attributes of a task, parsed. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What the workflow and the functions read on a transfer task. */
type TransferKey =
  | 'id'
  | 'targetType'
  | 'targetSid'
  | 'fromSid'
  | 'returnQueueSid'
  | 'declinedBy'
  | 'withdrawn'
  /** The workers who are not asked, because they are in the chat. */
  | 'inChat';

/** The name of each key. */
export type KeyNames = Readonly<Record<TransferKey, string>>;

export const KEYS = {
  id: 'chatTransferId',
  targetType: 'chatTransferTargetType',
  targetSid: 'chatTransferTargetSid',
  fromSid: 'chatTransferFromSid',
  returnQueueSid: 'chatTransferReturnQueueSid',
  declinedBy: 'chatTransferDeclinedBy',
  withdrawn: 'chatTransferWithdrawn',
  inChat: 'chatTransferInChat',
} as const satisfies KeyNames;

export const EARLIER_KEYS = {
  id: 'transferId',
  targetType: 'transferTargetType',
  targetSid: 'transferTargetSid',
  fromSid: 'transferFromSid',
  returnQueueSid: 'transferReturnQueueSid',
  declinedBy: 'transferDeclinedBy',
  withdrawn: 'transferWithdrawn',
  inChat: 'workerSidsInConversation',
} as const satisfies KeyNames;

/** The transfer as its receiving agent sees it, under one key. The key had this name in earlier versions too. */
export const DETAILS_KEY = 'chatTransfer';

/** On Programmable Chat: the channel of a task that was completed while its chat went on. */
export const DETACHED_KEY = 'chatTransferredChannelSid';
export const EARLIER_DETACHED_KEY = 'transferredChannelSid';
/** Used if the task has no room for the longer name. Flex's `channelSid`, which it replaces, has more characters. */
export const SHORT_DETACHED_KEY = 'leftChat';

const OWN_KEYS: ReadonlySet<string> = new Set([...Object.values(KEYS), DETAILS_KEY, DETACHED_KEY]);
const EARLIER_NAMES: ReadonlySet<string> = new Set(Object.values(EARLIER_KEYS));

/** Keys that say which chat a task belongs to. Flex writes them. */
const LOCATION_KEYS: ReadonlySet<string> = new Set([
  'channelSid',
  'conversationSid',
  'flexInteractionSid',
  'flexInteractionChannelSid',
  'flexChannelInviteSid',
  'channelType',
  EARLIER_DETACHED_KEY,
  SHORT_DETACHED_KEY,
]);

/** Whether routing, evidence or Flex trusts the key, so that the caller of a transfer cannot set it. */
export function isReservedKey(key: string): boolean {
  return (
    OWN_KEYS.has(key) || EARLIER_NAMES.has(key) || LOCATION_KEYS.has(key) || key === ORIGINAL_FEATURE_KEY
  );
}

/** A transfer task of an earlier version. The keys of an account do not look like this together. */
const EarlierTaskSchema = v.object({
  [EARLIER_KEYS.id]: v.pipe(v.string(), v.uuid()),
  [EARLIER_KEYS.fromSid]: WorkerSidSchema,
  [DETAILS_KEY]: v.object({ mode: TransferModeSchema, previousTaskSid: TaskSidSchema }),
});

/** The names that this transfer task uses; `undefined` if the task is no transfer task. */
export function namesOf(attributes: unknown): KeyNames | undefined {
  if (!isRecord(attributes)) return undefined;
  if (typeof attributes[KEYS.id] === 'string') return KEYS;
  return v.is(EarlierTaskSchema, attributes) ? EARLIER_KEYS : undefined;
}

/** Reads one of the keys; `undefined` if the task is no transfer task. */
export function readKey(attributes: unknown, key: TransferKey): unknown {
  const names = namesOf(attributes);
  return names !== undefined && isRecord(attributes) ? attributes[names[key]] : undefined;
}

/** Twilio's original feature writes this key on the task that it transfers: see `parseSuccessor`. */
export const ORIGINAL_FEATURE_KEY = 'chatTransferData';

/** Keys that Twilio's original feature writes on the task that it creates. They are about that task only. */
const ORIGINAL_FEATURE_KEYS: ReadonlySet<string> = new Set([
  'ignoreWorkerContactUri',
  'transferQueueName',
  'transferTargetType',
  'transferTargetSid',
  'workerSidsInConversation',
]);

/** An account may use one of these names for a key of its own. */
const isOfOriginalFeature = (attributes: Attributes): boolean =>
  attributes.ignoreWorkerContactUri !== undefined ||
  (attributes.transferQueueName !== undefined && attributes.transferTargetType !== undefined);

/** The keys of a task belong to the account: a value of another type counts as absent. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Whether our keys may name the channel, because Flex's key does not. On Flex Conversations they never do. */
const isDetached = ({ channelSid, flexInteractionChannelSid }: Attributes): boolean =>
  channelSid === undefined && textOf(flexInteractionChannelSid) === undefined;

/** The attributes that a transfer task takes over from its original task: all but those about the original task only. */
export function inheritedAttributes(original: Attributes): Attributes {
  const dropped = new Set<string>([
    ...OWN_KEYS,
    ORIGINAL_FEATURE_KEY,
    // Flex creates one invite per task of an interaction.
    'flexChannelInviteSid',
    ...(namesOf(original) === EARLIER_KEYS ? EARLIER_NAMES : []),
    ...(isOfOriginalFeature(original) ? ORIGINAL_FEATURE_KEYS : []),
    ...(isDetached(original) ? [EARLIER_DETACHED_KEY, SHORT_DETACHED_KEY] : []).filter(
      (key) => parseConversationSid(original[key]) !== undefined,
    ),
  ]);
  return Object.fromEntries(Object.entries(original).filter(([key]) => !dropped.has(key)));
}
