/**
 * Conversations v1 REST: `https://conversations.twilio.com/v1/Conversations…`, also under
 * `/v1/Services/{IS}`. https://www.twilio.com/docs/conversations/api. Webhooks, timers, receipts and a
 * conversation's `bindings` are not imitated.
 */
import { badRequest, notFound } from '../api-error.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { type ApiRequest, type Handler, type Method, type Params, requireText, text } from '../router.js';
import { createChannel, deleteChannel, updateChannel } from './channels.js';
import { addMember, removeMember, updateMember } from './members.js';
import { addMessage, removeMessage, updateMessage } from './messages.js';
import { channelIn, memberIn, messageIn, userIn } from './rest-lookup.js';
import { type ConversationViews, createConversationViews } from './rest-views.js';
import type { ChatStore, MessagingBinding } from './state.js';
import { createUser, updateUser } from './users.js';

type AddEndpoint = (method: Method, path: string, handler: Handler) => void;

export function addConversationsRest(store: ChatStore): void {
  const { router, account } = store.sandbox;
  for (const prefix of ['/v1', '/v1/Services/:service']) {
    const views = createConversationViews(account, prefix !== '/v1');
    const on: AddEndpoint = (method, path, handler) =>
      router.on(
        method,
        'conversations',
        prefix + path,
        forAccount((request) => {
          const { service = account.chatServiceSid } = request.segments;
          if (service !== account.chatServiceSid) throw notFound(request.path);
          return handler(request);
        }),
      );
    addConversations(store, on, views);
    addParticipants(store, on, views);
    addMessages(store, on, views);
    addUsers(store, on, views);
  }
}

function addConversations(store: ChatStore, on: AddEndpoint, views: ConversationViews): void {
  const parseChanges = ({ body }: ApiRequest) => ({
    uniqueName: text(body, 'UniqueName'),
    friendlyName: text(body, 'FriendlyName'),
    attributes: text(body, 'Attributes'),
    state: text(body, 'State'),
  });

  on('GET', '/Conversations', (request) => {
    const state = text(request.query, 'State');
    const channels = [...store.channels.values()].filter(
      (channel) => state === undefined || channel.state === state,
    );
    return buildPage(request, 'conversations', channels, views.conversation);
  });
  on('POST', '/Conversations', (request) => ({
    status: 201,
    body: views.conversation(createChannel(store, parseChanges(request))),
  }));
  on('GET', '/Conversations/:channel', (request) => ({
    body: views.conversation(channelIn(store, request)),
  }));
  on('POST', '/Conversations/:channel', (request) => ({
    body: views.conversation(updateChannel(store, channelIn(store, request), parseChanges(request))),
  }));
  on('DELETE', '/Conversations/:channel', (request) => {
    deleteChannel(store, channelIn(store, request));
    return { status: 204 };
  });
  on('GET', '/ParticipantConversations', (request) => {
    const identity = text(request.query, 'Identity');
    const address = text(request.query, 'Address');
    const memberships = [...store.channels.values()].flatMap((channel) =>
      [...channel.members.values()]
        .filter((member) =>
          identity === undefined ? member.binding?.address === address : member.identity === identity,
        )
        .map((member) => ({ channel, member })),
    );
    return buildPage(request, 'conversations', memberships, ({ channel, member }) =>
      views.participantConversation(channel, member),
    );
  });
}

function addParticipants(store: ChatStore, on: AddEndpoint, views: ConversationViews): void {
  const participantsPath = '/Conversations/:channel/Participants';

  on('GET', participantsPath, (request) => {
    const channel = channelIn(store, request);
    return buildPage(request, 'participants', [...channel.members.values()], (member) =>
      views.participant(channel, member),
    );
  });
  on('POST', participantsPath, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const member = addMember(store, channel, {
      identity: text(body, 'Identity'),
      binding: parseBinding(body),
      attributes: text(body, 'Attributes'),
      roleSid: text(body, 'RoleSid'),
    });
    return { status: 201, body: views.participant(channel, member) };
  });
  on('GET', `${participantsPath}/:member`, (request) => {
    const channel = channelIn(store, request);
    return { body: views.participant(channel, memberIn(channel, request)) };
  });
  on('POST', `${participantsPath}/:member`, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const index = text(body, 'LastReadMessageIndex');
    const member = updateMember(store, channel, memberIn(channel, request), {
      attributes: text(body, 'Attributes'),
      roleSid: text(body, 'RoleSid'),
      lastReadIndex: index === undefined ? undefined : Number(index),
    });
    return { body: views.participant(channel, member) };
  });
  on('DELETE', `${participantsPath}/:member`, (request) => {
    const channel = channelIn(store, request);
    removeMember(store, channel, memberIn(channel, request));
    return { status: 204 };
  });
}

function parseBinding(body: Params): MessagingBinding | undefined {
  const address = text(body, 'MessagingBinding.Address');
  if (address === undefined) return undefined;
  const [, type = 'sms'] = /^(\w+):/.exec(address) ?? [];
  return { type, address, proxyAddress: text(body, 'MessagingBinding.ProxyAddress') ?? null };
}

function addMessages(store: ChatStore, on: AddEndpoint, views: ConversationViews): void {
  const messagesPath = '/Conversations/:channel/Messages';

  on('GET', messagesPath, (request) => {
    const channel = channelIn(store, request);
    const oldestFirst = [...channel.messages.values()];
    const order = text(request.query, 'Order') ?? 'asc';
    if (order !== 'asc' && order !== 'desc') throw badRequest('Order must be asc or desc');
    return buildPage(
      request,
      'messages',
      order === 'desc' ? oldestFirst.toReversed() : oldestFirst,
      (message) => views.message(channel, message),
    );
  });
  on('POST', messagesPath, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const message = addMessage(store, channel, {
      author: text(body, 'Author') ?? 'system',
      body: text(body, 'Body'),
      attributes: text(body, 'Attributes'),
      subject: text(body, 'Subject'),
      mediaSids: [text(body, 'MediaSid') ?? []].flat(),
    });
    return { status: 201, body: views.message(channel, message) };
  });
  on('GET', `${messagesPath}/:message`, (request) => {
    const channel = channelIn(store, request);
    return { body: views.message(channel, messageIn(channel, request)) };
  });
  on('POST', `${messagesPath}/:message`, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const changes = { body: text(body, 'Body'), attributes: text(body, 'Attributes') };
    const updatedBy = text(body, 'Author') ?? 'system';
    return {
      body: views.message(
        channel,
        updateMessage(store, channel, messageIn(channel, request), changes, updatedBy),
      ),
    };
  });
  on('DELETE', `${messagesPath}/:message`, (request) => {
    const channel = channelIn(store, request);
    removeMessage(store, channel, messageIn(channel, request));
    return { status: 204 };
  });
}

function addUsers(store: ChatStore, on: AddEndpoint, views: ConversationViews): void {
  const parseChanges = ({ body }: ApiRequest) => ({
    friendlyName: text(body, 'FriendlyName'),
    attributes: text(body, 'Attributes'),
    roleSid: text(body, 'RoleSid'),
  });

  on('GET', '/Users', (request) => buildPage(request, 'users', [...store.users.values()], views.user));
  on('POST', '/Users', (request) => {
    const user = createUser(store, requireText(request.body, 'Identity'), parseChanges(request));
    return { status: 201, body: views.user(user) };
  });
  on('GET', '/Users/:user', (request) => ({ body: views.user(userIn(store, request)) }));
  on('POST', '/Users/:user', (request) => ({
    body: views.user(updateUser(store, userIn(store, request), parseChanges(request))),
  }));
}
