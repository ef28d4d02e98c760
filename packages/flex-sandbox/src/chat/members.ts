/** Adds, updates and removes members (participants) of a channel, and counts their unread messages. */
import { ApiError, badRequest } from '../api-error.js';
import {
  ATTRIBUTE_LIMITS,
  alreadyInvitedError,
  conversationClosedError,
  participantExistsError,
  participantNotFoundError,
  requireValidIdentity,
  serializeAttributes,
} from './limits.js';
import { type Channel, type ChatStore, emitChange, type Member, type MessagingBinding } from './state.js';
import { membershipItem, rosterItem } from './sync-items.js';
import { getOrCreateUser } from './users.js';

export interface NewMember {
  readonly identity?: string | undefined;
  readonly binding?: MessagingBinding | undefined;
  readonly attributes?: unknown;
  readonly roleSid?: string | undefined;
  /** Default `joined`. */
  readonly status?: Member['status'];
}

export interface MemberChanges {
  readonly attributes?: unknown;
  readonly roleSid?: string | undefined;
  /** `null` marks every message as unread. */
  readonly lastReadIndex?: number | null | undefined;
  readonly notificationLevel?: string | undefined;
}

/** Finds a member by SID or identity. */
export function findMember(channel: Channel, identityOrSid: string): Member | undefined {
  return (
    channel.members.get(identityOrSid) ??
    [...channel.members.values()].find(({ identity }) => identity === identityOrSid)
  );
}

/** Like `findMember`, but throws 404/50432. */
export function getMember(channel: Channel, identityOrSid: string): Member {
  const member = findMember(channel, identityOrSid);
  if (member === undefined) throw participantNotFoundError();
  return member;
}

/**
 * Adds a member. An invited member becomes a joined one. Throws 409/50433 when the member has already joined,
 * 409/50212 when an invited one is invited again, 409/50416 when an open conversation has this address with this proxy address, 400/50377 when the channel is
 * closed.
 */
export function addMember(store: ChatStore, channel: Channel, fields: NewMember): Member {
  const { identity, binding, status = 'joined' } = fields;
  if (!identity && binding === undefined) {
    throw badRequest('Missing required parameter Identity in the post body');
  }
  if (identity) requireValidIdentity(identity);
  if (channel.state === 'closed') throw conversationClosedError();
  if (binding !== undefined) requireFreeBinding(store, binding);
  const existing = [...channel.members.values()].find((member) =>
    identity ? member.identity === identity : member.binding?.address === binding?.address,
  );
  if (existing?.status === 'joined') throw participantExistsError();
  if (existing?.status === 'invited' && status === 'invited') throw alreadyInvitedError();
  const attributes = serializeAttributes(fields.attributes, ATTRIBUTE_LIMITS.member);

  const { sandbox, roles } = store;
  const nowMs = sandbox.clock.nowMs();
  const isCreator = identity !== undefined && identity === channel.createdBy;
  const member: Member = Object.assign(
    existing ?? {
      sid: sandbox.sids('MB'),
      identity: identity || null,
      user: identity ? getOrCreateUser(store, identity) : null,
      binding: binding ?? null,
      lastReadIndex: null,
      lastReadAtMs: null,
      notificationLevel: 'default',
      roleSid: isCreator ? roles.channelAdmin : roles.channelUser,
    },
    { status, attributes, createdAtMs: nowMs, updatedAtMs: nowMs },
  );
  member.roleSid = fields.roleSid ?? member.roleSid;
  channel.members.set(member.sid, member);
  if (identity) channel.leftAtMs.delete(identity);

  if (status === 'joined') channel.sync.roster.put(member.sid, rosterItem(member));
  member.user?.memberships.put(channel.sid, membershipItem(channel, member));
  emitChange(store, { kind: 'member-added', channel, member });
  return member;
}

/** A binding is in at most one open conversation: https://www.twilio.com/docs/api/errors/50416. */
function requireFreeBinding(store: ChatStore, { address, proxyAddress }: MessagingBinding): void {
  for (const { sid, state, members } of store.channels.values()) {
    const isTaken = [...members.values()].some(
      ({ binding }) => binding?.address === address && binding.proxyAddress === proxyAddress,
    );
    if (isTaken && state !== 'closed') {
      throw new ApiError(
        409,
        50416,
        `A binding for this participant and proxy address already exists in Conversation ${sid}`,
      );
    }
  }
}

export function updateMember(
  store: ChatStore,
  channel: Channel,
  member: Member,
  changes: MemberChanges,
): Member {
  const nowMs = store.sandbox.clock.nowMs();
  const attributes =
    changes.attributes === undefined
      ? member.attributes
      : serializeAttributes(changes.attributes, ATTRIBUTE_LIMITS.member);
  const changesMembership = changes.lastReadIndex !== undefined || changes.notificationLevel !== undefined;

  member.attributes = attributes;
  member.roleSid = changes.roleSid ?? member.roleSid;
  member.notificationLevel = changes.notificationLevel ?? member.notificationLevel;
  if (changes.lastReadIndex !== undefined) {
    member.lastReadIndex = changes.lastReadIndex;
    member.lastReadAtMs = changes.lastReadIndex === null ? null : nowMs;
  }
  member.updatedAtMs = nowMs;

  if (member.status === 'joined') channel.sync.roster.put(member.sid, rosterItem(member));
  if (changesMembership) member.user?.memberships.put(channel.sid, membershipItem(channel, member));
  emitChange(store, { kind: 'member-updated', channel, member });
  return member;
}

/**
 * Removes a member. Deletes the roster entry first, while the member may read the roster, so that the
 * member's client gets that push. Deletes the membership entry last: after that, the client gets no pushes of
 * the channel.
 */
export function removeMember(store: ChatStore, channel: Channel, member: Member): void {
  channel.sync.roster.delete(member.sid);
  channel.members.delete(member.sid);
  if (member.identity !== null) channel.leftAtMs.set(member.identity, store.sandbox.clock.nowMs());
  member.user?.memberships.delete(channel.sid);
  emitChange(store, { kind: 'member-removed', channel, member });
}

/** The number of messages after the last read one; `null` when the member has read none. */
export function unreadCount(channel: Channel, { lastReadIndex }: Member): number | null {
  if (lastReadIndex === null) return null;
  return [...channel.messages.values()].filter(({ index }) => index > lastReadIndex).length;
}
