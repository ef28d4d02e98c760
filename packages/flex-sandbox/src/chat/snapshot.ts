/** Copies a channel for tests and the landing page: plain data with parsed attributes. */
import type { Channel, ChannelState, MessagingBinding } from './state.js';

export interface ChannelSnapshot {
  readonly sid: string;
  readonly uniqueName: string | null;
  readonly friendlyName: string | null;
  readonly type: 'public' | 'private';
  readonly state: ChannelState;
  readonly attributes: unknown;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly members: ReadonlyArray<{
    readonly sid: string;
    readonly identity: string | null;
    /** The addresses of a member who uses SMS or WhatsApp; `null` for others. */
    readonly binding: MessagingBinding | null;
    readonly status: 'joined' | 'invited';
    readonly attributes: unknown;
    readonly lastReadIndex: number | null;
  }>;
  readonly messages: ReadonlyArray<{
    readonly sid: string;
    readonly index: number;
    readonly author: string;
    readonly body: string | null;
    readonly attributes: unknown;
    readonly createdAtMs: number;
  }>;
}

export function takeChannelSnapshot(channel: Channel): ChannelSnapshot {
  const { sid, uniqueName, friendlyName, type, state, createdBy, createdAtMs } = channel;
  return {
    sid,
    uniqueName,
    friendlyName,
    type,
    state,
    createdBy,
    createdAtMs,
    attributes: JSON.parse(channel.attributes),
    members: [...channel.members.values()].map((member) => ({
      sid: member.sid,
      identity: member.identity,
      binding: member.binding,
      status: member.status,
      attributes: JSON.parse(member.attributes),
      lastReadIndex: member.lastReadIndex,
    })),
    messages: [...channel.messages.values()].map((message) => ({
      sid: message.sid,
      index: message.index,
      author: message.author,
      body: message.body,
      attributes: JSON.parse(message.attributes),
      createdAtMs: message.createdAtMs,
    })),
  };
}
