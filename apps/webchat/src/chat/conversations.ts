/** The port on Flex Conversations: the only file that knows `@twilio/conversations`. */
import type { Client, Conversation, Message } from '@twilio/conversations';
import { provideRandomUuid } from './random-uuid';
import type { ChatSdk } from './sdk';
import { createSdkChat } from './sdk-chat';

const sdk: ChatSdk<Client, Conversation, Message> = {
  async load() {
    provideRandomUuid(crypto);
    return (await import('@twilio/conversations')).Client;
  },

  fetchConversation: (client, sid) => client.getConversationBySid(sid),

  whenLeft: (client, listen) => void client.on('conversationLeft', ({ sid }) => listen(sid)),

  /** An `inactive` conversation has not ended: the next message wakes it up. */
  hasEnded: ({ state, status }) => state?.current === 'closed' || status !== 'joined',

  attachmentOf({ attachedMedia }) {
    if (attachedMedia === null || attachedMedia.length === 0) return undefined;
    return attachedMedia.map(({ filename }) => filename || 'file').join(', ');
  },
};

export const conversations = createSdkChat(sdk);
