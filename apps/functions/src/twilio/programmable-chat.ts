/** Chat v2: channel, members and messages of an existing chat. `webchat.ts` creates chats. */
import type { ConversationSid } from '@chat-transfer/transfer-core';
import { type Attributes, parseAttributes } from './attributes';
import { changeUnlessDone, readUnlessGone } from './call';
import type { Twilio } from './client';
import { type ChatMessage, listMessagesSince, MESSAGES_PER_PAGE, type NewMessage } from './messages';

export type ChatChannels = ReturnType<typeof createChatChannels>;

export function createChatChannels({ client, calls }: Twilio, serviceSid: string) {
  const { call, callAllowing, callOnce } = calls;
  const channelOf = (sid: ConversationSid) => client.chat.v2.services(serviceSid).channels(sid);

  const fetchChannel = (sid: ConversationSid) =>
    callAllowing([404], 'fetch the chat', () => channelOf(sid).fetch());
  const isDeleted = async (sid: ConversationSid) => (await fetchChannel(sid)) === undefined;

  const findMember = (sid: ConversationSid, identity: string) =>
    callAllowing([404], 'look for the agent in the chat', () => channelOf(sid).members(identity).fetch());

  /**
   * Runs a change. Ignores a refusal if the chat has been deleted, or if `isDone` reads that there is nothing left to change.
   * Throws any other failure.
   */
  const change = async (
    sid: ConversationSid,
    running: Promise<unknown>,
    isDone: () => Promise<boolean> = async () => false,
  ): Promise<void> => {
    await changeUnlessDone(running, async () => (await isDone()) || isDeleted(sid));
  };

  /** Does nothing when the person is in the chat, or the chat has been deleted. */
  const addMember = (doing: string) => (sid: ConversationSid, identity: string) =>
    change(
      sid,
      call(doing, () => channelOf(sid).members.create({ identity })),
      async () => (await findMember(sid, identity)) !== undefined,
    );

  /** Does nothing when the person is not in the chat. */
  const removeMember = (doing: string) => (sid: ConversationSid, identity: string) =>
    change(
      sid,
      call(doing, () => channelOf(sid).members(identity).remove()),
      async () => (await findMember(sid, identity)) === undefined,
    );

  return {
    /** Does nothing when the chat has been deleted, so that its agents can still be released. */
    async createMessage(sid: ConversationSid, { author, body, attributes }: NewMessage): Promise<void> {
      await change(
        sid,
        callOnce('post a notice', () => channelOf(sid).messages.create({ from: author, body, attributes })),
      );
    },

    /** The messages since a time, newest first; `[]` when the chat does not exist. */
    listMessages: (sid: ConversationSid, sinceMs: number): Promise<readonly ChatMessage[]> =>
      listMessagesSince(
        sinceMs,
        () => channelOf(sid).messages.page({ order: 'desc', pageSize: MESSAGES_PER_PAGE }),
        (read) => readUnlessGone(call('look for a notice', read), () => isDeleted(sid)),
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
      const message = channelOf(sid).messages(messageSid);
      await change(
        sid,
        call('delete a notice that was posted twice', () => message.remove()),
        async () => (await callAllowing([404], 'look for a notice', () => message.fetch())) === undefined,
      );
    },

    addMember: addMember('put the agent into the chat'),
    removeMember: removeMember('remove the agent from the chat'),

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

    addCustomer: addMember('put the customer back into the chat'),
    removeCustomer: removeMember('remove the customer from the chat'),

    /** When a member joined (ms since 1970); `undefined` when they are not in the chat. */
    async joinedAt(sid: ConversationSid, identity: string): Promise<number | undefined> {
      return (await findMember(sid, identity))?.dateCreated.getTime();
    },

    /** When the chat was created (ms since 1970); `undefined` when it does not exist. */
    async createdAt(sid: ConversationSid): Promise<number | undefined> {
      return (await fetchChannel(sid))?.dateCreated.getTime();
    },

    /** `undefined` when the chat does not exist. */
    async readAttributes(sid: ConversationSid): Promise<Attributes | undefined> {
      const channel = await fetchChannel(sid);
      return channel === undefined ? undefined : parseAttributes(channel.attributes);
    },

    /**
     * Chats have no If-Match: the caller reads the attributes just before, and keeps the keys of other
     * programs.
     */
    async writeAttributes(sid: ConversationSid, attributes: Attributes): Promise<void> {
      await change(
        sid,
        call('update the chat', () => channelOf(sid).update({ attributes: JSON.stringify(attributes) })),
      );
    },
  };
}
