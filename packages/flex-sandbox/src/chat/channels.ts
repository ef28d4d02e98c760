/**
 * Creates, updates and deletes channels. An operation sends all its pushes synchronously: a client that reads
 * an object after the first push must find the final state.
 */
import { badRequest } from '../api-error.js';
import type { SyncAccess } from '../sync/objects.js';
import { getSyncAccess } from './access.js';
import {
  ATTRIBUTE_LIMITS,
  conversationClosedError,
  conversationNotFoundError,
  requireFriendlyNameFits,
  requireUniqueNameIsNoSid,
  serializeAttributes,
  uniqueNameTakenError,
} from './limits.js';
import { type Channel, type ChannelState, type ChatStore, emitChange } from './state.js';
import { channelDocument, documentName, messagesName, rosterName } from './sync-items.js';

export interface NewChannel {
  readonly uniqueName?: string | undefined;
  readonly friendlyName?: string | undefined;
  /** JSON text or any JSON value. */
  readonly attributes?: unknown;
  /** Default `private`. */
  readonly type?: 'public' | 'private';
  /** Default `system`. */
  readonly createdBy?: string | undefined;
  readonly state?: string | undefined;
}

export interface ChannelChanges {
  /** An empty text removes the name. */
  readonly uniqueName?: string | undefined;
  readonly friendlyName?: string | undefined;
  readonly attributes?: unknown;
  readonly state?: string | undefined;
}

/** Finds a channel by SID or unique name. Throws 404/50350. */
export function getChannel(store: ChatStore, sidOrUniqueName: string): Channel {
  const channel = store.channels.get(sidOrUniqueName) ?? findByUniqueName(store, sidOrUniqueName);
  if (channel === undefined) throw conversationNotFoundError();
  return channel;
}

/** Throws 409/50353 when the unique name is in use, 400/50384 when the state is `closed`. */
export function createChannel(store: ChatStore, fields: NewChannel): Channel {
  const { sandbox, sync } = store;
  if (fields.state === 'closed') throw badRequest("Initial state can't be 'closed'", 50384);
  const uniqueName = fields.uniqueName || null;
  requireFreeName(store, uniqueName, undefined);
  requireFriendlyNameFits(fields.friendlyName);
  const nowMs = sandbox.clock.nowMs();
  const sid = sandbox.sids('CH');
  const content: Omit<Channel, 'sync'> = {
    sid,
    type: fields.type ?? 'private',
    createdBy: fields.createdBy ?? 'system',
    createdAtMs: nowMs,
    uniqueName,
    friendlyName: fields.friendlyName ?? null,
    attributes: serializeAttributes(fields.attributes, ATTRIBUTE_LIMITS.channel),
    updatedAtMs: nowMs,
    state: parseState(fields.state) ?? 'active',
    stateChangedAtMs: nowMs,
    members: new Map(),
    messages: new Map(),
    lastMessage: undefined,
    leftAtMs: new Map(),
  };
  const syncOptions = {
    serviceSid: sandbox.account.chatServiceSid,
    access: (caller: Parameters<typeof getSyncAccess>[2]): SyncAccess =>
      getSyncAccess(store, channel, caller),
  };
  const channel: Channel = Object.assign(content, {
    sync: {
      messages: sync.store.create({ ...syncOptions, kind: 'list', uniqueName: messagesName(sid) }),
      roster: sync.store.create({ ...syncOptions, kind: 'map', uniqueName: rosterName(sid) }),
      document: sync.store.create({
        ...syncOptions,
        kind: 'document',
        uniqueName: documentName(sid),
        data: channelDocument(content),
      }),
    },
  });
  store.channels.set(sid, channel);
  emitChange(store, { kind: 'channel-created', channel });
  return channel;
}

/** Throws 400/50377 when the channel is closed, except that closing it again does nothing (assumed). */
export function updateChannel(store: ChatStore, channel: Channel, changes: ChannelChanges): Channel {
  if (channel.state === 'closed') {
    const { state: newState, ...otherChanges } = changes;
    if (newState === 'closed' && Object.values(otherChanges).every((value) => value === undefined))
      return channel;
    throw conversationClosedError();
  }
  const { uniqueName } = changes;
  if (uniqueName !== undefined) requireFreeName(store, uniqueName || null, channel);
  requireFriendlyNameFits(changes.friendlyName);
  const state = parseState(changes.state);
  const attributes =
    changes.attributes === undefined
      ? channel.attributes
      : serializeAttributes(changes.attributes, ATTRIBUTE_LIMITS.channel);

  const nowMs = store.sandbox.clock.nowMs();
  if (uniqueName !== undefined) channel.uniqueName = uniqueName || null;
  channel.friendlyName = changes.friendlyName ?? channel.friendlyName;
  channel.attributes = attributes;
  if (state !== undefined && state !== channel.state) {
    channel.state = state;
    channel.stateChangedAtMs = nowMs;
  }
  channel.updatedAtMs = nowMs;
  publishChannel(channel);
  emitChange(store, { kind: 'channel-updated', channel });
  return channel;
}

/** Deletes the membership entries first, so that a client emits `left` and `removed` once each. */
export function deleteChannel(store: ChatStore, channel: Channel): void {
  store.channels.delete(channel.sid);
  for (const { user } of channel.members.values()) user?.memberships.delete(channel.sid);
  for (const object of [channel.sync.document, channel.sync.roster, channel.sync.messages]) {
    store.sync.store.remove(object);
  }
  emitChange(store, { kind: 'channel-deleted', channel });
}

/** Pushes the channel document to its subscribers. */
export function publishChannel(channel: Channel): void {
  channel.sync.document.setData(channelDocument(channel));
}

function findByUniqueName(store: ChatStore, uniqueName: string): Channel | undefined {
  return [...store.channels.values()].find((channel) => channel.uniqueName === uniqueName);
}

function requireFreeName(store: ChatStore, uniqueName: string | null, owner: Channel | undefined): void {
  if (uniqueName === null) return;
  requireUniqueNameIsNoSid(uniqueName);
  const existing = findByUniqueName(store, uniqueName);
  if (existing !== undefined && existing !== owner) {
    throw uniqueNameTakenError();
  }
}

function parseState(state: string | undefined): ChannelState | undefined {
  switch (state) {
    case '':
      throw badRequest("'State' field can't be empty", 50374);
    case undefined:
    case 'active':
    case 'inactive':
    case 'closed':
      return state;
    default:
      throw badRequest("'State' parameter value is invalid", 50378);
  }
}
