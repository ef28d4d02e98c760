/** The parts of a request's work, as answers name them: what is done, and what follows later. */
import * as v from 'valibot';
import type { Effect } from '../effects';
import type { Outbox } from './entry';

/**
 * - `transfer-task`: creating, recalling or redirecting the transfer task
 * - `notices`: the notices in the chat
 * - `agents`: agents join the chat, leave it, and complete their tasks
 * - `conversation`: closing the conversation, and its attributes
 */
export const WorkPartSchema = v.picklist(['transfer-task', 'notices', 'agents', 'conversation']);
export type WorkPart = v.InferOutput<typeof WorkPartSchema>;

function partOf({ kind }: Effect): WorkPart {
  switch (kind) {
    case 'create-transfer-task':
    case 'withdraw-transfer-task':
    case 'recall-transfer':
    case 'redirect-task':
    case 'cancel-task':
      return 'transfer-task';
    case 'post-notice':
      return 'notices';
    case 'wrap-reservation':
    case 'add-participant':
    case 'remove-participant':
    case 'complete-task':
      return 'agents';
    case 'update-conversation':
      return 'conversation';
  }
}

/** The lists of an answer: the parts of its request that are done, and every part of the chat that follows. */
export function buildWorkLists(
  parts: readonly WorkPart[],
  pending: readonly WorkPart[],
): { done: WorkPart[]; pending: WorkPart[] } {
  return { done: parts.filter((part) => !pending.includes(part)), pending: [...pending] };
}

/** The parts that have an effect which no run has executed. */
export function listPendingParts(outbox: Outbox): readonly WorkPart[] {
  const pending = outbox.filter(({ state }) => state.kind !== 'unconfirmed');
  return [...new Set(pending.map(({ effect }) => partOf(effect)))].sort();
}
