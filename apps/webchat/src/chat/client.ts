/**
 * The customer's side of a chat, as the rest of the app sees it: one port, so that no component knows an SDK.
 * Everything that happens comes as an event; nothing here throws.
 */

/** What the functions give a customer for one chat. */
export interface ChatAccess {
  readonly token: string;
  readonly conversationSid: string;
}

export interface ChatMessage {
  /** The place in the conversation, from 0; never given twice. */
  readonly index: number;
  readonly author: string;
  readonly body: string;
  /** The name of a file that came with it, if one did. */
  readonly attachment?: string;
  /** As the SDK gives them: written by anybody, so not to be believed. */
  readonly attributes: unknown;
  /** Ms since 1970. */
  readonly sentAt: number;
  /** The `OutgoingText.id` this message was sent with, if this app sent it. */
  readonly outgoingId?: string;
}

export interface OutgoingText {
  /** Minted by the app: the message that arrives carries it, so that it is never shown twice. */
  readonly id: string;
  readonly body: string;
}

/**
 * - `connecting`: for the first time
 * - `reconnecting`: after having been connected; goes on by itself
 * - `unreachable`: gave up before ever being connected; opening again may succeed
 * - `refused`: the token has expired or is of no use any more; final
 */
export type Connection = 'connecting' | 'connected' | 'reconnecting' | 'unreachable' | 'refused';

export type ChatEvent =
  | { readonly type: 'connection-changed'; readonly connection: Connection }
  /** New, changed or earlier messages, in any order; some may be known already. */
  | { readonly type: 'messages-received'; readonly messages: readonly ChatMessage[] }
  | { readonly type: 'message-removed'; readonly index: number }
  /** The identities of everybody who is typing, but the customer. */
  | { readonly type: 'typing-changed'; readonly identities: readonly string[] }
  /** An ended chat may open again: the server repairs what ended it by mistake. */
  | { readonly type: 'status-changed'; readonly status: 'open' | 'ended' };

export interface OpenChat {
  /** Answers whether the text has been sent. When not, it may have arrived all the same: then it comes as a message. */
  send(text: OutgoingText): Promise<boolean>;
  /** Tells the others that the customer is typing; may be called at every key. */
  sayTyping(): void;
  /** No event comes after this. */
  close(): void;
}

export interface ChatClient {
  /** Fetches what opening will need, ahead of time. */
  preload(): void;
  open(access: ChatAccess, listen: (event: ChatEvent) => void): OpenChat;
}
