/**
 * The part of Twilio's two chat SDKs that the webchat uses. `@twilio/conversations` is the successor of
 * `twilio-chat`, so most of it is the same in both. Types only: each SDK is imported by its one adapter.
 */

/** What differs between the SDKs. Each adapter implements it. */
export interface ChatSdk<
  Client extends SdkClient,
  Conversation extends SdkConversation<Message>,
  Message extends SdkMessage,
> {
  /** Downloads the SDK and returns its client class. */
  load(): Promise<new (token: string) => Client>;
  fetchConversation(client: Client, sid: string): Promise<Conversation>;
  /** Calls `listener` with the SID of each conversation that the customer leaves or is removed from. */
  onConversationLeft(client: Client, listener: (sid: string) => void): void;
  hasEnded(conversation: Conversation): boolean;
  /** Returns the file names of the attachments, joined by commas; `undefined` if there are none. */
  getAttachmentNames(message: Message): string | undefined;
}

export interface SdkClient {
  /** `connected`, `denied`, or one of several states without a connection. */
  readonly connectionState: string;
  on(event: 'stateChanged', listener: (state: 'initialized' | 'failed') => void): unknown;
  on(event: 'connectionStateChanged', listener: (state: string) => void): unknown;
  on(event: 'connectionError', listener: (error: SdkConnectionError) => void): unknown;
  on(event: 'tokenExpired', listener: () => void): unknown;
  /** Does not resolve while the first connection attempt is running. */
  shutdown(): Promise<void>;
}

interface SdkConnectionError {
  /** Whether the client has stopped trying to connect. */
  readonly terminal: boolean;
  readonly message: string;
}

export interface SdkConversation<Message extends SdkMessage> {
  readonly sid: string;
  /** Resolves when the attributes and the state are loaded. */
  getAttributes(): Promise<unknown>;
  /** Resolves to the page with the newest messages. */
  getMessages(pageSize: number): Promise<SdkPage<Message>>;
  sendMessage(body: string, attributes: Readonly<Record<string, string>>): Promise<unknown>;
  typing(): Promise<unknown>;
  on(event: 'messageAdded' | 'messageRemoved', listener: (message: Message) => void): unknown;
  on(event: 'messageUpdated', listener: (change: { readonly message: Message }) => void): unknown;
  on(event: 'updated', listener: (change: { readonly updateReasons: readonly string[] }) => void): unknown;
  on(event: 'removed', listener: () => void): unknown;
  on(
    event: 'typingStarted' | 'typingEnded',
    listener: (participant: { readonly identity: string | null }) => void,
  ): unknown;
}

export interface SdkMessage {
  readonly index: number;
  readonly author: string | null;
  readonly body: string | null;
  readonly attributes: unknown;
  readonly dateCreated: Date | null;
}

export interface SdkPage<Message> {
  readonly items: readonly Message[];
  readonly hasPrevPage: boolean;
  prevPage(): Promise<SdkPage<Message>>;
}
