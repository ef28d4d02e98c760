/**
 * Where a conversation lives at Twilio. The attributes of its tasks say so; nothing that is decided depends on it, only how
 * it is carried out.
 */
import * as v from 'valibot';
import { type ConversationSid, InteractionChannelSidSchema, InteractionSidSchema } from './sids';

/** The two generations of chat in Flex: Programmable Chat, and Flex Conversations with the Interactions API. */
export const BackendSchema = v.picklist(['programmable-chat', 'conversations']);
export type Backend = v.InferOutput<typeof BackendSchema>;

/** Reads the name of a backend; `undefined` when it is none. */
export function parseBackend(value: unknown): Backend | undefined {
  return BackendSchema.options.find((backend) => backend === value);
}

/** On Flex Conversations: the interaction and its channel, which has this one conversation. */
export const InteractionSchema = v.object({
  interactionSid: InteractionSidSchema,
  channelSid: InteractionChannelSidSchema,
});
export type Interaction = v.InferOutput<typeof InteractionSchema>;

/** A conversation, with what whoever names it knows of where it lives. */
export interface ConversationRef {
  readonly conversationSid: ConversationSid;
  readonly backend?: Backend;
  readonly interaction?: Interaction;
  /** How the customer writes, in Flex's words: `web`, `sms`, `whatsapp`… */
  readonly channelType?: string;
}

/** Channels whose customers read with a client of ours, or any that can tell a notice from a message. */
const NOTICE_RENDERING_CHANNELS = new Set(['web', 'chat']);

/** Whether the customer gets every message as a text on a phone or in an inbox, where a notice cannot look like one. */
export function isTexting({ channelType }: { readonly channelType?: string | undefined }): boolean {
  return channelType !== undefined && !NOTICE_RENDERING_CHANNELS.has(channelType);
}
