/**
 * Implements the port with either of Twilio's chat SDKs. An SDK is larger than the rest of the page, so it is
 * not downloaded before a chat starts.
 */
import type { ChatAccess, ChatClient, ChatEvent, ChatMessage } from './client';
import type { ChatSdk, SdkClient, SdkConversation, SdkMessage, SdkPage } from './sdk';
import {
  isRefusal,
  toConnectionState,
  waitUntilInitialized,
  watchConnection,
  withDeadline,
} from './sdk-connection';

const PAGE_SIZE = 100;
/** The message attribute that holds the `OutgoingText.id`. */
const OUTGOING_ID_KEY = 'webchatMessageId';

type Emit = (event: ChatEvent) => void;

/** Returns the port to chats of one SDK. */
export function createSdkChat<
  Client extends SdkClient,
  Conversation extends SdkConversation<Message>,
  Message extends SdkMessage,
>(sdk: ChatSdk<Client, Conversation, Message>): ChatClient {
  return {
    preload() {
      // A failure does no harm here: `open` loads the SDK again and reports its own failure.
      sdk.load().catch(() => undefined);
    },

    open(access, onEvent) {
      let isClosed = false;
      let isRefused = false;
      const emit: Emit = (event) => {
        if (isClosed || isRefused) return;
        isRefused = event.type === 'connection-changed' && event.connection === 'refused';
        onEvent(event);
      };
      let client: Client | undefined;

      const connect = async (newClient: Client) => {
        await waitUntilInitialized(newClient);
        return followConversation(sdk, newClient, access, emit);
      };
      const opening = sdk
        .load()
        .then((ClientClass) => {
          client = new ClientClass(access.token);
          return withDeadline(connect(client));
        })
        .catch((error: unknown) => {
          console.warn('Failed to open the chat:', error);
          emit({ type: 'connection-changed', connection: isRefusal(error) ? 'refused' : 'unreachable' });
          // The client may still connect. Its events must not reach the app: a retry opens a new client.
          isClosed = true;
          shutDownClient(client);
          return undefined;
        });

      return {
        async send({ id, body }) {
          try {
            const conversation = await opening;
            if (!conversation) return false;
            await conversation.sendMessage(body, { [OUTGOING_ID_KEY]: id });
            return true;
          } catch (error) {
            console.warn('Failed to send a message:', error);
            return false;
          }
        },
        sendTyping() {
          // A failure does no harm: the agents only miss one typing indicator.
          opening.then((conversation) => conversation?.typing()).catch(() => undefined);
        },
        close() {
          isClosed = true;
          opening.then(() => shutDownClient(client));
        },
      };
    },
  };
}

/** Emits the newest messages and the current state, then an event for each change in the conversation. */
async function followConversation<
  Client extends SdkClient,
  Conversation extends SdkConversation<Message>,
  Message extends SdkMessage,
>(
  sdk: ChatSdk<Client, Conversation, Message>,
  client: Client,
  access: ChatAccess,
  emit: Emit,
): Promise<Conversation> {
  const conversation = await sdk.fetchConversation(client, access.conversationSid);
  await conversation.getAttributes();
  const emitMessages = (messages: readonly Message[]) =>
    emit({
      type: 'messages-received',
      messages: messages.map((message) => toChatMessage(message, sdk.getAttachmentNames(message))),
    });
  const emitEnded = () => emit({ type: 'status-changed', status: 'ended' });
  const emitStatus = () =>
    emit({ type: 'status-changed', status: sdk.hasEnded(conversation) ? 'ended' : 'open' });

  conversation.on('messageAdded', (message) => emitMessages([message]));
  conversation.on('messageUpdated', ({ message }) => emitMessages([message]));
  conversation.on('messageRemoved', ({ index }) => emit({ type: 'message-removed', index }));
  conversation.on('updated', ({ updateReasons }) => {
    if (updateReasons.some((reason) => reason === 'attributes' || reason === 'state' || reason === 'status'))
      emitStatus();
  });
  conversation.on('removed', emitEnded);
  sdk.onConversationLeft(client, (sid) => {
    if (sid === conversation.sid) emitEnded();
  });
  watchTyping(conversation, emit);
  watchConnection(client, (connection) => emit({ type: 'connection-changed', connection }));

  const latest = await conversation.getMessages(PAGE_SIZE);
  emitMessages(latest.items);
  emitStatus();
  emit({ type: 'connection-changed', connection: toConnectionState(client.connectionState) });
  // A failure does no harm: the chat works without its earlier messages, and a reload reads them again.
  readEarlierMessages(latest, emitMessages).catch((error: unknown) =>
    console.warn('Failed to read earlier messages:', error),
  );
  return conversation;
}

function watchTyping<Message extends SdkMessage>(conversation: SdkConversation<Message>, emit: Emit): void {
  const typing = new Set<string>();
  const emitTyping = () => emit({ type: 'typing-changed', identities: [...typing] });
  conversation.on('typingStarted', ({ identity }) => {
    // A participant without an identity writes by SMS or another channel that reports no typing.
    if (identity !== null) typing.add(identity);
    emitTyping();
  });
  conversation.on('typingEnded', ({ identity }) => {
    if (identity !== null) typing.delete(identity);
    emitTyping();
  });
}

async function readEarlierMessages<Message>(
  latest: SdkPage<Message>,
  onPage: (messages: readonly Message[]) => void,
): Promise<void> {
  for (let page = latest; page.hasPrevPage; ) {
    page = await page.prevPage();
    onPage(page.items);
  }
}

function toChatMessage(message: SdkMessage, attachment: string | undefined): ChatMessage {
  const attributes: Readonly<Record<string, unknown>> = { ...Object(message.attributes) };
  const outgoingId = attributes[OUTGOING_ID_KEY];
  return {
    index: message.index,
    author: message.author ?? '',
    body: message.body ?? '',
    attributes,
    sentAt: (message.dateCreated ?? new Date()).getTime(),
    ...(attachment === undefined ? {} : { attachment }),
    ...(typeof outgoingId === 'string' ? { outgoingId } : {}),
  };
}

function shutDownClient(client: SdkClient | undefined): void {
  // A failure does no harm: the page does not use this client again.
  client?.shutdown().catch(() => undefined);
}
