/**
 * The `aim` endpoints: what both chat SDKs call inside twilsock. Each acts for the identity of the token and for nobody
 * else; an author is never taken from the request. The addresses are ours to choose (the configuration names them),
 * except the two configurations and the content templates.
 */
import { type Handler, requireText, text } from '../router.js';
import { identityOf, requireChatGrant, requireMayChange, requireMember, requireModerator } from './access.js';
import { channelOf, createChannel, deleteChannel, updateChannel } from './channels.js';
import { addMessage, messageOf, removeMessage, updateMessage } from './messages.js';
import { type AddEndpoint, baseOf, visibleChannel } from './realtime-endpoint.js';
import { addRealtimeMembers } from './realtime-members.js';
import { configurationView, conversationView, messageView, wholePage } from './realtime-views.js';
import type { ChatStore } from './state.js';
import { userOf } from './users.js';

/** Seconds between two typing requests of one client; receivers show it one second longer. */
const TYPING_TIMEOUT_SECONDS = 5;

/** Pushes to all connections of an identity. */
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
      body: configurationView(store, userOf(store, identityOf(request)), baseOf(request)),
    }));
  }
  onAnyVersion('GET', '/v2/ContentTemplates', () => wholePage('templates', []));
  addConversations(store, on);
  addMessages(store, on);
  addRealtimeMembers(store, on);

  const typing: Handler = (request) => {
    const identity = identityOf(request);
    const channel = channelOf(store, requireText(request.body, 'ChannelSid'));
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
  on('POST', '/typing', typing);
}

function addConversations(store: ChatStore, on: AddEndpoint): void {
  on('GET', '/Conversations', (request) => {
    const open = [...store.channels.values()].filter(({ type }) => type === 'public');
    return wholePage(
      'conversations',
      open.map((channel) => conversationView(store, channel, baseOf(request))),
    );
  });
  on('POST', '/Conversations', (request) => {
    const { body } = request;
    const channel = createChannel(store, {
      createdBy: identityOf(request),
      type: text(body, 'type') === 'public' ? 'public' : 'private',
      uniqueName: text(body, 'unique_name'),
      friendlyName: text(body, 'friendly_name'),
      attributes: body.attributes,
    });
    return { status: 201, body: conversationView(store, channel, baseOf(request)) };
  });
  on('GET', '/Conversations/:channel', (request) => {
    return { body: conversationView(store, visibleChannel(store, request), baseOf(request)) };
  });
  on('POST', '/Conversations/:channel', (request) => {
    const { body } = request;
    const channel = visibleChannel(store, request);
    requireModerator(store, channel, request.caller);
    updateChannel(store, channel, {
      attributes: body.attributes,
      friendlyName: text(body, 'friendly_name'),
      uniqueName: text(body, 'unique_name'),
    });
    return { body: conversationView(store, channel, baseOf(request)) };
  });
  on('DELETE', '/Conversations/:channel', (request) => {
    const channel = visibleChannel(store, request);
    requireModerator(store, channel, request.caller);
    deleteChannel(store, channel);
    return { status: 204 };
  });
}

function addMessages(store: ChatStore, on: AddEndpoint): void {
  on('POST', '/Conversations/:channel/Messages', (request) => {
    const author = identityOf(request);
    const { body } = request;
    const channel = visibleChannel(store, request);
    requireMember(channel, request.caller);
    const message = addMessage(store, channel, {
      author,
      body: text(body, 'body'),
      attributes: body.attributes,
      subject: text(body, 'subject'),
      mediaSids: [body.media_sids ?? body.media_sid ?? []].flat().map(String),
    });
    return { status: 201, body: messageView(channel, message, baseOf(request)) };
  });
  on('POST', '/Conversations/:channel/Messages/:message', (request) => {
    const by = identityOf(request);
    const { body, caller, segments } = request;
    const channel = visibleChannel(store, request);
    const message = messageOf(channel, segments.message ?? '');
    requireMayChange(store, channel, message, caller);
    updateMessage(store, channel, message, { body: text(body, 'body'), attributes: body.attributes }, by);
    return { body: messageView(channel, message, baseOf(request)) };
  });
  on('DELETE', '/Conversations/:channel/Messages/:message', (request) => {
    const channel = visibleChannel(store, request);
    const message = messageOf(channel, request.segments.message ?? '');
    requireMayChange(store, channel, message, request.caller);
    removeMessage(store, channel, message);
    return { status: 204 };
  });

  // Delivery beyond the SDKs (SMS, WhatsApp) is not imitated: nothing has been delivered.
  on('GET', '/Conversations/:channel/Messages/:message/Receipts', () => wholePage('delivery_receipts', []));
  on('GET', '/Conversations/:channel/MessageRecipients', () => wholePage('message_recipients', []));
}
