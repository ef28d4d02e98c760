/** Chat: one store behind two REST APIs (Chat v2 and Conversations v1) and two SDKs. */
import type { SandboxState } from '../sandbox-state.js';
import type { Sync } from '../sync/sync.js';
import type { Twilsock } from '../twilsock/twilsock.js';
import {
  type ChannelChanges,
  createChannel,
  deleteChannel,
  getChannel,
  type NewChannel,
  updateChannel,
} from './channels.js';
import { addConversationsRest } from './conversations-rest.js';
import { addMedia } from './media.js';
import { addMember, getMember, type NewMember, removeMember } from './members.js';
import { addMessage, type NewMessage } from './messages.js';
import { addRealtimeChat } from './realtime.js';
import { addChatRest } from './rest-v2.js';
import { type ChannelSnapshot, takeChannelSnapshot } from './snapshot.js';
import { type Channel, type ChatChange, createChatStore, type Member, type Message } from './state.js';
import { getOrCreateUser, setOnline, updateUser } from './users.js';

/** Chat, as other products use it. Methods throw 404/50350 when the channel does not exist. */
export interface Chat {
  /** Throws 409/50353 when the unique name is in use. */
  createChannel(fields: NewChannel): Channel;
  channel(sidOrUniqueName: string): Channel;
  /** Throws 400/50377 when the channel is closed. */
  updateChannel(sidOrUniqueName: string, changes: ChannelChanges): Channel;
  deleteChannel(sidOrUniqueName: string): void;
  /** Throws 409/50433 when the identity is a member, 400/50377 when the channel is closed. */
  addMember(sidOrUniqueName: string, fields: NewMember): Member;
  /** Throws 404/50432 when the member does not exist. */
  removeMember(sidOrUniqueName: string, identityOrSid: string): void;
  /** The author need not be a member. Throws 400/50377 when the channel is closed. */
  addMessage(sidOrUniqueName: string, fields: NewMessage): Message;
  /** Sets the name that others see. Creates the user when it does not exist. */
  setFriendlyName(identity: string, name: string): void;
  /** Calls `listener` after each change, when the pushes to all clients have been sent. */
  onChange(listener: (change: ChatChange) => void): void;
  /** A copy of all channels, with parsed attributes. */
  snapshot(): { readonly channels: readonly ChannelSnapshot[] };
}

export interface ChatDependencies {
  readonly sync: Sync;
  readonly twilsock: Twilsock;
}

export function addChat(sandbox: SandboxState, { sync, twilsock }: ChatDependencies): Chat {
  const store = createChatStore(sandbox, sync);
  addRealtimeChat(store, (identity, type, payload) => twilsock.notify(identity, type, payload));
  addChatRest(store);
  addConversationsRest(store);
  addMedia(store);
  twilsock.onPresence((identity, isOnline) => setOnline(getOrCreateUser(store, identity), isOnline));

  return {
    createChannel: (fields) => createChannel(store, fields),
    channel: (id) => getChannel(store, id),
    updateChannel: (id, changes) => updateChannel(store, getChannel(store, id), changes),
    deleteChannel: (id) => deleteChannel(store, getChannel(store, id)),
    addMember: (id, fields) => addMember(store, getChannel(store, id), fields),
    removeMember(id, identityOrSid) {
      const channel = getChannel(store, id);
      removeMember(store, channel, getMember(channel, identityOrSid));
    },
    addMessage: (id, fields) => addMessage(store, getChannel(store, id), fields),
    setFriendlyName(identity, friendlyName) {
      updateUser(store, getOrCreateUser(store, identity), { friendlyName });
    },
    onChange: (listener) => store.listeners.push(listener),
    snapshot: () => ({ channels: [...store.channels.values()].map(takeChannelSnapshot) }),
  };
}
