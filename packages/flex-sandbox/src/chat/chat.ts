/** Chat: one store behind Chat v2 REST, Conversations v1 REST, and the endpoints and Sync objects of both SDKs. */

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

/** Chat for the sandbox's other parts. Channels are named by SID or unique name; a missing one is 404/50300. */
export interface Chat {
  /** Throws 409/50307 when the unique name is taken. */
  createChannel(fields: NewChannel): Channel;
  channel(sidOrUniqueName: string): Channel;
  /** Throws 400/50377 when the channel is closed. */
  updateChannel(sidOrUniqueName: string, changes: ChannelChanges): Channel;
  deleteChannel(sidOrUniqueName: string): void;
  /** Throws 409/50404 when they are a member already, 400/50377 when the channel is closed. */
  addMember(sidOrUniqueName: string, fields: NewMember): Member;
  /** Throws 404/50400 when they are not a member. */
  removeMember(sidOrUniqueName: string, identityOrSid: string): void;
  /** The author needs not be a member. Throws 400/50377 when the conversation is closed. */
  addMessage(sidOrUniqueName: string, fields: NewMessage): Message;
  /** The name that others see; makes the user if there is none. */
  setFriendlyName(identity: string, name: string): void;
  /** Called after each change, however it came about, when all clients have been told. */
  onChange(listener: (change: ChatChange) => void): void;
  /** What there is, with parsed attributes; a copy. */
  snapshot(): { readonly channels: readonly ChannelSnapshot[] };
}

export interface ChatParts {
  readonly sync: Sync;
  readonly twilsock: Twilsock;
}

export function addChat(sandbox: SandboxState, { sync, twilsock }: ChatParts): Chat {
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
