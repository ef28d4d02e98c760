/** The adapter for Flex Conversations: the only file that imports `@twilio/conversations`. */
import type { Client, Conversation, Message } from '@twilio/conversations';
import { polyfillRandomUuid } from './random-uuid';
import type { ChatSdk } from './sdk';
import { createSdkChat } from './sdk-chat';

const sdk: ChatSdk<Client, Conversation, Message> = {
  async load() {
    polyfillRandomUuid(crypto);
    return (await import('@twilio/conversations')).Client;
  },

  fetchConversation: (client, sid) => client.getConversationBySid(sid),

  onConversationLeft: (client, listener) => void client.on('conversationLeft', ({ sid }) => listener(sid)),

  /** An `inactive` conversation has not ended: the next message makes it active again. */
  hasEnded: ({ state, status }) => state?.current === 'closed' || status !== 'joined',

  getAttachmentNames({ attachedMedia }) {
    if (attachedMedia === null || attachedMedia.length === 0) return undefined;
    return attachedMedia.map(({ filename }) => filename || 'file').join(', ');
  },
};

export const conversationsClient = createSdkChat(sdk);
