/** Starts a customer's chat through Flex, and creates the token for the customer's browser. */
import { type ConversationSid, parseConversationSid } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import type { Settings } from '../settings';
import { type Calls, TwilioCallError } from './call';
import type { Twilio } from './client';

const { AccessToken } = twilio.jwt;

/** The name of every chat in Twilio's lists of conversations. */
const CHAT_NAME = 'Webchat';

export interface NewCustomer {
  /** Unique for each chat, so that the chat can be found by it if Twilio's answer is lost. */
  readonly identity: string;
  /** The name that the customer entered. */
  readonly name: string;
}

export interface StartedChat {
  readonly conversationSid: ConversationSid;
  /** The customer's identity in the chat. */
  readonly identity: string;
}

/** Starts a chat on Programmable Chat. Flex creates the channel, the customer's member and the first task. */
export async function startProgrammableChat(
  { client, calls }: Twilio,
  { chatServiceSid, flexFlowSid }: { readonly chatServiceSid: string; readonly flexFlowSid: string },
  { identity, name }: NewCustomer,
): Promise<StartedChat> {
  const start = async () => {
    const chat = await client.flexApi.v1.channel.create({
      flexFlowSid,
      identity,
      chatUserFriendlyName: name,
      chatFriendlyName: CHAT_NAME,
    });
    return { conversationSid: asConversationSid(chat.sid), identity };
  };
  return startOrFind(calls, start, async () => {
    const [existing] =
      (await calls.callAllowing([404], 'look for the chat', () =>
        client.chat.v2.services(chatServiceSid).users(identity).userChannels.list({ limit: 1 }),
      )) ?? [];
    return existing && { conversationSid: asConversationSid(existing.channelSid), identity };
  });
}

/**
 * Starts a chat on Flex Conversations. The address decides how Flex routes it. Flex may give the customer
 * another identity than the requested one.
 * https://www.twilio.com/docs/flex/developer/conversations/webchats-resource
 */
export async function startConversation(
  { client, calls }: Twilio,
  { chatServiceSid, addressSid }: { readonly chatServiceSid: string; readonly addressSid: string },
  { identity, name }: NewCustomer,
): Promise<StartedChat> {
  const start = async () => {
    const chat = await client.flexApi.v2.webChannels.create({
      addressSid,
      identity,
      customerFriendlyName: name,
      chatFriendlyName: CHAT_NAME,
      preEngagementData: JSON.stringify({ friendlyName: name }),
    });
    return { conversationSid: asConversationSid(chat.conversationSid), identity: chat.identity };
  };
  return startOrFind(calls, start, async () => {
    const [existing] = await calls.call('look for the chat', () =>
      client.conversations.v1.services(chatServiceSid).participantConversations.list({ identity, limit: 1 }),
    );
    return existing && { conversationSid: asConversationSid(existing.conversationSid), identity };
  });
}

/** Starts a chat. After a transient failure, looks whether the chat exists before it throws. */
async function startOrFind(
  { callOnce }: Calls,
  start: () => Promise<StartedChat>,
  find: () => Promise<StartedChat | undefined>,
): Promise<StartedChat> {
  try {
    return await callOnce('start the chat', start);
  } catch (error) {
    if (!(error instanceof TwilioCallError) || error.kind === 'refused') throw error;
    const existing = await find();
    if (existing === undefined) throw error;
    return existing;
  }
}

function asConversationSid(sid: string): ConversationSid {
  const conversationSid = parseConversationSid(sid);
  if (conversationSid === undefined)
    throw new Error(`Failed to read Flex's answer: ${sid} is not the SID of a conversation`);
  return conversationSid;
}

/** A token for the chat SDK. Twilio allows a lifetime of at most 24 hours. */
export function createChatToken(
  settings: Pick<Settings, 'accountSid' | 'apiKeySid' | 'apiKeySecret' | 'chatServiceSid'>,
  identity: string,
  lifetimeMs: number,
): string {
  const token = new AccessToken(settings.accountSid, settings.apiKeySid, settings.apiKeySecret, {
    identity,
    ttl: Math.floor(lifetimeMs / 1000),
  });
  token.addGrant(new AccessToken.ChatGrant({ serviceSid: settings.chatServiceSid }));
  return token.toJwt();
}
