/**
 * The attributes of a transfer task: when it is created, when it returns, and when its agent is done. All of them fit
 * TaskRouter's limit: budget.ts says what becomes shorter.
 */
import * as v from 'valibot';
import type { Ledger } from '../ledger';
import { isRecord } from '../parse';
import type { TaskSid } from '../sids';
import { targetSidOf } from '../target';
import type { Transfer, UntakenReason, WorkerRef } from '../transfer';
import { fitAttributes, isSafeChange } from './budget';
import { buildInsightsAttributes, withFollowedBy } from './insights';
import {
  type Attributes,
  DETACHED_KEY,
  DETAILS_KEY,
  inheritedAttributes,
  isReservedKey,
  KEYS,
  namesOf,
  readKey,
  SHORT_DETACHED_KEY,
} from './keys';

/** The transfer as the receiving agent sees it, before and after they accept. Stored under `chatTransfer`. */
interface TransferDetails {
  readonly mode: Transfer['mode'];
  /** The public name of the agent who transfers. */
  readonly from: string;
  readonly note?: string;
  /** Set when the task has no room for the whole note. The functions have it. */
  readonly noteIsShortened?: true;
  /** The number of this transfer within the chat, from 1. */
  readonly hop: number;
  /** The original task. */
  readonly previousTaskSid: TaskSid;
  /** Set when the target did not take the chat: the reason, and the target as notices name it. */
  readonly returned?: { readonly reason: UntakenReason; readonly to: Transfer['to'] };
}

export interface TransferTaskFacts {
  readonly conversation: Pick<Ledger, 'conversationSid' | 'backend'>;
  readonly transfer: Pick<
    Transfer,
    'id' | 'mode' | 'from' | 'target' | 'to' | 'note' | 'attributes' | 'originalTaskSid'
  >;
  /** The attributes of the original task at TaskRouter. */
  readonly original: Attributes;
  /** The queue of the original task. */
  readonly originalQueueSid: string | undefined;
  readonly agentsInChat: readonly WorkerRef[];
}

/**
 * Characters that Flex adds to the attributes of an invite's task: the SID of the invite, the transcript for Insights, and
 * how the interaction began.
 */
const ADDED_BY_FLEX = 200;

/**
 * Builds the attributes of the transfer task. `undefined` if the original task's keys leave no room for what routing and the
 * receiving agent need, now or when the task returns.
 */
export function buildTransferTaskAttributes(facts: TransferTaskFacts): Attributes | undefined {
  const { conversation, transfer } = facts;
  const attributes = buildAttributes(facts);
  const mustFitLater = {
    ...addReturn(attributes, { reason: 'unanswered', to: transfer.to }),
    [KEYS.withdrawn]: [],
  };
  return fitAttributes(attributes, {
    reserved: conversation.backend === 'conversations' ? ADDED_BY_FLEX : 0,
    mustFitLater,
  });
}

function buildAttributes({
  conversation: { conversationSid, backend },
  transfer,
  original,
  originalQueueSid,
  agentsInChat,
}: TransferTaskFacts): Attributes {
  const previous = v.safeParse(HopSchema, original[DETAILS_KEY]);
  const chosen = withoutReservedKeys(transfer.attributes ?? {});
  const details: TransferDetails = {
    mode: transfer.mode,
    from: transfer.from.publicName,
    ...(transfer.note === undefined ? {} : { note: transfer.note }),
    hop: previous.success ? previous.output.hop + 1 : 1,
    previousTaskSid: transfer.originalTaskSid,
  };
  return {
    ...inheritedAttributes(original),
    ...chosen,
    // A completed original task does not have this key. On Flex Conversations, Flex names the conversation itself.
    ...(backend === 'programmable-chat' ? { channelSid: conversationSid } : {}),
    [KEYS.id]: transfer.id,
    [KEYS.targetType]: transfer.target.kind,
    [KEYS.targetSid]: targetSidOf(transfer.target),
    [KEYS.fromSid]: transfer.from.sid,
    [KEYS.returnQueueSid]: returnQueueOf(original, originalQueueSid),
    [KEYS.declinedBy]: [],
    // Includes the agent who transfers, even if they have left the chat.
    [KEYS.inChat]: [...new Set([transfer.from, ...agentsInChat].map((worker) => worker.sid))],
    [DETAILS_KEY]: details,
    conversations: buildInsightsAttributes(original, chosen.conversations, details),
  };
}

