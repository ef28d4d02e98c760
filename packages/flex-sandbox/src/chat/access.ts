/**
 * Who may do what in a channel, for requests with a user's token.
 *
 * Twilio decides this by roles. Here: the customer's role may read, write and leave; agents with a Flex token and the
 * one who made the channel may also change it. Supervisors read every channel. Which call Twilio refuses to which
 * default role is assumed; that a customer cannot write under another name or change a channel is what matters.
 */
import { forbidden, unauthorized } from '../api-error.js';
import { isFlexUser, isSupervisor } from '../iam/callers.js';
import type { Caller } from '../router.js';
import type { SyncAccess } from '../sync/objects.js';
import { notAMemberError, permissionDeniedError } from './limits.js';
import type { Channel, ChatStore, Member, Message } from './state.js';

/** How long one who was removed may still read: the SDK is opening what it was told of a moment ago. */
const READABLE_AFTER_LEAVING_MS = 5_000;

/** The identity of a request with a user's token. Throws 401. */
export function requireIdentity({ caller }: { readonly caller: Caller }): string {
  if (caller.kind !== 'user' || caller.identity === undefined) throw unauthorized();
  return caller.identity;
}

/** For everything in chat: a Flex token, or one with a ChatGrant for this service. Throws 401, or 403 (assumed). */
export function requireChatGrant({ sandbox }: ChatStore, { kind, token = '' }: Caller): void {
  if (kind !== 'user') throw unauthorized();
  const reading = sandbox.tokens.read(token);
  if (!reading.ok) throw unauthorized();
  const { claims } = reading;
  if (claims.kind !== 'flex' && claims.chatServiceSid !== sandbox.account.chatServiceSid) throw forbidden();
}

/** The caller's membership; throws 403/50430 when there is none. */
export function requireMember(channel: Channel, caller: Caller): Member {
  const member = findMembership(channel, caller);
  if (member?.status !== 'joined') throw notAMemberError();
  return member;
}

/** For changing the channel, its members, and other people's messages. */
export function requireModerator(store: ChatStore, channel: Channel, caller: Caller): void {
  if (caller.identity === channel.createdBy) return;
  requireMember(channel, caller);
  if (!isFlexUser(store.sandbox, caller)) throw permissionDeniedError();
}

/** One's own message, or the right to change other people's. */
export function requireMayChangeMessage(
  store: ChatStore,
  channel: Channel,
  message: Message,
  caller: Caller,
): void {
  requireMember(channel, caller);
  if (message.author !== caller.identity) requireModerator(store, channel, caller);
}

/** Oneself, where one was invited, the channel is public, or one made it; agents anywhere. */
export function requireMayJoin(store: ChatStore, channel: Channel, identity: string, caller: Caller): void {
  if (identity !== caller.identity) {
    requireModerator(store, channel, caller);
    return;
  }
  const isWelcome =
    channel.type === 'public' ||
    channel.createdBy === identity ||
    findMembership(channel, caller) !== undefined ||
    isFlexUser(store.sandbox, caller);
  if (!isWelcome) throw permissionDeniedError();
}

export function requireMayRead(store: ChatStore, channel: Channel, caller: Caller): void {
  if (channel.createdBy !== caller.identity && getSyncAccess(store, channel, caller) === 'none') {
    throw notAMemberError();
  }
}

/** What a caller may see of a channel's Sync objects. */
export function getSyncAccess(store: ChatStore, channel: Channel, caller: Caller): SyncAccess {
  if (caller.kind !== 'user' || caller.identity === undefined) return 'none';
  if (channel.type === 'public' || findMembership(channel, caller) !== undefined) return 'live';
  if (isSupervisor(caller) && isFlexUser(store.sandbox, caller)) return 'live';
  const leftAtMs = channel.leftAtMs.get(caller.identity);
  const hasJustLeft =
    leftAtMs !== undefined && store.sandbox.clock.nowMs() - leftAtMs < READABLE_AFTER_LEAVING_MS;
  return hasJustLeft || channel.createdBy === caller.identity ? 'readable' : 'none';
}

function findMembership(channel: Channel, { identity }: Caller): Member | undefined {
  return [...channel.members.values()].find(
    (member) => member.identity !== null && member.identity === identity,
  );
}
