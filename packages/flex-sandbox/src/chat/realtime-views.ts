/** The responses of the `aim` endpoints. Those of the REST APIs are in rest-views.ts. */
import { isoMilliseconds } from '../clock.js';
import { unreadCount } from './members.js';
import type { Channel, ChatStore, Member, Message, User } from './state.js';
import { documentName, messagesName, rosterName } from './sync-items.js';

/** `apiUrl` is the URL of the API, such as `https://aim.us1.twilio.com/Client/v1`. */
export function configurationView(store: ChatStore, user: User, apiUrl: string): unknown {
  const { account, url } = store.sandbox;
  // The SDKs fetch media by plain HTTP, so this URL must point to the sandbox.
  const media = `${url}/mcs.us1.twilio.com/v1/Services/${account.chatServiceSid}`;
  const mimeTypes = ['text/plain', 'text/html'];
  return {
    identity: user.identity,
    account_sid: account.accountSid,
    service_sid: account.chatServiceSid,
    user_sid: user.sid,
    links: {
      my_conversations: `${apiUrl}/MyConversations`,
      conversations: `${apiUrl}/Conversations`,
      users: `${apiUrl}/Users`,
      current_user: `${apiUrl}/Users/${encodeURIComponent(user.identity)}`,
      typing: `${apiUrl}/typing`,
      messages_receipts: `${apiUrl}/Conversations/%s/Messages/%s/Receipts`,
      media_service: `${media}/Media`,
      media_set_service: `${media}/MediaSet`,
    },
    sync_objects: { my_user_info: user.info.uniqueName, my_conversations: user.memberships.uniqueName },
    options: {
      reachability_enabled: true,
      user_infos_to_subscribe: 100,
      http_cache_interval: 'PT5S',
      consumption_report_interval: 'PT5S',
      media_attachments_count_limit: 10,
      media_attachment_size_limit_in_mb: 50,
      media_attachments_total_size_limit_in_mb: 50,
      email_histories_allowed_mime_types: mimeTypes,
      email_bodies_allowed_mime_types: mimeTypes,
    },
  };
}

export function conversationView(
  store: ChatStore,
  channel: Channel,
  apiUrl: string,
): Record<string, unknown> {
  const url = `${apiUrl}/Conversations/${channel.sid}`;
  const { account } = store.sandbox;
  return {
    sid: channel.sid,
    conversation_sid: channel.sid,
    account_sid: account.accountSid,
    service_sid: account.chatServiceSid,
    unique_name: channel.uniqueName,
    friendly_name: channel.friendlyName,
    type: channel.type,
    attributes: channel.attributes,
    created_by: channel.createdBy,
    date_created: isoMilliseconds(channel.createdAtMs),
    date_updated: isoMilliseconds(channel.updatedAtMs),
    state: channel.state,
    messages_count: channel.messages.size,
    participants_count: [...channel.members.values()].filter(({ status }) => status === 'joined').length,
    url,
    links: {
      messages: `${url}/Messages`,
      participants: `${url}/Participants`,
      invites: `${url}/Invites`,
    },
    sync_objects: {
      conversation: documentName(channel.sid),
      messages: messagesName(channel.sid),
      roster: rosterName(channel.sid),
    },
  };
}

/** A conversation as one of its members sees it. The two SDKs name the last read index differently. */
export function membershipView(store: ChatStore, channel: Channel, member: Member, apiUrl: string): unknown {
  return {
    ...conversationView(store, channel, apiUrl),
    status: member.status,
    participant_sid: member.sid,
    notification_level: member.notificationLevel,
    unread_messages_count: unreadCount(channel, member),
    last_read_message_index: member.lastReadIndex,
    last_consumed_message_index: member.lastReadIndex,
  };
}

export function participantView(channel: Channel, member: Member, apiUrl: string): unknown {
  return {
    sid: member.sid,
    conversation_sid: channel.sid,
    identity: member.identity,
    attributes: member.attributes,
    role_sid: member.roleSid,
    messaging_binding: member.binding,
    date_created: isoMilliseconds(member.createdAtMs),
    date_updated: isoMilliseconds(member.updatedAtMs),
    url: `${apiUrl}/Conversations/${channel.sid}/Participants/${member.sid}`,
  };
}

/** `sendMessage()` of the SDKs resolves with `index`. */
export function messageView(channel: Channel, message: Message, apiUrl: string): unknown {
  return {
    sid: message.sid,
    conversation_sid: channel.sid,
    index: message.index,
    author: message.author,
    body: message.body,
    attributes: message.attributes,
    participant_sid: message.memberSid,
    date_created: isoMilliseconds(message.createdAtMs),
    date_updated: isoMilliseconds(message.updatedAtMs),
    url: `${apiUrl}/Conversations/${channel.sid}/Messages/${message.sid}`,
  };
}

export function userView(user: User, apiUrl: string): unknown {
  return {
    sid: user.sid,
    identity: user.identity,
    friendly_name: user.friendlyName,
    attributes: user.attributes,
    is_online: user.isOnline,
    is_notifiable: false,
    role_sid: user.roleSid,
    date_created: isoMilliseconds(user.createdAtMs),
    date_updated: isoMilliseconds(user.updatedAtMs),
    url: `${apiUrl}/Users/${encodeURIComponent(user.identity)}`,
    sync_objects: { user_info_map: user.info.uniqueName },
  };
}

/** A list whose only page holds all entries. */
export function singlePage(key: string, entries: readonly unknown[]): { body: unknown } {
  return {
    body: {
      [key]: entries,
      meta: { page: 0, page_size: entries.length, key, previous_token: null, next_token: null },
    },
  };
}
