/**
 * What the effects need of a generation of Twilio's chat. One port, two adapters; which one is in the ledger. Every
 * operation may be run twice without harm, but for `createTransferTask` and `postNotice`.
 */
import type { Effect, Ledger, Notice, TaskSid, WorkerRef } from '@chat-transfer/transfer-core';
import type { Attributes } from '../twilio/attributes';
import type { ChannelParticipant } from '../twilio/interactions';
import type { NewTask, ReservationFacts, TaskFacts } from '../twilio/task-router';

/** A conversation, and where it lives. */
export type Conversation = Pick<Ledger, 'conversationSid' | 'interaction' | 'channelType'>;

/** What was read of a conversation beside other things, and need not be read again. */
export interface ConversationFacts {
  /** On Programmable Chat. */
  readonly attributes?: Attributes | undefined;
  /** On Flex Conversations: who takes part in the interaction's channel. */
  readonly participants?: readonly ChannelParticipant[];
}

/** What a request has read a moment ago. */
export interface JustRead {
  /** The task it is about. */
  readonly task?: TaskFacts;
  /** Of that task. */
  readonly reservations?: readonly ReservationFacts[];
  readonly conversation?: ConversationFacts | undefined;
}

export interface ConversationBackend {
  /** Reads what these effects will need, while the ledger is being written. `undefined` when that is nothing. */
  readAhead(ledger: Ledger, due: readonly Effect[]): Promise<ConversationFacts> | undefined;
  /** The tasks that the conversation itself knows of and that may be open; others may be there. */
  listKnownTasks(conversation: Conversation): Promise<readonly TaskSid[]>;
  /** Whether an agent has laid the conversation aside by Flex's own means, to be taken up again. */
  isParked(conversation: Conversation): Promise<boolean>;
  createTransferTask(conversation: Conversation, task: NewTask): Promise<TaskSid>;

  postNotice(conversation: Conversation, notice: Notice): Promise<void>;
  /** Whether this notice is among the latest messages: asked before a notice is posted on a second try. */
  hasNotice(conversation: Conversation, notice: Notice): Promise<boolean>;

  /** Moves an agent's task to wrap-up; nothing to do when it is there already or gone. May take them out, too. */
  wrapUp(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef, justRead: JustRead): Promise<void>;
  /** Puts an agent in; fine when they are in already. */
  addParticipant(conversation: Conversation, identity: string): Promise<void>;
  /** Takes the agent of a task out; fine when they are out already, or when what lets that task go does it. */
  removeParticipant(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef): Promise<void>;
  /** When an agent who is in came in (ms since 1970); `undefined` when they are not in. */
  joinedAt(conversation: Conversation, identity: string): Promise<number | undefined>;
  /**
   * Completes a task so that the chat stays open for the others when it `goesOn`. `false` when somebody else ended it
   * before, who may have let Flex close the chat.
   */
  completeTask(ledger: Ledger, taskSid: TaskSid, goesOn: boolean, justRead: JustRead): Promise<boolean>;
  /** Makes the conversation open or ended, as the ledger says. */
  updateConversation(ledger: Ledger, justRead: JustRead): Promise<void>;
}
