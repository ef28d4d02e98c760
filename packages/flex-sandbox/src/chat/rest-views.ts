/** The responses of the two REST APIs: snake case, attributes as JSON text, dates in whole seconds. */
import type { AccountCredentials } from '../account-credentials.js';
import { isoSeconds } from '../clock.js';
import type { Channel, ChatStore, Member, Message, User } from './state.js';

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
    /** The settings of a new service, with Programmable Chat's limits. Webhooks and push notifications are off. */
    service: ({ roles }: ChatStore) => ({
      sid: chatServiceSid,
      account_sid: accountSid,
      friendly_name: 'Flex Chat Service',
      default_service_role_sid: roles.serviceUser,
      default_channel_role_sid: roles.channelUser,
      default_channel_creator_role_sid: roles.channelAdmin,
      read_status_enabled: true,
      reachability_enabled: false,
      typing_indicator_timeout: 5,
      consumption_report_interval: 10,
      limits: { user_channels: 250, channel_members: 100 },
      pre_webhook_url: null,
      post_webhook_url: null,
      webhook_method: null,
      webhook_filters: null,
      pre_webhook_retry_count: 0,
      post_webhook_retry_count: 0,
      notifications: {
        log_enabled: false,
        added_to_channel: { enabled: false },
        invited_to_channel: { enabled: false },
        new_message: { enabled: false },
        removed_from_channel: { enabled: false },
      },
      media: { size_limit_mb: 150, compatibility_message: 'Media messages are not supported by your client' },
      ...dates({ createdAtMs: 0, updatedAtMs: 0 }),
      url: service,
      links: {
        channels: `${service}/Channels`,
        users: `${service}/Users`,
        roles: `${service}/Roles`,
        bindings: `${service}/Bindings`,
      },
    }),
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
      links: {
        user_channels: `${service}/Users/${user.sid}/Channels`,
        user_bindings: `${service}/Users/${user.sid}/Bindings`,
      },
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
      links: { channel: channelUrl(channel), member: `${channelUrl(channel)}/Members/${member.sid}` },
    }),
  };
}

/** `isBelowService`: whether the request was for `/v1/Services/{IS}`. The URLs of its answer begin there, too. */
export function createConversationViews(
  { accountSid, chatServiceSid }: AccountCredentials,
  isBelowService: boolean,
) {
  const base = isBelowService ? `${CONVERSATIONS}/Services/${chatServiceSid}` : CONVERSATIONS;
  const conversationUrl = ({ sid }: Channel) => `${base}/Conversations/${sid}`;
  /** Participants and messages name the service only below its path. */
  const service = isBelowService ? { chat_service_sid: chatServiceSid } : {};

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
        export: `${conversationUrl(channel)}/Export`,
      },
    }),
    participant: (channel: Channel, member: Member) => ({
      sid: member.sid,
      account_sid: accountSid,
      ...service,
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
      ...service,
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
      links: {
        delivery_receipts: `${conversationUrl(channel)}/Messages/${message.sid}/Receipts`,
        channel_metadata: `${conversationUrl(channel)}/Messages/${message.sid}/ChannelMetadata`,
      },
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
      url: `${base}/Users/${user.sid}`,
      links: { user_conversations: `${base}/Users/${user.sid}/Conversations` },
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
      links: {
        participant: `${conversationUrl(channel)}/Participants/${member.sid}`,
        conversation: conversationUrl(channel),
      },
    }),
  };
}

export type ConversationViews = ReturnType<typeof createConversationViews>;

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
