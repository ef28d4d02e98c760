/** Adds, updates and removes messages. The index counts from 0 in each channel and is never reused. */
import { ApiError, badRequest } from '../api-error.js';
import { publishChannel } from './channels.js';
import { ATTRIBUTE_LIMITS, conversationClosedError, requireBodyFits, serializeAttributes } from './limits.js';
import { findMember } from './members.js';
import { type Channel, type ChatStore, emitChange, type Media, type Message } from './state.js';
import { messageItem } from './sync-items.js';

export interface NewMessage {
  readonly author: string;
  readonly body?: string | undefined;
  readonly attributes?: unknown;
  readonly subject?: string | undefined;
  readonly mediaSids?: readonly string[];
}

export interface MessageChanges {
  readonly body?: string | undefined;
  readonly attributes?: unknown;
}

/** Finds a message by SID. Throws 404/50500. */
export function getMessage(channel: Channel, sid: string): Message {
  const message = channel.messages.get(sid);
  if (message === undefined) throw new ApiError(404, 50500, `Message ${sid} not found`);
  return message;
}

/** Throws 400/50377 when the channel is closed, 400/50507 for media that do not exist. */
export function addMessage(store: ChatStore, channel: Channel, fields: NewMessage): Message {
  if (channel.state === 'closed') throw conversationClosedError();
  const body = fields.body ?? null;
  requireBodyFits(body);
  const attributes = serializeAttributes(fields.attributes, ATTRIBUTE_LIMITS.message);
  const media = (fields.mediaSids ?? []).map((sid) => getMedia(store, sid));

  const nowMs = store.sandbox.clock.nowMs();
  const message: Message = {
    sid: store.sandbox.sids('IM'),
    index: channel.lastMessage === undefined ? 0 : channel.lastMessage.index + 1,
    author: fields.author,
    memberSid: findMember(channel, fields.author)?.sid ?? null,
    subject: fields.subject ?? null,
    media,
    body,
    attributes,
    lastUpdatedBy: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
  channel.messages.set(message.sid, message);
  channel.lastMessage = { index: message.index, createdAtMs: nowMs };
  channel.updatedAtMs = nowMs;

  channel.sync.messages.push(messageItem(message));
  publishChannel(channel);
  emitChange(store, { kind: 'message-added', channel, message });
  return message;
}

function getMedia(store: ChatStore, sid: string): Media {
  const media = store.media.get(sid);
  if (media === undefined) throw badRequest('Media not found', 50507);
  return media;
}

/** `updatedBy` is the identity that changes the message; REST uses `system` by default. */
export function updateMessage(
  store: ChatStore,
  channel: Channel,
  message: Message,
  changes: MessageChanges,
  updatedBy: string,
): Message {
  const body = changes.body ?? message.body;
  requireBodyFits(body);
  const attributes =
    changes.attributes === undefined
      ? message.attributes
      : serializeAttributes(changes.attributes, ATTRIBUTE_LIMITS.message);
  message.body = body;
  message.attributes = attributes;
  message.lastUpdatedBy = updatedBy;
  message.updatedAtMs = store.sandbox.clock.nowMs();
  channel.sync.messages.put(message.index, messageItem(message));
  emitChange(store, { kind: 'message-updated', channel, message });
  return message;
}

export function removeMessage(store: ChatStore, channel: Channel, message: Message): void {
  channel.messages.delete(message.sid);
  channel.sync.messages.delete(message.index);
  emitChange(store, { kind: 'message-removed', channel, message });
}
