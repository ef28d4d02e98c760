/** What the effects need of a chat service. One port; an adapter per generation of Twilio's chat. */
import type { ConversationSid, Notice } from '@chat-transfer/transfer-core';
import type { Attributes } from '../twilio/attributes';

/** Every operation may be run twice without harm, but for `postNotice`. */
export interface ConversationBackend {
  postNotice(conversationSid: ConversationSid, notice: Notice): Promise<void>;
  /** Whether this notice is among the latest messages: asked before a notice is posted on a second try. */
  hasNotice(conversationSid: ConversationSid, notice: Notice): Promise<boolean>;
  /** Puts an agent in; fine when they are in already. */
  addParticipant(conversationSid: ConversationSid, identity: string): Promise<void>;
  /** Takes an agent out; fine when they are out already. */
  removeParticipant(conversationSid: ConversationSid, identity: string): Promise<void>;
  /** When an agent who is in came in (ms since 1970); `undefined` when they are not in. */
  joinedAt(conversationSid: ConversationSid, identity: string): Promise<number | undefined>;
  /** `undefined` when there is no such conversation (any more). */
  readAttributes(conversationSid: ConversationSid): Promise<Attributes | undefined>;
  /** Chats have no If-Match: read just before, and keep the keys of others. */
  writeAttributes(conversationSid: ConversationSid, attributes: Attributes): Promise<void>;
}
