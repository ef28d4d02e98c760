/**
 * Rights in a channel, for requests with a user's token. roles.ts has the permissions of the roles. What no
 * role decides: members may read; supervisors may read every channel; a member may change their own
 * attributes.
 */
import { forbidden, unauthorized } from '../api-error.js';
import { isFlexUser, isSupervisor } from '../iam/callers.js';
import type { Caller } from '../router.js';
import type { SyncAccess } from '../sync/objects.js';
import { notAMemberError, permissionDeniedError } from './limits.js';
import { getRole, hasPermission, type Permission } from './roles.js';
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

/** Throws 403/50107 when the caller's role does not give this permission in the channel. */
export function requirePermission(
  store: ChatStore,
  channel: Channel,
  caller: Caller,
  permission: Permission,
): void {
  if (caller.identity === channel.createdBy) return;
  const isMember = findMembership(channel, caller)?.status === 'joined';
  const role = getRole(store.sandbox, caller);
  if (!hasPermission(role, permission, isMember)) throw permissionDeniedError();
}

/** Throws 403/50107. */
export function requireMayCreate({ sandbox }: ChatStore, caller: Caller): void {
  if (!hasPermission(getRole(sandbox, caller), 'createConversation', false)) throw permissionDeniedError();
}

/** Throws 403/50430 when the caller is not a member, 403/50107 when their role may not do this. */
export function requireMayChangeMessage(
  store: ChatStore,
  channel: Channel,
  message: Message,
  caller: Caller,
  action: 'edit' | 'delete',
): void {
  requireMember(channel, caller);
  const isOwn = message.author === caller.identity;
  requirePermission(store, channel, caller, isOwn ? `${action}OwnMessage` : `${action}AnyMessage`);
}

/**
 * A user may join a public channel, a channel with an invite for them, and a channel that they created.
 * Supervisors may join every channel and add others. An agent joins through Flex's APIs, not through this
 * protocol. Throws 403/50107.
 */
export function requireMayJoin(store: ChatStore, channel: Channel, identity: string, caller: Caller): void {
  const isOther = identity !== caller.identity;
  if (!isOther && (channel.type === 'public' || findMembership(channel, caller) !== undefined)) return;
  requirePermission(store, channel, caller, isOther ? 'addParticipant' : 'joinConversation');
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
