/** Starting a customer's chat through Flex, and the token the customer's browser chats with. */
import { type ConversationSid, parseConversationSid } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import type { Settings } from '../settings';
import { callOnce, callUnless, TwilioCallError } from './call';
import type { TwilioClient } from './client';

const { AccessToken } = twilio.jwt;

export interface NewChat {
  readonly flexFlowSid: string;
  readonly identity: string;
  /** How the customer wants to be called. */
  readonly name: string;
}

/**
 * Makes chat, customer and first task by Flex's own API, so that the task is as Flex makes them. When its answer is lost
 * the chat may be there all the same; the identity is this chat's alone, so it is found by it.
 */
export async function startFlexChat(
  client: TwilioClient,
  chatServiceSid: string,
  { flexFlowSid, identity, name }: NewChat,
): Promise<ConversationSid> {
  try {
    const chat = await callOnce('start the chat', () =>
      client.flexApi.v1.channel.create({
        flexFlowSid,
        identity,
        chatUserFriendlyName: name,
        chatFriendlyName: 'Webchat',
      }),
    );
    return asConversationSid(chat.sid);
  } catch (error) {
    if (!(error instanceof TwilioCallError) || error.isRefusal) throw error;
    const [made] =
      (await callUnless([404], 'look for the chat', () =>
        client.chat.v2.services(chatServiceSid).users(identity).userChannels.list({ limit: 1 }),
      )) ?? [];
    if (made === undefined) throw error;
    return asConversationSid(made.channelSid);
  }
}

function asConversationSid(sid: string): ConversationSid {
  const conversationSid = parseConversationSid(sid);
  if (conversationSid === undefined)
    throw new Error(`Flex named a chat ${sid}, which is no conversation SID`);
  return conversationSid;
}

/** A token for the chat SDK. `lifetimeMs`: 24 hours at most, says Twilio. */
export function mintChatToken(settings: Settings, identity: string, lifetimeMs: number): string {
  const token = new AccessToken(settings.accountSid, settings.apiKeySid, settings.apiKeySecret, {
    identity,
    ttl: Math.floor(lifetimeMs / 1000),
  });
  token.addGrant(new AccessToken.ChatGrant({ serviceSid: settings.chatServiceSid }));
  return token.toJwt();
}
