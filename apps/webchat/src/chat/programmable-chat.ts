/** The port on Twilio Programmable Chat: the only file that knows `twilio-chat`. */
import type { Channel, Client, Message } from 'twilio-chat';
import type { ChatSdk } from './sdk';
import { createSdkChat } from './sdk-chat';

const sdk: ChatSdk<Client, Channel, Message> = {
  load: async () => (await import('twilio-chat')).Client,

  fetchConversation: (client, sid) => client.getChannelBySid(sid),

  whenLeft: (client, listen) => void client.on('channelLeft', ({ sid }) => listen(sid)),

  /** Flex and our functions mark an ended chat in the attributes; a closed or left channel takes no message either. */
  hasEnded({ attributes, state, status }) {
    const { status: mark }: Readonly<Record<string, unknown>> = { ...attributes };
    return mark === 'INACTIVE' || state?.current === 'closed' || status !== 'joined';
  },

  attachmentOf: ({ type, media }) => (type === 'media' ? media.filename || 'file' : undefined),
};

export const twilioChat = createSdkChat(sdk);
