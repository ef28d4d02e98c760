/**
 * The port for a conversation at Twilio, with one adapter for each generation of Flex chat. All operations
 * but `createTransferTask` and `postNotice` may run twice without harm. Adapters do not read the outbox.
 */
import type { Effect, Ledger, Notice, TaskSid, WorkerRef } from '@chat-transfer/transfer-core';
import type { Attributes } from '../twilio/attributes';
import type { ChannelParticipant } from '../twilio/interactions';
import type { NewTask, ReservationFacts, TaskFacts } from '../twilio/task-router';

/** A conversation, with the facts that calls to Twilio need about it. */
export type Conversation = Pick<Ledger, 'conversationSid' | 'interaction' | 'channelType'>;

/** What was read about a conversation ahead of time, so that the effects need not read it again. */
export interface ConversationFacts {
  /** On Programmable Chat: the channel's attributes. */
  readonly attributes?: Attributes | undefined;
  /** On Flex Conversations: the agents in the interaction's channel. */
  readonly participants?: readonly ChannelParticipant[];
  /** On Flex Conversations: the task that says already how it is followed, for reports. */
  readonly followedByOf?: TaskSid;
}

/** What a request has just read, so that the effects need not read it again. */
export interface JustRead {
  /** The task that the request names. */
  readonly task?: TaskFacts;
  /** The reservations of that task. */
  readonly reservations?: readonly ReservationFacts[];
  readonly conversation?: ConversationFacts | undefined;
}

/** The notices that are in a chat. */
export interface PostedNotices {
  readonly ids: ReadonlySet<string>;
  /** The id of a notice that was posted twice → the SIDs of its later messages. */
  readonly duplicates: ReadonlyMap<string, readonly string[]>;
}

export interface ConversationBackend {
  /** Reads what these effects will need, while the ledger is written. `undefined` when they need nothing. */
  readAhead(
    ledger: Ledger,
    due: readonly Effect[],
    justRead: JustRead,
  ): Promise<ConversationFacts | undefined>;
  /**
   * The tasks that Twilio's own records tie to the conversation. No agent can add a task to these records alone. The
   * list may be incomplete.
   */
  listKnownTasks(conversation: Conversation): Promise<readonly TaskSid[]>;
  /** Whether an agent has parked the conversation with Flex's Pause or Leave. */
  isParked(conversation: Conversation): Promise<boolean>;
  /** Whether the chat is closed or deleted. On Programmable Chat, Flex's channel janitor closes chats too. */
  isClosed(conversation: Conversation): Promise<boolean>;
  /** Whether the conversation is used again when its customer comes back after the end of a chat. */
  isLongLived(conversation: Conversation): Promise<boolean>;
  /** When the conversation was created (ms since 1970); `undefined` when it does not exist. */
  createdAt(conversation: Conversation): Promise<number | undefined>;
  createTransferTask(conversation: Conversation, task: NewTask): Promise<TaskSid>;

  postNotice(conversation: Conversation, notice: Notice): Promise<void>;
  /**
   * Which of the notices are in the chat, among the messages since `sinceMs` (ms since 1970). A second attempt to post a
   * notice checks this first.
   */
  findNotices(
    conversation: Conversation,
    notices: readonly Notice[],
    sinceMs: number,
  ): Promise<PostedNotices>;
  /** Deletes messages by SID. Does nothing for those that are gone. */
  deleteMessages(conversation: Conversation, messageSids: readonly string[]): Promise<void>;

  /** Moves an agent's accepted task to wrap-up. May also remove the agent from the chat. */
  wrapUp(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef, justRead: JustRead): Promise<void>;
  /** Adds an agent to the chat. Does nothing when they are in it. */
  addParticipant(conversation: Conversation, identity: string): Promise<void>;
  /** Removes a task's agent from the chat. Does nothing when they are not in it. */
  removeParticipant(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef): Promise<void>;
  /** When an agent joined the chat (ms since 1970); `undefined` when they are not in it. */
  joinedAt(conversation: Conversation, identity: string): Promise<number | undefined>;
  /**
   * Completes a task. `staysOpen`: whether the chat stays open for other agents. Returns `false` when the
   * task was closed before; Flex may have closed the chat with it.
   */
  completeTask(ledger: Ledger, taskSid: TaskSid, staysOpen: boolean, justRead: JustRead): Promise<boolean>;
  /** Updates the conversation to what the ledger says: open or ended. */
  updateConversation(ledger: Ledger, justRead: JustRead): Promise<void>;
}
