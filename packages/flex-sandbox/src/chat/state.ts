/**
 * The state of chat: channels with their members and messages, users, media. Both REST APIs and both SDKs use
 * it, so a Programmable Chat channel CH… and the conversation CH… are the same.
 *
 * Holds data and change listeners only. Operations are in channels.ts, members.ts, messages.ts and users.ts.
 */
import type { SandboxState } from '../sandbox-state.js';
import type { SyncObject } from '../sync/objects.js';
import type { Sync } from '../sync/sync.js';

export type ChannelState = 'active' | 'inactive' | 'closed';

export interface User {
  readonly sid: string;
  readonly identity: string;
  friendlyName: string;
  /** JSON text, like all attributes in chat. */
  attributes: string;
  roleSid: string;
  isOnline: boolean;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** A Sync map that all users may read: name, attributes, reachability. */
  readonly info: SyncObject;
  /** A Sync map that only the user may read: the user's channels. */
  readonly memberships: SyncObject;
}

/** The addresses of a participant who uses SMS or WhatsApp instead of an SDK. */
export interface MessagingBinding {
  readonly type: string;
  readonly address: string;
  readonly proxyAddress: string | null;
}

export interface Member {
  readonly sid: string;
  readonly identity: string | null;
  readonly user: User | null;
  readonly binding: MessagingBinding | null;
  status: 'joined' | 'invited';
  roleSid: string;
  attributes: string;
  lastReadIndex: number | null;
  lastReadAtMs: number | null;
  notificationLevel: string;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface Media {
  readonly sid: string;
  readonly category: string;
  readonly filename: string | null;
  readonly contentType: string;
  readonly content: Buffer;
  readonly createdAtMs: number;
}

export interface Message {
  readonly sid: string;
  readonly index: number;
  readonly author: string;
  readonly memberSid: string | null;
  readonly subject: string | null;
  readonly media: readonly Media[];
  body: string | null;
  attributes: string;
  lastUpdatedBy: string | null;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

export interface Channel {
  readonly sid: string;
  readonly type: 'public' | 'private';
  readonly createdBy: string;
  readonly createdAtMs: number;
  uniqueName: string | null;
  friendlyName: string | null;
  attributes: string;
  updatedAtMs: number;
  state: ChannelState;
  stateChangedAtMs: number;
  /** By SID, in order of joining. */
  readonly members: Map<string, Member>;
  /** By SID, oldest first. */
  readonly messages: Map<string, Message>;
  lastMessage: { readonly index: number; readonly createdAtMs: number } | undefined;
  /** By the identity of a removed member: the time of removal. Joining again deletes the entry. */
  readonly leftAtMs: Map<string, number>;
  /** The Sync objects through which the SDKs read the channel. */
  readonly sync: {
    readonly document: SyncObject;
    readonly roster: SyncObject;
    readonly messages: SyncObject;
  };
}

export type ChatChange =
  | { readonly kind: 'channel-created' | 'channel-updated' | 'channel-deleted'; readonly channel: Channel }
  | {
      readonly kind: 'member-added' | 'member-updated' | 'member-removed';
      readonly channel: Channel;
      readonly member: Member;
    }
  | {
      readonly kind: 'message-added' | 'message-updated' | 'message-removed';
      readonly channel: Channel;
      readonly message: Message;
    };

/** SIDs of the default roles of a chat service. */
interface Roles {
  readonly serviceUser: string;
  readonly channelAdmin: string;
  readonly channelUser: string;
}

export interface ChatStore {
  readonly sandbox: SandboxState;
  readonly sync: Sync;
  readonly roles: Roles;
  readonly channels: Map<string, Channel>;
  /** By identity. */
  readonly users: Map<string, User>;
  readonly media: Map<string, Media>;
  readonly listeners: Array<(change: ChatChange) => void>;
}

export function createChatStore(sandbox: SandboxState, sync: Sync): ChatStore {
  return {
    sandbox,
    sync,
    roles: {
      serviceUser: sandbox.sids('RL'),
      channelAdmin: sandbox.sids('RL'),
      channelUser: sandbox.sids('RL'),
    },
    channels: new Map(),
    users: new Map(),
    media: new Map(),
    listeners: [],
  };
}

/** Calls the change listeners. Call it last: they rely on the final state and on the sent pushes. */
export function emitChange(store: ChatStore, change: ChatChange): void {
  for (const listener of store.listeners) listener(change);
}
