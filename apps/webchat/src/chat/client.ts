/**
 * The port to a chat on the customer's side. The rest of the app uses only this port, so no component depends
 * on an SDK. The port never throws: every failure is an event or a result.
 */

/** The credentials for one chat, which the functions issue. */
export interface ChatAccess {
  readonly token: string;
  readonly conversationSid: string;
}

export interface ChatMessage {
  /** The position in the conversation, from 0. Twilio never reuses an index. */
  readonly index: number;
  readonly author: string;
  readonly body: string;
  /** The file names of the attachments, if the message has any. */
  readonly attachment?: string;
  /** As the SDK returns them. Untrusted: every participant can write them. */
  readonly attributes: unknown;
  /** Ms since 1970. */
  readonly sentAt: number;
  /** The `OutgoingText.id` of the text, if this app sent the message. */
  readonly outgoingId?: string;
}

export interface OutgoingText {
  /** Created by the app. The message that arrives carries it too, so the app never shows the text twice. */
  readonly id: string;
  readonly body: string;
}

/**
 * - `connecting`: the first connection attempt is running
 * - `reconnecting`: the connection is lost; the SDK tries to reconnect
 * - `unreachable`: the first connection attempt failed; opening the chat again may succeed
 * - `refused`: Twilio does not accept the token or the chat, or the token has expired; permanent
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'unreachable' | 'refused';

export type ChatEvent =
  | { readonly type: 'connection-changed'; readonly connection: ConnectionState }
  /** New, changed or earlier messages, in any order. The app may already have some of them. */
  | { readonly type: 'messages-received'; readonly messages: readonly ChatMessage[] }
  | { readonly type: 'message-removed'; readonly index: number }
  /** The identities of all participants who are typing, except the customer. */
  | { readonly type: 'typing-changed'; readonly identities: readonly string[] }
  /** An ended chat can open again: the functions reopen a chat that was ended by mistake. */
  | { readonly type: 'status-changed'; readonly status: 'open' | 'ended' };

export interface OpenChat {
  /** Resolves to whether the text was sent. After `false` it may still arrive as a message. */
  send(text: OutgoingText): Promise<boolean>;
  /** Tells the other participants that the customer is typing. May be called on every keystroke. */
  sendTyping(): void;
  /** Closes the connection. No event follows. */
  close(): void;
}

export interface ChatClient {
  /** Downloads ahead of time what `open` needs. */
  preload(): void;
  open(access: ChatAccess, onEvent: (event: ChatEvent) => void): OpenChat;
}
