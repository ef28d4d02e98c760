/** The `aim` endpoints of the caller's conversations, participants, invites and users. */
import { asJsonObject } from '../json.js';
import { text } from '../router.js';
import { requireIdentity, requireMayJoin, requireMayRead, requirePermission } from './access.js';
import { getChannel } from './channels.js';
import { permissionDeniedError } from './limits.js';
import { addMember, getMember, type NewMember, removeMember, updateMember } from './members.js';
import { type AddEndpoint, buildApiUrl, getReadableChannel } from './realtime-endpoint.js';
import { membershipView, participantView, singlePage, userView } from './realtime-views.js';
import type { ChatStore } from './state.js';
import { getOrCreateUser, updateUser } from './users.js';

export function addRealtimeMembers(store: ChatStore, on: AddEndpoint): void {
  addMyConversations(store, on);
  addParticipants(store, on);
  addUsers(store, on);
}

function addMyConversations(store: ChatStore, on: AddEndpoint): void {
  on('GET', '/MyConversations', (request) => {
    const identity = requireIdentity(request);
    const entries = [...store.channels.values()].flatMap((channel) => {
      const member = [...channel.members.values()].find((candidate) => candidate.identity === identity);
      return member === undefined ? [] : [membershipView(store, channel, member, buildApiUrl(request))];
    });
    return singlePage('conversations', entries);
  });
  on('GET', '/MyConversations/:channel', (request) => {
    const channel = getChannel(store, request.segments.channel ?? '');
    const member = getMember(channel, requireIdentity(request));
    return { body: membershipView(store, channel, member, buildApiUrl(request)) };
  });
  on('POST', '/MyConversations/:channel', (request) => {
    const { body } = request;
    const channel = getChannel(store, request.segments.channel ?? '');
    const member = getMember(channel, requireIdentity(request));
    updateMember(store, channel, member, {
      lastReadIndex: parseReadIndex(body.last_read_message_index, body.last_consumed_message_index),
      notificationLevel: text(body, 'notification_level'),
    });
    return { body: membershipView(store, channel, member, buildApiUrl(request)) };
  });
}

/** The first value that is present: the two SDKs use different names. `null` marks all as unread. */
function parseReadIndex(...values: readonly unknown[]): number | null | undefined {
  const index = values.find((value) => value !== undefined);
  return index === undefined || index === null ? index : Number(index);
}

function addParticipants(store: ChatStore, on: AddEndpoint): void {
  const participantsPath = '/Conversations/:channel/Participants';

  on('POST', participantsPath, (request) => {
    const { body, caller } = request;
    const channel = getChannel(store, request.segments.channel ?? '');
    const identity = text(body, 'identity');
    if (identity === undefined) requirePermission(store, channel, caller, 'addParticipant');
    else requireMayJoin(store, channel, identity, caller);
    const binding = parseBinding(body.messaging_binding);
    const member = addMember(store, channel, { identity, binding, attributes: body.attributes });
    return { status: 201, body: participantView(channel, member, buildApiUrl(request)) };
  });
  on('POST', `${participantsPath}/:member`, (request) => {
    const { body, caller, segments } = request;
    const channel = getReadableChannel(store, request);
    const member = getMember(channel, segments.member ?? '');
    if (member.identity !== requireIdentity(request))
      requirePermission(store, channel, caller, 'addParticipant');
    updateMember(store, channel, member, { attributes: body.attributes });
    return { body: participantView(channel, member, buildApiUrl(request)) };
  });
  on('DELETE', `${participantsPath}/:member`, (request) => {
    const channel = getReadableChannel(store, request);
    const member = getMember(channel, request.segments.member ?? '');
    const isSelf = member.identity === requireIdentity(request);
    requirePermission(store, channel, request.caller, isSelf ? 'leaveConversation' : 'removeParticipant');
    removeMember(store, channel, member);
    return { status: 204 };
  });

  on('POST', '/Conversations/:channel/Invites', (request) => {
    const { body, caller } = request;
    const channel = getReadableChannel(store, request);
    requirePermission(store, channel, caller, 'addParticipant');
    const member = addMember(store, channel, { identity: text(body, 'identity'), status: 'invited' });
    return { status: 201, body: participantView(channel, member, buildApiUrl(request)) };
  });
  on('DELETE', '/Conversations/:channel/Invites/:member', (request) => {
    const channel = getReadableChannel(store, request);
    const member = getMember(channel, request.segments.member ?? '');
    if (member.identity !== requireIdentity(request)) {
      requirePermission(store, channel, request.caller, 'removeParticipant');
    }
    removeMember(store, channel, member);
    return { status: 204 };
  });
}

function parseBinding(binding: unknown): NewMember['binding'] {
  const fields = asJsonObject(binding) ?? {};
  const address = text(fields, 'address');
  if (address === undefined) return undefined;
  return {
    type: text(fields, 'type') ?? 'sms',
    address,
    proxyAddress: text(fields, 'proxy_address') ?? null,
  };
}

function addUsers(store: ChatStore, on: AddEndpoint): void {
  on('GET', '/Users', (request) => {
    const channel = getChannel(store, text(request.query, 'ConversationSid') ?? '');
    requireMayRead(store, channel, request.caller);
    const users = [...channel.members.values()].flatMap(({ user }) => user ?? []);
    return singlePage(
      'users',
      users.map((user) => userView(user, buildApiUrl(request))),
    );
  });
  on('GET', '/Users/:identity', (request) => {
    return { body: userView(getOrCreateUser(store, request.segments.identity ?? ''), buildApiUrl(request)) };
  });
  on('POST', '/Users/:identity', (request) => {
    const identity = requireIdentity(request);
    if (request.segments.identity !== identity) throw permissionDeniedError();
    const user = updateUser(store, getOrCreateUser(store, identity), {
      friendlyName: text(request.body, 'friendly_name'),
      attributes: request.body.attributes,
    });
    return { body: userView(user, buildApiUrl(request)) };
  });
}
