/** Chat v2: channel, members and messages of an existing chat. `webchat.ts` creates chats. */
import type { ConversationSid } from '@chat-transfer/transfer-core';
import { type Attributes, parseAttributes } from './attributes';
import { allowStatus } from './call';
import type { Twilio } from './client';
import { type ChatMessage, listMessagesSince, MESSAGES_PER_PAGE, type NewMessage } from './messages';

export type ChatChannels = ReturnType<typeof createChatChannels>;

export function createChatChannels({ client, calls }: Twilio, serviceSid: string) {
  const { callAllowing, callOnce } = calls;
  const channelOf = (sid: ConversationSid) => client.chat.v2.services(serviceSid).channels(sid);

  return {
    /** Does nothing when the chat has been deleted, so that its agents can still be released. */
    async createMessage(sid: ConversationSid, { author, body, attributes }: NewMessage): Promise<void> {
      await allowStatus(
        [404],
        callOnce('post a notice', () => channelOf(sid).messages.create({ from: author, body, attributes })),
      );
    },

    /** The messages since a time, newest first; `[]` when the chat does not exist. */
    listMessages: (sid: ConversationSid, sinceMs: number): Promise<readonly ChatMessage[]> =>
      listMessagesSince(
        sinceMs,
        () => channelOf(sid).messages.page({ order: 'desc', pageSize: MESSAGES_PER_PAGE }),
        (read) => callAllowing([404], 'look for a notice', read),
        ({ sid: messageSid, from: author, body, attributes, dateCreated }) => ({
          sid: messageSid,
          author,
          body,
          attributes,
          createdAt: dateCreated.getTime(),
        }),
      ),

    /** Does nothing when the message is gone. */
    async deleteMessage(sid: ConversationSid, messageSid: string): Promise<void> {
      await callAllowing([404], 'delete a notice that was posted twice', () =>
        channelOf(sid).messages(messageSid).remove(),
      );
    },

    async addMember(sid: ConversationSid, identity: string): Promise<void> {
      await callAllowing([404, 409], 'put the agent into the chat', () =>
        channelOf(sid).members.create({ identity }),
      );
    },

    async removeMember(sid: ConversationSid, identity: string): Promise<void> {
      await callAllowing([404], 'remove the agent from the chat', () =>
        channelOf(sid).members(identity).remove(),
      );
    },

    /**
     * The identity of the customer, whom Flex's record of the chat names as its user. `undefined` when Flex did not create
     * the chat. https://www.twilio.com/docs/flex/developer/messaging/chat-channel
     */
    async findCustomer(sid: ConversationSid): Promise<string | undefined> {
      const chat = await callAllowing([404], 'find the customer', () =>
        client.flexApi.v1.channel(sid).fetch(),
      );
      if (!chat?.userSid) return undefined;
      const user = await callAllowing([404], 'find the customer', () =>
        client.chat.v2.services(serviceSid).users(chat.userSid).fetch(),
      );
      return user?.identity;
    },

    async addCustomer(sid: ConversationSid, identity: string): Promise<void> {
      await callAllowing([404, 409], 'put the customer back into the chat', () =>
        channelOf(sid).members.create({ identity }),
      );
    },

    async removeCustomer(sid: ConversationSid, identity: string): Promise<void> {
      await callAllowing([404], 'remove the customer from the chat', () =>
        channelOf(sid).members(identity).remove(),
      );
    },

    /** When a member joined (ms since 1970); `undefined` when they are not in the chat. */
    async joinedAt(sid: ConversationSid, identity: string): Promise<number | undefined> {
      const member = await callAllowing([404], 'look for the agent in the chat', () =>
        channelOf(sid).members(identity).fetch(),
      );
      return member?.dateCreated.getTime();
    },

    /** When the chat was created (ms since 1970); `undefined` when it does not exist. */
    async createdAt(sid: ConversationSid): Promise<number | undefined> {
      const channel = await callAllowing([404], 'fetch the chat', () => channelOf(sid).fetch());
      return channel?.dateCreated.getTime();
    },

    /** `undefined` when the chat does not exist. */
    async readAttributes(sid: ConversationSid): Promise<Attributes | undefined> {
      const channel = await callAllowing([404], 'fetch the chat', () => channelOf(sid).fetch());
      return channel === undefined ? undefined : parseAttributes(channel.attributes);
    },

    /**
     * Chats have no If-Match: the caller reads the attributes just before, and keeps the keys of other
     * programs.
     */
    async writeAttributes(sid: ConversationSid, attributes: Attributes): Promise<void> {
      await callAllowing([404], 'update the chat', () =>
        channelOf(sid).update({ attributes: JSON.stringify(attributes) }),
      );
    },
  };
}