const HopSchema = v.object({ hop: v.pipe(v.number(), v.integer(), v.minValue(1)) });

/** What the caller of a transfer may set on its task. */
export function withoutReservedKeys(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !isReservedKey(key)));
}

/** A task for one worker is in the queue of all workers, so its chat returns to the queue of the task before it. */
function returnQueueOf(original: Attributes, queueSid: string | undefined): unknown {
  const wasForOneAgent = readKey(original, 'targetType') === 'worker';
  return (wasForOneAgent ? readKey(original, 'returnQueueSid') : undefined) ?? queueSid;
}

/** The target type of a returning task. The workflow "Chat Transfer" has rules for it. */
const RETURN = 'return';

type Returned = NonNullable<TransferDetails['returned']>;

function addReturn(attributes: Attributes, returned: Returned | undefined): Attributes {
  const names = namesOf(attributes) ?? KEYS;
  const details = attributes[DETAILS_KEY];
  return {
    ...attributes,
    [names.targetType]: RETURN,
    [DETAILS_KEY]: {
      ...(isRecord(details) ? details : {}),
      ...(returned === undefined ? {} : { returned }),
    },
  };
}

/**
 * Builds the attributes with which the workflow routes the transfer task back to the agent or the queue it came from. They
 * contain the reason, which the agent who gets the task sees. `undefined` if other programs have filled the attributes: the
 * workflow then goes on to the same agent or queue by itself.
 *
 * @param withdrawn reservations that the functions reject. TaskRouter reports them as rejected by the worker.
 */
export function buildRedirectAttributes(
  attributes: Attributes,
  { untakenReason: reason, to, declinedBy = [] }: Transfer,
  withdrawn: readonly string[] = [],
): Attributes | undefined {
  const names = namesOf(attributes) ?? KEYS;
  return fitAttributes({
    ...addReturn(attributes, reason === undefined ? undefined : { reason, to }),
    [names.declinedBy]: declinedBy,
    [names.withdrawn]: [
      ...new Set([...parseWithdrawn(attributes), ...withdrawn.map((sid) => sid.slice(0, SHORT_SID_LENGTH))]),
    ],
  });
}

/** As much of a reservation's SID as tells the reservations of one task apart. */
const SHORT_SID_LENGTH = 14;

const WithdrawnSchema = v.array(v.string());

function parseWithdrawn(attributes: unknown): readonly string[] {
  const parsed = v.safeParse(WithdrawnSchema, readKey(attributes, 'withdrawn'));
  return parsed.success ? parsed.output : [];
}

/** Whether the functions rejected this reservation of a transfer task, not the worker. */
export function isWithdrawnReservation(attributes: unknown, reservationSid: string): boolean {
  return parseWithdrawn(attributes).some((sid) => sid !== '' && reservationSid.startsWith(sid));
}

/** Whether the attributes of a transfer task come from `buildRedirectAttributes`. */
export function isRedirected(attributes: Attributes): boolean {
  return readKey(attributes, 'targetType') === RETURN;
}

/**
 * Builds the attributes of a task that is completed while its chat goes on. Flex's channel janitor closes the chat that a
 * completed task names, so the SID moves to a key that Flex does not read. The attributes stay within TaskRouter's limit.
 */
export function detachConversation(attributes: Attributes): Attributes {
  const { channelSid, ...rest } = attributes;
  if (channelSid === undefined) return rest;
  const detached = { ...rest, [DETACHED_KEY]: channelSid };
  return isSafeChange(attributes, detached) ? detached : { ...rest, [SHORT_DETACHED_KEY]: channelSid };
}

/** Adds how a task is followed, for Flex Insights. Changes nothing if the account has set it, or if there is no room. */
export function addFollowedBy(attributes: Attributes, followedBy: string | undefined): Attributes {
  if (followedBy === undefined) return attributes;
  const added = withFollowedBy(attributes, followedBy);
  return isSafeChange(attributes, added) ? added : attributes;
}
