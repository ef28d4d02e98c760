/**
 * The `aim` endpoints, which both chat SDKs call inside twilsock. A request acts for the identity of its
 * token; an author in the body is ignored. The SDKs fix only the paths of the two configurations and of the
 * content templates. They read all other paths from the configuration.
 */
import { type Handler, requireText, text } from '../router.js';
import {
  requireChatGrant,
  requireIdentity,
  requireMayChangeMessage,
  requireMayCreate,
  requireMember,
  requirePermission,
} from './access.js';
import { createChannel, deleteChannel, getChannel, updateChannel } from './channels.js';
import { addMessage, getMessage, removeMessage, updateMessage } from './messages.js';
import { type AddEndpoint, buildApiUrl, getReadableChannel } from './realtime-endpoint.js';
import { addRealtimeMembers } from './realtime-members.js';
import { configurationView, conversationView, messageView, singlePage } from './realtime-views.js';
import type { ChatStore } from './state.js';
import { getOrCreateUser } from './users.js';

/** Seconds between two typing requests of a client. Receivers show the indicator one second longer. */
const TYPING_TIMEOUT_SECONDS = 5;

/** Pushes a message to all connections of an identity. */
export type Notify = (identity: string, messageType: string, payload: unknown) => void;

export function addRealtimeChat(store: ChatStore, notify: Notify): void {
  const { router } = store.sandbox;
  const onAnyVersion: AddEndpoint = (method, path, handler) =>
    router.on(method, 'aim', `/Client${path}`, (request) => {
      requireChatGrant(store, request.caller);
      return handler(request);
    });
  const on: AddEndpoint = (method, path, handler) => onAnyVersion(method, `/v1${path}`, handler);

  for (const version of ['v1', 'v2']) {
    onAnyVersion('GET', `/${version}/Configuration`, (request) => ({
      body: configurationView(store, getOrCreateUser(store, requireIdentity(request)), buildApiUrl(request)),
    }));
  }
  onAnyVersion('GET', '/v2/ContentTemplates', () => singlePage('templates', []));
  addConversations(store, on);
  addMessages(store, on);
  addRealtimeMembers(store, on);

  const handleTyping: Handler = (request) => {
    const identity = requireIdentity(request);
    const channel = getChannel(store, requireText(request.body, 'ChannelSid'));
    requireMember(channel, request.caller);
    for (const member of channel.members.values()) {
      if (member.identity === null || member.identity === identity || member.status !== 'joined') continue;
      notify(member.identity, 'twilio.ipmsg.typing_indicator', {
        channel_sid: channel.sid,
        identity,
        typing_timeout: TYPING_TIMEOUT_SECONDS + 1,
      });
    }
    return { body: { typing_timeout: TYPING_TIMEOUT_SECONDS } };
  };
  on('POST', '/typing', handleTyping);
}

function addConversations(store: ChatStore, on: AddEndpoint): void {
  on('GET', '/Conversations', (request) => {
    const publicChannels = [...store.channels.values()].filter(({ type }) => type === 'public');
    return singlePage(
      'conversations',
      publicChannels.map((channel) => conversationView(store, channel, buildApiUrl(request))),
    );
  });
  on('POST', '/Conversations', (request) => {
    const { body } = request;
    requireMayCreate(store, request.caller);
    const channel = createChannel(store, {
      createdBy: requireIdentity(request),
      type: text(body, 'type') === 'public' ? 'public' : 'private',
      uniqueName: text(body, 'unique_name'),
      friendlyName: text(body, 'friendly_name'),
      attributes: body.attributes,
    });
    return { status: 201, body: conversationView(store, channel, buildApiUrl(request)) };
  });
  on('GET', '/Conversations/:channel', (request) => {
    return { body: conversationView(store, getReadableChannel(store, request), buildApiUrl(request)) };
  });
  on('POST', '/Conversations/:channel', (request) => {
    const { body, caller } = request;
    const channel = getReadableChannel(store, request);
    const changes = {
      attributes: body.attributes,
      friendlyName: text(body, 'friendly_name'),
      uniqueName: text(body, 'unique_name'),
    };
    const changesName = changes.friendlyName !== undefined || changes.uniqueName !== undefined;
    if (changesName) requirePermission(store, channel, caller, 'editConversationName');
    else requirePermission(store, channel, caller, 'editConversationAttributes');
    updateChannel(store, channel, changes);
    return { body: conversationView(store, channel, buildApiUrl(request)) };
  });
  on('DELETE', '/Conversations/:channel', (request) => {
    const channel = getReadableChannel(store, request);
    requirePermission(store, channel, request.caller, 'deleteConversation');
    deleteChannel(store, channel);
    return { status: 204 };
  });
}

function addMessages(store: ChatStore, on: AddEndpoint): void {
  on('POST', '/Conversations/:channel/Messages', (request) => {
    const author = requireIdentity(request);
    const { body } = request;
    const channel = getReadableChannel(store, request);
    requireMember(channel, request.caller);
    const message = addMessage(store, channel, {
      author,
      body: text(body, 'body'),
      attributes: body.attributes,
      subject: text(body, 'subject'),
      mediaSids: [body.media_sids ?? body.media_sid ?? []].flat().map(String),
    });
    return { status: 201, body: messageView(channel, message, buildApiUrl(request)) };
  });
  on('POST', '/Conversations/:channel/Messages/:message', (request) => {
    const updatedBy = requireIdentity(request);
    const { body, caller, segments } = request;
    const channel = getReadableChannel(store, request);
    const message = getMessage(channel, segments.message ?? '');
    requireMayChangeMessage(store, channel, message, caller, 'edit');
    updateMessage(
      store,
      channel,
      message,
      { body: text(body, 'body'), attributes: body.attributes },
      updatedBy,
    );
    return { body: messageView(channel, message, buildApiUrl(request)) };
  });
  on('DELETE', '/Conversations/:channel/Messages/:message', (request) => {
    const channel = getReadableChannel(store, request);
    const message = getMessage(channel, request.segments.message ?? '');
    requireMayChangeMessage(store, channel, message, request.caller, 'delete');
    removeMessage(store, channel, message);
    return { status: 204 };
  });

  // Delivery by SMS and WhatsApp is not imitated, so there are no receipts and no recipients.
  on('GET', '/Conversations/:channel/Messages/:message/Receipts', () => singlePage('delivery_receipts', []));
  on('GET', '/Conversations/:channel/MessageRecipients', () => singlePage('message_recipients', []));
}
