/**
 * Chat's state as the SDKs read it from Sync objects. Names and types are those of the SDKs, not of the REST
 * APIs: attributes are JSON text except in the channel document, and indexes are numbers. The channel
 * document contains nothing that belongs to one user: a `status` in it would override the status in the
 * membership.
 */
import { isoMilliseconds } from '../clock.js';
import type { Channel, Media, Member, Message } from './state.js';

export const documentName = (channelSid: string) => `${channelSid}.channel`;
export const rosterName = (channelSid: string) => `${channelSid}.roster`;
export const messagesName = (channelSid: string) => `${channelSid}.messages`;

export function channelDocument(channel: Omit<Channel, 'sync'>): Record<string, unknown> {
  return {
    sid: channel.sid,
    type: channel.type,
    uniqueName: channel.uniqueName,
    friendlyName: channel.friendlyName,
    attributes: JSON.parse(channel.attributes),
    createdBy: channel.createdBy,
    dateCreated: isoMilliseconds(channel.createdAtMs),
    dateUpdated: isoMilliseconds(channel.updatedAtMs),
    messages: messagesName(channel.sid),
    roster: rosterName(channel.sid),
    state: { current: channel.state, dateUpdated: isoMilliseconds(channel.stateChangedAtMs) },
    bindings: {},
    ...(channel.lastMessage === undefined
      ? {}
      : {
          lastMessage: {
            index: channel.lastMessage.index,
            timestamp: isoMilliseconds(channel.lastMessage.createdAtMs),
          },
        }),
  };
}

export function rosterItem(member: Member): Record<string, unknown> {
  const { binding } = member;
  return {
    identity: member.identity,
    type: binding?.type ?? 'chat',
    roleSid: member.roleSid,
    attributes: member.attributes,
    userInfo: member.user?.info.uniqueName ?? null,
    lastConsumedMessageIndex: member.lastReadIndex,
    lastConsumptionTimestamp: member.lastReadAtMs === null ? null : isoMilliseconds(member.lastReadAtMs),
    dateCreated: isoMilliseconds(member.createdAtMs),
    dateUpdated: isoMilliseconds(member.updatedAtMs),
    ...(binding === null
      ? {}
      : { bindings: { [binding.type]: { address: binding.address, proxy_address: binding.proxyAddress } } }),
  };
}

/** The entry in the Sync map of a user's channels. */
export function membershipItem(channel: Channel, member: Member): Record<string, unknown> {
  return {
    status: member.status,
    type: channel.type,
    channel: documentName(channel.sid),
    messages: messagesName(channel.sid),
    roster: rosterName(channel.sid),
    lastConsumedMessageIndex: member.lastReadIndex,
    notificationLevel: member.notificationLevel,
  };
}

export function messageItem(message: Message): Record<string, unknown> {
  const medias = message.media.map(mediaElement);
  return {
    sid: message.sid,
    author: message.author,
    text: message.body,
    type: medias.length > 0 ? 'media' : 'text',
    attributes: message.attributes,
    timestamp: isoMilliseconds(message.createdAtMs),
    dateUpdated: isoMilliseconds(message.updatedAtMs),
    lastUpdatedBy: message.lastUpdatedBy,
    memberSid: message.memberSid,
    ...(message.subject === null ? {} : { subject: message.subject }),
    // twilio-chat reads `media`, @twilio/conversations reads `medias`.
    ...(medias.length > 0 ? { medias, media: medias[0] } : {}),
  };
}

const mediaElement = ({ sid, category, filename, contentType, content }: Media) => ({
  sid,
  category,
  filename,
  contentType,
  size: content.length,
});
