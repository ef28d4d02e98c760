/**
 * The port on Twilio Programmable Chat: the only file that knows `twilio-chat`. The SDK is most of what this page
 * weighs, so it is fetched when a chat starts and not before.
 *
 * A client that fails first may still come up later: it reports `failed` when its first try does not get through,
 * goes on trying, and then reports `initialized`. So only a terminal error or our own deadline is final.
 */
import type { Channel, Client, Message } from 'twilio-chat';
import type { ChatAccess, ChatClient, ChatEvent, ChatMessage, Connection, OpenChat } from './client';

const CONNECT_DEADLINE_MS = 20_000;
const PAGE_SIZE = 100;
/** Where a message keeps the id it was sent with. */
const OUTGOING_ID = 'webchatMessageId';

const loadSdk = () => import('twilio-chat');

export const twilioChat: ChatClient = {
  preload() {
    // Only a head start: opening loads it again, and that is where a failure counts.
    loadSdk().catch(() => undefined);
  },

  open(access, listen) {
    let closed = false;
    let refused = false;
    const emit = (event: ChatEvent) => {
      if (closed || refused) return;
      refused = event.type === 'connection-changed' && event.connection === 'refused';
      listen(event);
    };
    let client: Client | undefined;

    const channel = loadSdk()
      .then(async ({ Client: TwilioClient }) => {
        client = new TwilioClient(access.token);
        await initialized(client);
        return follow(client, access, emit);
      })
      .catch((error: unknown) => {
        console.warn('Failed to open the chat:', error);
        emit({ type: 'connection-changed', connection: isRefusal(error) ? 'refused' : 'unreachable' });
        shutDown(client);
        return undefined;
      });

    return {
      async send({ id, body }) {
        try {
          const open = await channel;
          if (!open) return false;
          await open.sendMessage(body, { [OUTGOING_ID]: id });
          return true;
        } catch (error) {
          console.warn('Failed to send a message:', error);
          return false;
        }
      },
      sayTyping() {
        // The indicator is a courtesy; nobody misses it.
        channel.then((open) => open?.typing()).catch(() => undefined);
      },
      close() {
        closed = true;
        channel.then(() => shutDown(client));
      },
    } satisfies OpenChat;
  },
};

class Refused extends Error {}

/** Waits until the client can be used. Throws `Refused` when it never will, and an Error after the deadline. */
function initialized(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(
      () => reject(new Error('Twilio did not answer in time')),
      CONNECT_DEADLINE_MS,
    );
    client.on('stateChanged', (state) => {
      if (state !== 'initialized') return;
      clearTimeout(deadline);
      resolve();
    });
    client.on('connectionError', ({ terminal, message }) => {
      if (!terminal) return;
      clearTimeout(deadline);
      reject(new Refused(message));
    });
  });
}

/** Turns everything that happens on the customer's channel into events, beginning with what has happened before. */
async function follow(
  client: Client,
  access: ChatAccess,
  emit: (event: ChatEvent) => void,
): Promise<Channel> {
  const connection = (now: Connection) => emit({ type: 'connection-changed', connection: now });
  const received = (messages: readonly Message[]) =>
    emit({ type: 'messages-received', messages: messages.map(toChatMessage) });

  const channel = await client.getChannelBySid(access.conversationSid);
  await channel.getAttributes();
  const sayStatus = () => emit({ type: 'status-changed', status: hasEnded(channel) ? 'ended' : 'open' });
  const typing = new Set<string>();
  const sayTyping = () => emit({ type: 'typing-changed', identities: [...typing] });

  channel.on('messageAdded', (message) => received([message]));
  channel.on('messageUpdated', ({ message }) => received([message]));
  channel.on('messageRemoved', ({ index }) => emit({ type: 'message-removed', index }));
  channel.on('updated', ({ updateReasons }) => {
    if (updateReasons.some((reason) => reason === 'attributes' || reason === 'state' || reason === 'status'))
      sayStatus();
  });
  channel.on('removed', () => emit({ type: 'status-changed', status: 'ended' }));
  channel.on('typingStarted', ({ identity }) => {
    typing.add(identity);
    sayTyping();
  });
  channel.on('typingEnded', ({ identity }) => {
    typing.delete(identity);
    sayTyping();
  });
  client.on('channelLeft', ({ sid }) => {
    if (sid === channel.sid) emit({ type: 'status-changed', status: 'ended' });
  });
  client.on('tokenExpired', () => connection('refused'));
  client.on('connectionError', ({ terminal }) => {
    if (terminal) connection('refused');
  });
  client.on('connectionStateChanged', (state) => {
    connection(state === 'connected' ? 'connected' : state === 'denied' ? 'refused' : 'reconnecting');
  });

  const latest = await channel.getMessages(PAGE_SIZE);
  received(latest.items);
  sayStatus();
  connection(client.connectionState === 'connected' ? 'connected' : 'reconnecting');
  // The chat can go on without its beginning, and a reload reads it again.
  readEarlier(latest, received).catch((error: unknown) =>
    console.warn('Failed to read earlier messages:', error),
  );
  return channel;
}

async function readEarlier(
  latest: Awaited<ReturnType<Channel['getMessages']>>,
  received: (messages: readonly Message[]) => void,
): Promise<void> {
  for (let page = latest; page.hasPrevPage; ) {
    page = await page.prevPage();
    received(page.items);
  }
}

function toChatMessage(message: Message): ChatMessage {
  const attributes: Readonly<Record<string, unknown>> = { ...message.attributes };
  const outgoingId = attributes[OUTGOING_ID];
  return {
    index: message.index,
    author: message.author,
    body: message.body ?? '',
    attributes,
    sentAt: message.dateCreated.getTime(),
    ...(message.type === 'media' ? { attachment: message.media.filename || 'file' } : {}),
    ...(typeof outgoingId === 'string' ? { outgoingId } : {}),
  };
}

/** Flex and our functions mark an ended chat in the attributes; a closed or left channel takes no message either. */
function hasEnded(channel: Channel): boolean {
  const attributes: Readonly<Record<string, unknown>> = { ...channel.attributes };
  return (
    attributes.status === 'INACTIVE' || channel.state?.current === 'closed' || channel.status !== 'joined'
  );
}

/** Whether Twilio knows the customer or the chat no more: no retry will help. */
function isRefusal(error: unknown): boolean {
  if (error instanceof Refused) return true;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return status === 401 || status === 403 || status === 404;
}

function shutDown(client: Client | undefined): void {
  // The page needs it no more, whatever comes of it.
  client?.shutdown().catch(() => undefined);
}
