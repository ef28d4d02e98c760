/** What can happen to a conversation. Events repeat, arrive late and out of order; `decide` copes with all of it. */
import type { Ledger } from './ledger';
import type { NoticeParty } from './notice/notice';
import type { TaskSid, WorkerSid } from './sids';
import type { TransferTarget } from './target';
import type { Release, Transfer, WorkerRef } from './transfer';

/** `at`: milliseconds since 1970. */
export type ConversationEvent =
  /** The first thing heard of a chat that is older than its ledger: who is on it already, without telling anybody. */
  | { readonly type: 'chat-adopted'; readonly tasks: Ledger['tasks']; readonly at: number }
  /** A task for this conversation was seen for the first time. */
  | { readonly type: 'task-tracked'; readonly taskSid: TaskSid; readonly at: number }
  /** An agent asks for a transfer. Can be refused. */
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
      /** How long the target has for an answer, from the offer on. */
      readonly answerWithinMs: number;
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
  /** A worker will not take the task that is offered to them. */
  | {
      readonly type: 'offer-declined';
      readonly taskSid: TaskSid;
      readonly workerSid: WorkerSid;
      readonly at: number;
    }
  /** The task's time with its target is over, or (`workerSid`) a worker let the offer ring out. */
  | {
      readonly type: 'offer-expired';
      readonly taskSid: TaskSid;
      readonly workerSid?: WorkerSid;
      readonly at: number;
    }
  /** An agent asks for their transfer to be cancelled. Can be refused, and may come too late. */
  | {
      readonly type: 'cancel-requested';
      readonly transferId: string;
      /** Public name. */
      readonly by: string;
      readonly at: number;
    }
  /** The transfer was taken back before anybody accepted it … */
  | { readonly type: 'transfer-recalled'; readonly transferId: string; readonly at: number }
  /** … or could not be, because somebody had. */
  | { readonly type: 'recall-failed'; readonly transferId: string; readonly at: number }
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
  /** A task was completed, cancelled or deleted, by whomever; `byOthers`: we were to complete it, and found it over. */
  | {
      readonly type: 'task-closed';
      readonly taskSid: TaskSid;
      readonly byOthers?: true;
      readonly at: number;
    }
  /** An agent laid the chat aside by Flex's own means: it stays open without anybody, until somebody takes it up again. */
  | { readonly type: 'chat-parked'; readonly taskSid: TaskSid; readonly at: number }
  /** The customer ended the chat. */
  | { readonly type: 'customer-ended'; readonly at: number };
