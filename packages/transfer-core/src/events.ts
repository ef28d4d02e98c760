/** What can happen to a conversation. Events may repeat, arrive late or out of order. `decide` handles all three. */
import type { TargetRefusal } from './failure';
import type { Ledger } from './ledger';
import type { NoticeParty } from './notice/notice';
import type { TaskSid, WorkerSid } from './sids';
import type { TransferTarget } from './target';
import type { Release, Transfer, WorkerRef } from './transfer';

/** `at`: milliseconds since 1970. */
export type ConversationEvent =
  /**
   * A chat is older than its ledger. The event has what Twilio's records say: the tasks, the transfers as the attributes of
   * their tasks say, and who ended the chat. No notice announces its agents.
   */
  | {
      readonly type: 'chat-adopted';
      readonly tasks: Ledger['tasks'];
      readonly transfer?: Transfer;
      readonly past?: readonly Transfer[];
      readonly endedBy?: NonNullable<Ledger['ended']>['by'];
      readonly at: number;
    }
  /**
   * A customer has come back into a long-lived conversation of Programmable Chat, whose last chat has ended. An event about the
   * first task of the new chat follows.
   */
  | { readonly type: 'chat-begun-again'; readonly at: number }
  /** The functions see a task of this conversation for the first time. */
  | { readonly type: 'task-tracked'; readonly taskSid: TaskSid; readonly at: number }
  /** An agent requests a transfer. May be refused. */
  | {
      readonly type: 'transfer-requested';
      readonly transferId: string;
      readonly taskSid: TaskSid;
      readonly by: WorkerRef;
      readonly target: TransferTarget;
      /** The target, as notices name it. */
      readonly to: NoticeParty;
      /** Why the target cannot be offered the chat now. */
      readonly refusal?: TargetRefusal;
      readonly mode: Transfer['mode'];
      readonly release: Release;
      /** How long the target has to answer, counted from the offer. */
      readonly answerWithinMs: number;
      readonly note?: string;
      /** What the caller sets on the transfer task. */
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly priority?: number;
      readonly at: number;
    }
  /** The transfer task exists: it offers the chat to the target. */
  | {
      readonly type: 'transfer-offered';
      readonly transferId: string;
      readonly taskSid: TaskSid;
      readonly at: number;
    }
  /** Twilio refuses to create the transfer task. The refusal is permanent. */
  | { readonly type: 'transfer-refused'; readonly transferId: string; readonly at: number }
  /** The transfer task does not exist after the time to create it. A call that got no answer may still create it. */
  | { readonly type: 'start-expired'; readonly transferId: string; readonly at: number }
  /** No agent has accepted a transfer task on its way back within its time. The task goes on waiting. */
  | { readonly type: 'return-expired'; readonly transferId: string; readonly at: number }
  /** A worker declined the reservation of a task. */
  | {
      readonly type: 'offer-declined';
      readonly taskSid: TaskSid;
      readonly workerSid: WorkerSid;
      readonly at: number;
    }
  /** The time to answer has expired: the target's, or (with `workerSid`) that of one worker's reservation. */
  | {
      readonly type: 'offer-expired';
      readonly taskSid: TaskSid;
      readonly workerSid?: WorkerSid;
      readonly at: number;
    }
  /** The target's time to answer has expired, and a reservation of the target rings on. It ends at `until` at the latest. */
  | {
      readonly type: 'offer-rings-on';
      readonly taskSid: TaskSid;
      /** Milliseconds since 1970. */
      readonly until: number;
      readonly at: number;
    }
  /** An agent asks to cancel the transfer. May be refused, and an agent may accept first. */
  | {
      readonly type: 'cancel-requested';
      readonly transferId: string;
      /** Public name. */
      readonly by: string;
      readonly at: number;
    }
  /** The transfer task was recalled before an agent accepted it. */
  | { readonly type: 'transfer-recalled'; readonly transferId: string; readonly at: number }
  /** The transfer task could not be recalled, because an agent had accepted it. */
  | { readonly type: 'recall-failed'; readonly transferId: string; readonly at: number }
  /** An agent accepted a task. */
  | {
      readonly type: 'task-accepted';
      readonly taskSid: TaskSid;
      readonly worker: WorkerRef;
      readonly at: number;
    }
  /** An agent asks to leave the chat, or (`alreadyWrapping`) their reservation is in wrap-up. */
  | {
      readonly type: 'agent-left';
      readonly taskSid: TaskSid;
      readonly worker: WorkerRef;
      readonly alreadyWrapping: boolean;
      readonly at: number;
    }
  /** An agent asks to complete their task. */
  | {
      readonly type: 'completion-requested';
      readonly taskSid: TaskSid;
      readonly worker: WorkerRef;
      readonly at: number;
    }
  /** A task was completed, cancelled or deleted. `byOthers`: an effect tried to complete it and found it closed. */
  | {
      readonly type: 'task-closed';
      readonly taskSid: TaskSid;
      readonly byOthers?: true;
      readonly at: number;
    }
  /** TaskRouter was asked about these tasks, and agrees with the ledger. */
  | { readonly type: 'tasks-confirmed'; readonly taskSids: readonly TaskSid[]; readonly at: number }
  /** An agent parked the chat in Flex. It stays open without an agent until it gets another task. */
  | {
      readonly type: 'chat-parked';
      readonly taskSid: TaskSid;
      /** Twilio has not yet said so. Until it does, the chat must not end. */
      readonly isAssumed?: true;
      readonly at: number;
    }
  /** Twilio says that no agent has parked the chat, which was recorded as parked with this task. */
  | { readonly type: 'chat-not-parked'; readonly taskSid: TaskSid; readonly at: number }
  /** The customer ended the chat. */
  | { readonly type: 'customer-ended'; readonly at: number };
