/** Starting a customer's chat through Flex, and the token the customer's browser chats with. */
import { type ConversationSid, parseConversationSid } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import type { Settings } from '../settings';
import { call, callAllowing, callOnce, TwilioCallError } from './call';
import type { TwilioClient } from './client';

const { AccessToken } = twilio.jwt;

/** What agents and admins see where Twilio lists conversations. */
const CHAT_NAME = 'Webchat';

export interface NewCustomer {
  /** Of this chat alone: by it a chat is found whose making got no answer. */
  readonly identity: string;
  /** How the customer wants to be called. */
  readonly name: string;
}

export interface StartedChat {
  readonly conversationSid: ConversationSid;
  /** The customer's, in the chat. */
  readonly identity: string;
}

/**
 * Makes chat, customer and first task by Flex's own API, so that the task is as Flex makes them. When its answer is lost
 * the chat may be there all the same; the identity is this chat's alone, so it is found by it.
 */
export async function startProgrammableChat(
  client: TwilioClient,
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
  return startOrFind(start, async () => {
    const [made] =
      (await callAllowing([404], 'look for the chat', () =>
        client.chat.v2.services(chatServiceSid).users(identity).userChannels.list({ limit: 1 }),
      )) ?? [];
    return made && { conversationSid: asConversationSid(made.channelSid), identity };
  });
}

/**
 * The same on Flex Conversations, where the address says what becomes of a new chat. Flex may choose another identity
 * than the one asked for. https://www.twilio.com/docs/flex/developer/conversations/webchats-resource
 */
export async function startConversation(
  client: TwilioClient,
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
  return startOrFind(start, async () => {
    const [made] = await call('look for the chat', () =>
      client.conversations.v1.services(chatServiceSid).participantConversations.list({ identity, limit: 1 }),
    );
    return made && { conversationSid: asConversationSid(made.conversationSid), identity };
  });
}

/** Starts a chat once; when it is not known whether that worked, looks for it before giving up. */
async function startOrFind(
  start: () => Promise<StartedChat>,
  find: () => Promise<StartedChat | undefined>,
): Promise<StartedChat> {
  try {
    return await callOnce('start the chat', start);
  } catch (error) {
    if (!(error instanceof TwilioCallError) || error.isRefusal) throw error;
    const made = await find();
    if (made === undefined) throw error;
    return made;
  }
}

function asConversationSid(sid: string): ConversationSid {
  const conversationSid = parseConversationSid(sid);
  if (conversationSid === undefined)
    throw new Error(`Flex named a chat ${sid}, which is no conversation SID`);
  return conversationSid;
}

/** A token for the chat SDK. `lifetimeMs`: 24 hours at most, says Twilio. */
export function createChatToken(settings: Settings, identity: string, lifetimeMs: number): string {
  const token = new AccessToken(settings.accountSid, settings.apiKeySid, settings.apiKeySecret, {
    identity,
    ttl: Math.floor(lifetimeMs / 1000),
  });
  token.addGrant(new AccessToken.ChatGrant({ serviceSid: settings.chatServiceSid }));
  return token.toJwt();
}
