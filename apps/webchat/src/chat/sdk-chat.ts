/**
 * The port on either of Twilio's chat SDKs: opening, following and closing the customer's conversation. An SDK is most
 * of what this page weighs, so it is fetched when a chat starts and not before.
 */
import type { ChatAccess, ChatClient, ChatEvent, ChatMessage } from './client';
import type { ChatSdk, SdkClient, SdkConversation, SdkMessage, SdkPage } from './sdk';
import { connectionOf, initialized, inTime, isRefusal, watchConnection } from './sdk-connection';

const PAGE_SIZE = 100;
/** Where a message keeps the id it was sent with. */
const OUTGOING_ID = 'webchatMessageId';

type Emit = (event: ChatEvent) => void;

export function createSdkChat<
  Client extends SdkClient,
  Conversation extends SdkConversation<Message>,
  Message extends SdkMessage,
>(sdk: ChatSdk<Client, Conversation, Message>): ChatClient {
  return {
    preload() {
      // Only a head start: opening loads it again, and that is where a failure counts.
      sdk.load().catch(() => undefined);
    },

    open(access, listen) {
      let closed = false;
      let refused = false;
      const emit: Emit = (event) => {
        if (closed || refused) return;
        refused = event.type === 'connection-changed' && event.connection === 'refused';
        listen(event);
      };
      let client: Client | undefined;

      const connect = async (client: Client) => {
        await initialized(client);
        return follow(sdk, client, access, emit);
      };
      const opened = sdk
        .load()
        .then((SdkClient) => {
          client = new SdkClient(access.token);
          return inTime(connect(client));
        })
        .catch((error: unknown) => {
          console.warn('Failed to open the chat:', error);
          emit({ type: 'connection-changed', connection: isRefusal(error) ? 'refused' : 'unreachable' });
          // What comes up after all is not this chat any more: whoever tries again opens another.
          closed = true;
          shutDown(client);
          return undefined;
        });

      return {
        async send({ id, body }) {
          try {
            const conversation = await opened;
            if (!conversation) return false;
            await conversation.sendMessage(body, { [OUTGOING_ID]: id });
            return true;
          } catch (error) {
            console.warn('Failed to send a message:', error);
            return false;
          }
        },
        sayTyping() {
          // The indicator is a courtesy; nobody misses it.
          opened.then((conversation) => conversation?.typing()).catch(() => undefined);
        },
        close() {
          closed = true;
          opened.then(() => shutDown(client));
        },
      };
    },
  };
}

/** Turns everything that happens in the conversation into events, beginning with what has happened before. */
async function follow<
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
  const received = (messages: readonly Message[]) =>
    emit({
      type: 'messages-received',
      messages: messages.map((message) => toChatMessage(message, sdk.attachmentOf(message))),
    });
  const sayEnded = () => emit({ type: 'status-changed', status: 'ended' });
  const sayStatus = () =>
    emit({ type: 'status-changed', status: sdk.hasEnded(conversation) ? 'ended' : 'open' });

  conversation.on('messageAdded', (message) => received([message]));
  conversation.on('messageUpdated', ({ message }) => received([message]));
  conversation.on('messageRemoved', ({ index }) => emit({ type: 'message-removed', index }));
  conversation.on('updated', ({ updateReasons }) => {
    if (updateReasons.some((reason) => reason === 'attributes' || reason === 'state' || reason === 'status'))
      sayStatus();
  });
  conversation.on('removed', sayEnded);
  sdk.whenLeft(client, (sid) => {
    if (sid === conversation.sid) sayEnded();
  });
  watchTyping(conversation, emit);
  watchConnection(client, (connection) => emit({ type: 'connection-changed', connection }));

  const latest = await conversation.getMessages(PAGE_SIZE);
  received(latest.items);
  sayStatus();
  emit({ type: 'connection-changed', connection: connectionOf(client.connectionState) });
  // The chat can go on without its beginning, and a reload reads it again.
  readEarlier(latest, received).catch((error: unknown) =>
    console.warn('Failed to read earlier messages:', error),
  );
  return conversation;
}

function watchTyping<Message extends SdkMessage>(conversation: SdkConversation<Message>, emit: Emit): void {
  const typing = new Set<string>();
  const say = () => emit({ type: 'typing-changed', identities: [...typing] });
  conversation.on('typingStarted', ({ identity }) => {
    // Who has no identity writes with a phone, of which no typing is heard.
    if (identity !== null) typing.add(identity);
    say();
  });
  conversation.on('typingEnded', ({ identity }) => {
    if (identity !== null) typing.delete(identity);
    say();
  });
}

async function readEarlier<Message>(
  latest: SdkPage<Message>,
  received: (messages: readonly Message[]) => void,
): Promise<void> {
  for (let page = latest; page.hasPrevPage; ) {
    page = await page.prevPage();
    received(page.items);
  }
}

function toChatMessage(message: SdkMessage, attachment: string | undefined): ChatMessage {
  const attributes: Readonly<Record<string, unknown>> = { ...Object(message.attributes) };
  const outgoingId = attributes[OUTGOING_ID];
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

function shutDown(client: SdkClient | undefined): void {
  // The page needs it no more, whatever comes of it.
  client?.shutdown().catch(() => undefined);
}
