/**
 * What Twilio's two chat SDKs have in common, as far as the webchat uses them: the second one grew out of the first.
 * Types only; each SDK is known to its one adapter, which says what it alone calls by another name.
 */

/** An SDK, as its adapter describes it. */
export interface ChatSdk<
  Client extends SdkClient,
  Conversation extends SdkConversation<Message>,
  Message extends SdkMessage,
> {
  /** Fetches the code of the SDK; gives its client. */
  load(): Promise<new (token: string) => Client>;
  fetchConversation(client: Client, sid: string): Promise<Conversation>;
  /** Calls `listen` with the SID of each conversation that the customer is no longer in. */
  whenLeft(client: Client, listen: (sid: string) => void): void;
  hasEnded(conversation: Conversation): boolean;
  /** The name of a file that came with a message. */
  attachmentOf(message: Message): string | undefined;
}

export interface SdkClient {
  /** `connected`, `denied` and ways of not being connected. */
  readonly connectionState: string;
  on(event: 'stateChanged', listener: (state: 'initialized' | 'failed') => void): unknown;
  on(event: 'connectionStateChanged', listener: (state: string) => void): unknown;
  on(event: 'connectionError', listener: (error: SdkConnectionError) => void): unknown;
  on(event: 'tokenExpired', listener: () => void): unknown;
  /** Never resolves while the client is trying to connect for the first time. */
  shutdown(): Promise<void>;
}

interface SdkConnectionError {
  /** Whether the client has stopped trying. */
  readonly terminal: boolean;
  readonly message: string;
}

export interface SdkConversation<Message extends SdkMessage> {
  readonly sid: string;
  /** Resolves when the attributes and the state are known. */
  getAttributes(): Promise<unknown>;
  /** The newest messages first; pages before them on demand. */
  getMessages(pageSize: number): Promise<SdkPage<Message>>;
  sendMessage(body: string, attributes: Readonly<Record<string, string>>): Promise<unknown>;
  typing(): Promise<unknown>;
  on(event: 'messageAdded' | 'messageRemoved', listener: (message: Message) => void): unknown;
  on(event: 'messageUpdated', listener: (change: { readonly message: Message }) => void): unknown;
  on(event: 'updated', listener: (change: { readonly updateReasons: readonly string[] }) => void): unknown;
  on(event: 'removed', listener: () => void): unknown;
  on(
    event: 'typingStarted' | 'typingEnded',
    listener: (who: { readonly identity: string | null }) => void,
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
