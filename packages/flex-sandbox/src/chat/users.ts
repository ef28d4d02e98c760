/** Creates, finds and updates users. Like Twilio, chat creates a user when an identity is first used. */
import {
  ATTRIBUTE_LIMITS,
  requireFriendlyNameFits,
  requireValidIdentity,
  serializeAttributes,
  userExistsError,
} from './limits.js';
import type { ChatStore, User } from './state.js';

export interface UserChanges {
  readonly friendlyName?: string | undefined;
  readonly attributes?: unknown;
  readonly roleSid?: string | undefined;
}

/** Returns the user with this identity. Creates the user when it does not exist. */
export function getOrCreateUser(store: ChatStore, identity: string): User {
  const existing = store.users.get(identity);
  if (existing !== undefined) return existing;

  const { sandbox, sync } = store;
  const sid = sandbox.sids('US');
  const serviceSid = sandbox.account.chatServiceSid;
  const user: User = {
    sid,
    identity,
    friendlyName: identity,
    attributes: '{}',
    roleSid: store.roles.serviceUser,
    isOnline: false,
    createdAtMs: sandbox.clock.nowMs(),
    updatedAtMs: sandbox.clock.nowMs(),
    info: sync.store.create({
      kind: 'map',
      serviceSid,
      uniqueName: `${sid}.info`,
      access: ({ kind }) => (kind === 'user' ? 'live' : 'none'),
    }),
    memberships: sync.store.create({
      kind: 'map',
      serviceSid,
      uniqueName: `${sid}.channels`,
      access: (caller) => (caller.identity === identity ? 'live' : 'none'),
    }),
  };
  // The SDKs do not start without the name and the attributes.
  user.info.put('friendlyName', { value: user.friendlyName });
  user.info.put('attributes', { value: user.attributes });
  user.info.put('reachability', { online: false, notifiable: false });
  store.users.set(identity, user);
  return user;
}

/** Throws 409/50201 when a user has this identity, also when chat created the user. */
export function createUser(store: ChatStore, identity: string, fields: UserChanges): User {
  requireValidIdentity(identity);
  if (store.users.has(identity)) throw userExistsError();
  // Checked before the user exists: a refused request creates none.
  serializeAttributes(fields.attributes, ATTRIBUTE_LIMITS.user);
  requireFriendlyNameFits(fields.friendlyName);
  return updateUser(store, getOrCreateUser(store, identity), fields);
}

/** Finds a user by identity or SID, without creating one. */
export function findUser(store: ChatStore, identityOrSid: string): User | undefined {
  return store.users.get(identityOrSid) ?? [...store.users.values()].find(({ sid }) => sid === identityOrSid);
}

export function updateUser(store: ChatStore, user: User, changes: UserChanges): User {
  const attributes =
    changes.attributes === undefined
      ? user.attributes
      : serializeAttributes(changes.attributes, ATTRIBUTE_LIMITS.user);
  requireFriendlyNameFits(changes.friendlyName);
  user.friendlyName = changes.friendlyName ?? user.friendlyName;
  user.attributes = attributes;
  user.roleSid = changes.roleSid ?? user.roleSid;
  user.updatedAtMs = store.sandbox.clock.nowMs();
  if (changes.friendlyName !== undefined) user.info.put('friendlyName', { value: user.friendlyName });
  if (changes.attributes !== undefined) user.info.put('attributes', { value: user.attributes });
  return user;
}

export function setOnline(user: User, isOnline: boolean): void {
  user.isOnline = isOnline;
  user.info.put('reachability', { online: isOnline, notifiable: false });
}
