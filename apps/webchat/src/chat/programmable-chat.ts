/** The adapter for Twilio Programmable Chat: the only file that imports `twilio-chat`. */
import type { Channel, Client, Message } from 'twilio-chat';
import type { ChatSdk } from './sdk';
import { createSdkChat } from './sdk-chat';

const sdk: ChatSdk<Client, Channel, Message> = {
  load: async () => (await import('twilio-chat')).Client,

  fetchConversation: (client, sid) => client.getChannelBySid(sid),

  onConversationLeft: (client, listener) => void client.on('channelLeft', ({ sid }) => listener(sid)),

  /**
   * Flex and the functions set `status` to `INACTIVE` in the attributes of an ended chat. A channel that is
   * closed, or that the customer is not in, accepts no message either.
   */
  hasEnded({ attributes, state, status }) {
    const { status: chatStatus }: Readonly<Record<string, unknown>> = { ...attributes };
    return chatStatus === 'INACTIVE' || state?.current === 'closed' || status !== 'joined';
  },

  getAttachmentNames: ({ type, media }) => (type === 'media' ? media.filename || 'file' : undefined),
};

export const programmableChatClient = createSdkChat(sdk);
