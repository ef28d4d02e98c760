/**
 * Reads what an agent sees of a chat that is offered to them: why it is offered, and the note of the transferring agent.
 * The functions write both into the task's attributes.
 */
import { readKey } from '@chat-transfer/transfer-core';
import { type FlexTask, isChatTask } from './chat-task';
import { valueAt } from './value-at';

/** `invitation`: a warm transfer. `transfer`: a cold one. All others: why the target did not take the chat. */
export type IncomingReason =
  | 'invitation'
  | 'transfer'
  | 'declined'
  | 'unanswered'
  | 'cancelled'
  | 'cancelled-by-you';

/** Returns `undefined` for a chat that was not transferred, and if the attributes lack the name that the text needs. */
export function readIncomingReason(
  task: FlexTask | undefined,
  ownWorkerSid: string | undefined,
): IncomingReason | undefined {
  if (!isOfferedChat(task)) return undefined;
  const details = valueAt(task.attributes, 'chatTransfer');
  const reason = readReturnReason(valueAt(details, 'returned'));
  const isOwn = ownWorkerSid !== undefined && readKey(task.attributes, 'fromSid') === ownWorkerSid;
  if (reason === 'cancelled' && isOwn) return 'cancelled-by-you';
  if (reason === 'declined' || reason === 'unanswered') return reason;

  if (typeof valueAt(details, 'from') !== 'string') return undefined;
  if (reason === 'cancelled') return reason;
  const mode = valueAt(details, 'mode');
  if (mode === 'warm') return 'invitation';
  return mode === 'cold' ? 'transfer' : undefined;
}

/** The note that the transferring agent wrote for the next agent. */
export interface IncomingNote {
  /** The whole note, or as much of it as the task has room for. */
  readonly text: string;
  /** Whether the functions have more. */
  readonly isShortened: boolean;
}

export function readIncomingNote(task: FlexTask | undefined): IncomingNote | undefined {
  if (!isOfferedChat(task)) return undefined;
  const note = valueAt(task.attributes, 'chatTransfer', 'note');
  const isShortened = valueAt(task.attributes, 'chatTransfer', 'noteIsShortened') === true;
  const text = typeof note === 'string' ? note : '';
  if (text !== '') return { text, isShortened };
  return isShortened ? { text: '…', isShortened } : undefined;
}

function isOfferedChat(task: FlexTask | undefined): task is FlexTask {
  return task?.status === 'pending' && isChatTask(task);
}

/** Returns `undefined` if no text fits: the text for `declined` needs the name of the agent who declined. */
function readReturnReason(returned: unknown): 'declined' | 'unanswered' | 'cancelled' | undefined {
  const reason = valueAt(returned, 'reason');
  if (reason === 'declined') {
    return typeof valueAt(returned, 'to', 'name') === 'string' ? reason : undefined;
  }
  return reason === 'unanswered' || reason === 'cancelled' ? reason : undefined;
}
