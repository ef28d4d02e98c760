/**
 * The location of a conversation at Twilio: the backend, the interaction and the channel type. The attributes of its tasks
 * contain the location. For a new webchat, the functions choose the backend. Effects run differently on each backend.
 * Decisions depend on the backend in one case: a closed conversation of Flex Conversations cannot be opened again.
 */
import * as v from 'valibot';
import { type ConversationSid, InteractionChannelSidSchema, InteractionSidSchema } from './sids';

/** The two generations of chat in Flex: Programmable Chat, and Flex Conversations with the Interactions API. */
export const BackendSchema = v.picklist(['programmable-chat', 'conversations']);
export type Backend = v.InferOutput<typeof BackendSchema>;

/** Returns the backend of this name; `undefined` for any other value. */
export function parseBackend(value: unknown): Backend | undefined {
  return BackendSchema.options.find((backend) => backend === value);
}

/** On Flex Conversations: the interaction and its channel. The channel has this one conversation. */
export const InteractionSchema = v.object({
  interactionSid: InteractionSidSchema,
  channelSid: InteractionChannelSidSchema,
});
export type Interaction = v.InferOutput<typeof InteractionSchema>;

/** A conversation, and as much of its location as the caller knows. */
export interface ConversationRef {
  readonly conversationSid: ConversationSid;
  readonly backend?: Backend;
  readonly interaction?: Interaction;
  /** How the customer writes, in Flex's words: `web`, `sms`, `whatsapp`… */
  readonly channelType?: string;
}

/**
 * Channel types whose customers use a client that shows a notice differently from a message, without case and punctuation:
 * accounts write `web`, `Web`, `web-widget` or `webchat`. `custom` is a client that the account has built.
 */
const NOTICE_RENDERING_CHANNELS = new Set([
  'chat',
  'custom',
  'livechat',
  'web',
  'webchat',
  'webclient',
  'webwidget',
  'website',
]);

/** The form in which channel types are compared. */
export const normalizeChannelType = (channelType: string): string =>
  channelType.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether the customer gets every message as a text or an e-mail, so that a notice would look like a message. */
export function isTexting({ channelType }: { readonly channelType?: string | undefined }): boolean {
  return channelType !== undefined && !NOTICE_RENDERING_CHANNELS.has(normalizeChannelType(channelType));
}
