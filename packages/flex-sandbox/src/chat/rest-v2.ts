/**
 * Chat v2 REST: `https://chat.twilio.com/v2/Services/{IS}/Channels…` and `…/Users…`.
 * https://www.twilio.com/docs/chat/rest (Programmable Chat).
 */
import { notFound } from '../api-error.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { type ApiRequest, type Handler, list, type Method, requireText, text } from '../router.js';
import { createChannel, deleteChannel, updateChannel } from './channels.js';
import { addMember, removeMember, updateMember } from './members.js';
import { addMessage, removeMessage, updateMessage } from './messages.js';
import { toChatError } from './programmable-chat-codes.js';
import { channelIn, memberIn, messageIn, userIn } from './rest-lookup.js';
import { createChatViews } from './rest-views.js';
import type { ChatStore, User } from './state.js';
import { createUser, updateUser } from './users.js';

type AddEndpoint = (method: Method, path: string, handler: Handler) => void;

export function addChatRest(store: ChatStore): void {
  const { router, account } = store.sandbox;
  const on: AddEndpoint = (method, path, handler) =>
    router.on(
      method,
      'chat',
      `/v2/Services/:service${path}`,
      forAccount((request) => {
        if (request.segments.service !== account.chatServiceSid) throw notFound(request.path);
        try {
          return handler(request);
        } catch (error) {
          throw toChatError(error);
        }
      }),
    );

  on('GET', '', () => ({ body: createChatViews(account).service(store) }));
  addChannels(store, on);
  addMembers(store, on);
  addMessages(store, on);
  addUsers(store, on);
}

function addChannels(store: ChatStore, on: AddEndpoint): void {
  const views = createChatViews(store.sandbox.account);

  on('GET', '/Channels', (request) =>
    buildPage(request, 'channels', [...store.channels.values()], views.channel),
  );
  on('POST', '/Channels', ({ body }) => {
    const channel = createChannel(store, {
      uniqueName: text(body, 'UniqueName'),
      friendlyName: text(body, 'FriendlyName'),
      attributes: text(body, 'Attributes'),
      // Channels are public by default, conversations are private.
      type: text(body, 'Type') === 'private' ? 'private' : 'public',
      createdBy: text(body, 'CreatedBy'),
    });
    return { status: 201, body: views.channel(channel) };
  });
  on('GET', '/Channels/:channel', (request) => ({ body: views.channel(channelIn(store, request)) }));
  on('POST', '/Channels/:channel', (request) => {
    const { body } = request;
    const channel = updateChannel(store, channelIn(store, request), {
      uniqueName: text(body, 'UniqueName'),
      friendlyName: text(body, 'FriendlyName'),
      attributes: text(body, 'Attributes'),
    });
    return { body: views.channel(channel) };
  });
  on('DELETE', '/Channels/:channel', (request) => {
    deleteChannel(store, channelIn(store, request));
    return { status: 204 };
  });
}

function addMembers(store: ChatStore, on: AddEndpoint): void {
  const views = createChatViews(store.sandbox.account);
  const membersPath = '/Channels/:channel/Members';

  on('GET', membersPath, (request) => {
    const channel = channelIn(store, request);
    const identities = list(request.query, 'Identity');
    const members = [...channel.members.values()].filter(
      ({ identity }) => identities === undefined || (identity !== null && identities.includes(identity)),
    );
    return buildPage(request, 'members', members, (member) => views.member(channel, member));
  });
  on('POST', membersPath, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const member = addMember(store, channel, {
      identity: requireText(body, 'Identity'),
      attributes: text(body, 'Attributes'),
      roleSid: text(body, 'RoleSid'),
    });
    return { status: 201, body: views.member(channel, member) };
  });
  on('GET', `${membersPath}/:member`, (request) => {
    const channel = channelIn(store, request);
    return { body: views.member(channel, memberIn(channel, request)) };
  });
  on('POST', `${membersPath}/:member`, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const index = text(body, 'LastConsumedMessageIndex');
    const member = updateMember(store, channel, memberIn(channel, request), {
      attributes: text(body, 'Attributes'),
      roleSid: text(body, 'RoleSid'),
      lastReadIndex: index === undefined ? undefined : Number(index),
    });
    return { body: views.member(channel, member) };
  });
  on('DELETE', `${membersPath}/:member`, (request) => {
    const channel = channelIn(store, request);
    removeMember(store, channel, memberIn(channel, request));
    return { status: 204 };
  });
}

function addMessages(store: ChatStore, on: AddEndpoint): void {
  const views = createChatViews(store.sandbox.account);
  const messagesPath = '/Channels/:channel/Messages';

  on('GET', messagesPath, (request) => {
    const channel = channelIn(store, request);
    const oldestFirst = [...channel.messages.values()];
    const messages = text(request.query, 'Order') === 'desc' ? oldestFirst.toReversed() : oldestFirst;
    return buildPage(request, 'messages', messages, (message) => views.message(channel, message));
  });
  on('POST', messagesPath, (request) => {
    const { body } = request;
    const channel = channelIn(store, request);
    const message = addMessage(store, channel, {
      author: text(body, 'From') ?? 'system',
      body: text(body, 'Body'),
      attributes: text(body, 'Attributes'),
      mediaSids: list(body, 'MediaSid') ?? [],
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
    const updatedBy = text(body, 'LastUpdatedBy') ?? 'system';
    const message = updateMessage(store, channel, messageIn(channel, request), changes, updatedBy);
    return { body: views.message(channel, message) };
  });
  on('DELETE', `${messagesPath}/:message`, (request) => {
    const channel = channelIn(store, request);
    removeMessage(store, channel, messageIn(channel, request));
    return { status: 204 };
  });
}

function addUsers(store: ChatStore, on: AddEndpoint): void {
  const views = createChatViews(store.sandbox.account);
  const findMemberships = (userSid: string) =>
    [...store.channels.values()].flatMap((channel) =>
      [...channel.members.values()]
        .filter(({ user }) => user?.sid === userSid)
        .map((member) => ({ channel, member })),
    );
  const view = (user: User) => views.user(user, findMemberships(user.sid).length);
  const parseChanges = ({ body }: ApiRequest) => ({
    friendlyName: text(body, 'FriendlyName'),
    attributes: text(body, 'Attributes'),
    roleSid: text(body, 'RoleSid'),
  });

  on('GET', '/Users', (request) => buildPage(request, 'users', [...store.users.values()], view));
  on('POST', '/Users', (request) => {
    const user = createUser(store, requireText(request.body, 'Identity'), parseChanges(request));
    return { status: 201, body: view(user) };
  });
  on('GET', '/Users/:user', (request) => ({ body: view(userIn(store, request)) }));
  on('POST', '/Users/:user', (request) => ({
    body: view(updateUser(store, userIn(store, request), parseChanges(request))),
  }));
  on('GET', '/Users/:user/Channels', (request) =>
    buildPage(request, 'channels', findMemberships(userIn(store, request).sid), ({ channel, member }) =>
      views.userChannel(channel, member),
    ),
  );
}
