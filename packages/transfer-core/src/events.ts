/** What can happen to a conversation. Events repeat, arrive late and out of order; `decide` copes with all of it. */
import type { NoticeParty } from './notice';
import type { TaskSid } from './sids';
import type { TransferTarget } from './target';
import type { Release, Transfer, WorkerRef } from './transfer';

/** `at`: milliseconds since 1970. */
export type ConversationEvent =
  /** A task for this conversation was seen for the first time. */
  | { readonly type: 'task-tracked'; readonly taskSid: TaskSid; readonly at: number }
  /** An agent asks for a transfer. The one event that can be refused. */
  | {
      readonly type: 'transfer-requested';
      readonly transferId: string;
      readonly taskSid: TaskSid;
      readonly by: WorkerRef;
      readonly target: TransferTarget;
      /** The target as notices name it. */
      readonly to: NoticeParty;
      readonly mode: Transfer['mode'];
      readonly release: Release;
      readonly note?: string;
      readonly at: number;
    }
  /** The task that offers the chat to the target exists. */
  | {
      readonly type: 'transfer-offered';
      readonly transferId: string;
      readonly taskSid: TaskSid;
      readonly at: number;
    }
  /** Twilio will not make that task, whoever asks and how often. */
  | { readonly type: 'transfer-refused'; readonly transferId: string; readonly at: number }
  /** An agent accepted a task. */
  | {
      readonly type: 'task-accepted';
      readonly taskSid: TaskSid;
      readonly worker: WorkerRef;
      readonly at: number;
    }
  /** An agent asks to leave the chat, or went to wrap-up by other means (`alreadyWrapping`). */
  | {
      readonly type: 'agent-left';
      readonly taskSid: TaskSid;
      readonly worker: WorkerRef;
      readonly alreadyWrapping: boolean;
      readonly at: number;
    }
  /** An agent asks for their task to be completed. */
  | {
      readonly type: 'completion-requested';
      readonly taskSid: TaskSid;
      readonly worker: WorkerRef;
      readonly at: number;
    }
  /** A task was completed, cancelled or deleted, by whomever. */
  | { readonly type: 'task-closed'; readonly taskSid: TaskSid; readonly at: number }
  /** The customer ended the chat. */
  | { readonly type: 'customer-ended'; readonly at: number };
