/** The responses of the two REST APIs: snake case, attributes as JSON text, dates in whole seconds. */
import type { AccountCredentials } from '../account-credentials.js';
import { isoSeconds } from '../clock.js';
import type { Channel, Member, Message, User } from './state.js';

const CHAT = 'https://chat.twilio.com/v2';
const CONVERSATIONS = 'https://conversations.twilio.com/v1';

interface Dated {
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const dates = ({ createdAtMs, updatedAtMs }: Dated) => ({
  date_created: isoSeconds(createdAtMs),
  date_updated: isoSeconds(updatedAtMs),
});

const readAt = ({ lastReadAtMs }: Member) => (lastReadAtMs === null ? null : isoSeconds(lastReadAtMs));

export function createChatViews({ accountSid, chatServiceSid }: AccountCredentials) {
  const service = `${CHAT}/Services/${chatServiceSid}`;
  const channelUrl = ({ sid }: Channel) => `${service}/Channels/${sid}`;
  const owner = { account_sid: accountSid, service_sid: chatServiceSid };

  return {
    channel: (channel: Channel) => ({
      ...owner,
      sid: channel.sid,
      friendly_name: channel.friendlyName,
      unique_name: channel.uniqueName,
      attributes: channel.attributes,
      type: channel.type,
      created_by: channel.createdBy,
      ...dates(channel),
      members_count: channel.members.size,
      messages_count: channel.messages.size,
      url: channelUrl(channel),
      links: {
        members: `${channelUrl(channel)}/Members`,
        messages: `${channelUrl(channel)}/Messages`,
        invites: `${channelUrl(channel)}/Invites`,
        webhooks: `${channelUrl(channel)}/Webhooks`,
        last_message: null,
      },
    }),
    member: (channel: Channel, member: Member) => ({
      ...owner,
      sid: member.sid,
      channel_sid: channel.sid,
      identity: member.identity,
      role_sid: member.roleSid,
      attributes: member.attributes,
      last_consumed_message_index: member.lastReadIndex,
      last_consumption_timestamp: readAt(member),
      ...dates(member),
      url: `${channelUrl(channel)}/Members/${member.sid}`,
    }),
    message: (channel: Channel, message: Message) => ({
      ...owner,
      sid: message.sid,
      channel_sid: channel.sid,
      to: channel.sid,
      from: message.author,
      body: message.body,
      attributes: message.attributes,
      index: message.index,
      type: message.media.length > 0 ? 'media' : 'text',
      media: message.media[0] === undefined ? null : mediaView(message.media[0]),
      was_edited: message.lastUpdatedBy !== null,
      last_updated_by: message.lastUpdatedBy,
      ...dates(message),
      url: `${channelUrl(channel)}/Messages/${message.sid}`,
    }),
    user: (user: User, joinedChannels: number) => ({
      ...owner,
      sid: user.sid,
      role_sid: user.roleSid,
      identity: user.identity,
      friendly_name: user.friendlyName,
      attributes: user.attributes,
      is_online: user.isOnline,
      is_notifiable: false,
      joined_channels_count: joinedChannels,
      ...dates(user),
      url: `${service}/Users/${user.sid}`,
      links: { user_channels: `${service}/Users/${user.sid}/Channels` },
    }),
    userChannel: (channel: Channel, member: Member) => ({
      ...owner,
      channel_sid: channel.sid,
      user_sid: member.user?.sid ?? null,
      member_sid: member.sid,
      status: member.status,
      last_consumed_message_index: member.lastReadIndex,
      unread_messages_count: null,
      notification_level: member.notificationLevel,
      url: `${service}/Users/${member.user?.sid}/Channels/${channel.sid}`,
      links: {},
    }),
  };
}

export function createConversationViews({ accountSid, chatServiceSid }: AccountCredentials) {
  const conversationUrl = ({ sid }: Channel) => `${CONVERSATIONS}/Conversations/${sid}`;

  return {
    conversation: (channel: Channel) => ({
      sid: channel.sid,
      account_sid: accountSid,
      chat_service_sid: chatServiceSid,
      messaging_service_sid: null,
      friendly_name: channel.friendlyName,
      unique_name: channel.uniqueName,
      attributes: channel.attributes,
      state: channel.state,
      timers: {},
      bindings: {},
      ...dates(channel),
      url: conversationUrl(channel),
      links: {
        participants: `${conversationUrl(channel)}/Participants`,
        messages: `${conversationUrl(channel)}/Messages`,
        webhooks: `${conversationUrl(channel)}/Webhooks`,
      },
    }),
    participant: (channel: Channel, member: Member) => ({
      sid: member.sid,
      account_sid: accountSid,
      conversation_sid: channel.sid,
      identity: member.identity,
      attributes: member.attributes,
      messaging_binding: bindingView(member),
      role_sid: member.roleSid,
      last_read_message_index: member.lastReadIndex,
      last_read_timestamp: readAt(member),
      ...dates(member),
      url: `${conversationUrl(channel)}/Participants/${member.sid}`,
    }),
    message: (channel: Channel, message: Message) => ({
      sid: message.sid,
      account_sid: accountSid,
      conversation_sid: channel.sid,
      index: message.index,
      author: message.author,
      body: message.body,
      media: message.media.length > 0 ? message.media.map(mediaView) : null,
      attributes: message.attributes,
      participant_sid: message.memberSid,
      delivery: null,
      content_sid: null,
      ...dates(message),
      url: `${conversationUrl(channel)}/Messages/${message.sid}`,
      links: {},
    }),
    user: (user: User) => ({
      sid: user.sid,
      account_sid: accountSid,
      chat_service_sid: chatServiceSid,
      role_sid: user.roleSid,
      identity: user.identity,
      friendly_name: user.friendlyName,
      attributes: user.attributes,
      is_online: user.isOnline,
      is_notifiable: false,
      ...dates(user),
      url: `${CONVERSATIONS}/Users/${user.sid}`,
      links: { user_conversations: `${CONVERSATIONS}/Users/${user.sid}/Conversations` },
    }),
    participantConversation: (channel: Channel, member: Member) => ({
      account_sid: accountSid,
      chat_service_sid: chatServiceSid,
      participant_sid: member.sid,
      participant_user_sid: member.user?.sid ?? null,
      participant_identity: member.identity,
      participant_messaging_binding: bindingView(member),
      conversation_sid: channel.sid,
      conversation_unique_name: channel.uniqueName,
      conversation_friendly_name: channel.friendlyName,
      conversation_attributes: channel.attributes,
      conversation_date_created: isoSeconds(channel.createdAtMs),
      conversation_date_updated: isoSeconds(channel.updatedAtMs),
      conversation_created_by: channel.createdBy,
      conversation_state: channel.state,
      conversation_timers: {},
      links: {},
    }),
  };
}

const bindingView = ({ binding }: Member) =>
  binding === null
    ? null
    : { type: binding.type, address: binding.address, proxy_address: binding.proxyAddress };

const mediaView = ({ sid, contentType, filename, category, content }: Message['media'][number]) => ({
  sid,
  content_type: contentType,
  filename,
  category,
  size: content.length,
});
