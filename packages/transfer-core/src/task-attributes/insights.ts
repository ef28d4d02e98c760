/**
 * The keys that Flex Insights reads, under `conversations`. All tasks of a chat are segments of one conversation. A key that
 * describes one segment does not travel to the next task; every other key of the account does.
 * https://www.twilio.com/docs/flex/developer/insights/enhance-integration
 */
import type { Ledger } from '../ledger';
import { isRecord } from '../parse';
import type { TaskSid } from '../sids';
import type { Transfer } from '../transfer';
import { type Attributes, DETAILS_KEY } from './keys';

/**
 * What describes one segment: how it began and ended, who handled it, its times and its recordings. The rest describes the
 * customer, the conversation, or means what the account decides (`conversation_attribute_1`, `conversation_label_1`…).
 * https://www.twilio.com/docs/flex/end-user-guide/insights/data-model
 */
const SEGMENT_KEYS: ReadonlySet<string> = new Set([
  'abandoned',
  'abandoned_phase',
  'activity',
  'activity_time',
  'average_response_time',
  'destination',
  'first_response_time',
  'focus_time',
  'followed_by',
  'handling_department_id',
  'handling_department_name',
  'handling_department_name_in_hierarchy',
  'handling_team_id',
  'handling_team_name',
  'handling_team_name_in_hierarchy',
  'hang_up_by',
  'hold_time',
  'ivr_path',
  'ivr_time',
  'kind',
  // Flex adds the transcript to each task of an interaction.
  'media',
  'order',
  'outcome',
  'preceded_by',
  'productive',
  'queue',
  'queue_time',
  'ring_time',
  'segment_link',
  'service_level',
  'talk_time',
  'virtual',
  'workflow',
  'wrap_up_time',
]);

/** How the segments before and after a transfer name it. */
const transferKindOf = ({ mode }: Pick<Transfer, 'mode'>): string =>
  mode === 'warm' ? 'Warm Transfer' : 'Cold Transfer';

export interface Segment extends Pick<Transfer, 'mode'> {
  /** The number of the transfer within the chat, from 1. */
  readonly hop: number;
  readonly previousTaskSid: TaskSid;
}

/**
 * Builds `conversations` of a transfer task.
 *
 * @param chosen what the caller of the transfer sets: all of its keys are kept, except those that this function writes
 */
export function buildInsightsAttributes(original: Attributes, chosen: unknown, segment: Segment): Attributes {
  const inherited = isRecord(original.conversations) ? original.conversations : {};
  const travelling = Object.entries(inherited).filter(
    ([key, value]) => !SEGMENT_KEYS.has(key) && !isEarlierLink(original, key, value),
  );
  const conversations: Attributes = {
    conversation_id: segment.previousTaskSid,
    ...Object.fromEntries(travelling),
    ...(isRecord(chosen) ? chosen : {}),
  };
  return {
    ...(conversations[LINK] === undefined ? { [LINK]: segment.previousTaskSid } : {}),
    ...conversations,
    preceded_by: transferKindOf(segment),
    order: segment.hop + 1,
  };
}

/** Holds the previous task, unless the account uses the key itself. The details of the transfer hold it in any case. */
const LINK = 'conversation_attribute_10';

/** Whether an earlier transfer wrote the link. */
function isEarlierLink(original: Attributes, key: string, value: unknown): boolean {
  const details = original[DETAILS_KEY];
  return key === LINK && isRecord(details) && value !== undefined && value === details.previousTaskSid;
}

/** How the task's segment is followed, if its agent leaves now. `undefined` if no transfer follows. */
export function followedBy(
  { transfer, past }: Pick<Ledger, 'transfer' | 'past'>,
  taskSid: TaskSid,
): string | undefined {
  const last = [...past, ...(transfer === undefined ? [] : [transfer])].findLast(
    ({ originalTaskSid }) => originalTaskSid === taskSid,
  );
  if (last === undefined) return undefined;
  const { state, mode, release, endedAt } = last;
  const isTaken = state === 'accepted' || state === 'returned';
  const hasLeftForIt = mode === 'cold' && release === 'immediately' && endedAt === undefined;
  return isTaken || hasLeftForIt ? transferKindOf(last) : undefined;
}

/** Adds how the segment of this task is followed. A value of the account stays. */
export function withFollowedBy(attributes: Attributes, followedBy: string): Attributes {
  const conversations = attributes.conversations ?? {};
  const isFree = isRecord(conversations) && (conversations.followed_by ?? undefined) === undefined;
  if (!isFree) return attributes;
  return { ...attributes, conversations: { ...conversations, followed_by: followedBy } };
}
