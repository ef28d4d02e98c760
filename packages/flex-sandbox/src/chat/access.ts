/**
 * Rights in a channel, for requests with a user's token.
 *
 * Twilio checks roles. The sandbox has simpler rules: members may read, write and leave; the channel's
 * creator and members with a Flex token may also change the channel; supervisors may read every channel. What
 * Twilio's default roles may do is assumed. The rule that matters: a customer can neither write under another
 * identity nor change a channel.
 */
import { forbidden, unauthorized } from '../api-error.js';
import { isFlexUser, isSupervisor } from '../iam/callers.js';
import type { Caller } from '../router.js';
import type { SyncAccess } from '../sync/objects.js';
import { notAMemberError, permissionDeniedError } from './limits.js';
import type { Channel, ChatStore, Member, Message } from './state.js';

/** How long a removed member may read: their SDK may be opening an object because of an earlier push. */
const READABLE_AFTER_LEAVING_MS = 5_000;

/** The identity of the user who sends the request. Throws 401 for any other caller. */
export function requireIdentity({ caller }: { readonly caller: Caller }): string {
  if (caller.kind !== 'user' || caller.identity === undefined) throw unauthorized();
  return caller.identity;
}

/** Requires a Flex token, or a token with a ChatGrant for this service. Throws 401, or 403 (assumed). */
export function requireChatGrant({ sandbox }: ChatStore, { kind, token = '' }: Caller): void {
  if (kind !== 'user') throw unauthorized();
  const reading = sandbox.tokens.read(token);
  if (!reading.ok) throw unauthorized();
  const { claims } = reading;
  if (claims.kind !== 'flex' && claims.chatServiceSid !== sandbox.account.chatServiceSid) throw forbidden();
}

/** The member who sends the request. Throws 403/50430 when the caller has not joined. */
export function requireMember(channel: Channel, caller: Caller): Member {
  const member = findMembership(channel, caller);
  if (member?.status !== 'joined') throw notAMemberError();
  return member;
}

/** Requires the right to change the channel, its members and other members' messages. Throws 403. */
export function requireModerator(store: ChatStore, channel: Channel, caller: Caller): void {
  if (caller.identity === channel.createdBy) return;
  requireMember(channel, caller);
  if (!isFlexUser(store.sandbox, caller)) throw permissionDeniedError();
}

/** Members may change their own messages; moderators may change all messages. Throws 403. */
export function requireMayChangeMessage(
  store: ChatStore,
  channel: Channel,
  message: Message,
  caller: Caller,
): void {
  requireMember(channel, caller);
  if (message.author !== caller.identity) requireModerator(store, channel, caller);
}

/**
 * A user may join a public channel, a channel with an invite for them, and a channel that they created. Flex
 * users may join every channel. Only a moderator may add another identity. Throws 403.
 */
export function requireMayJoin(store: ChatStore, channel: Channel, identity: string, caller: Caller): void {
  if (identity !== caller.identity) {
    requireModerator(store, channel, caller);
    return;
  }
  const mayJoin =
    channel.type === 'public' ||
    channel.createdBy === identity ||
    findMembership(channel, caller) !== undefined ||
    isFlexUser(store.sandbox, caller);
  if (!mayJoin) throw permissionDeniedError();
}

/** Throws 403/50430 when the caller neither created the channel nor has access to its Sync objects. */
export function requireMayRead(store: ChatStore, channel: Channel, caller: Caller): void {
  if (channel.createdBy !== caller.identity && getSyncAccess(store, channel, caller) === 'none') {
    throw notAMemberError();
  }
}

/** The caller's access to a channel's Sync objects. */
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
