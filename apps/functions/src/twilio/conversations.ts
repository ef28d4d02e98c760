/** Conversations v1: participants, messages and state of an existing chat. `webchat.ts` creates chats. */
import type { ConversationSid } from '@chat-transfer/transfer-core';
import { type Attributes, parseAttributes } from './attributes';
import { changeUnlessDone, readUnlessGone } from './call';
import type { Twilio } from './client';
import { type ChatMessage, listMessagesSince, MESSAGES_PER_PAGE, type NewMessage } from './messages';

export type Conversations = ReturnType<typeof createConversations>;

export function createConversations({ client, calls }: Twilio, serviceSid: string) {
  const { call, callAllowing, callOnce } = calls;
  const conversationOf = (sid: ConversationSid) =>
    client.conversations.v1.services(serviceSid).conversations(sid);

  const fetchConversation = (sid: ConversationSid) =>
    callAllowing([404], 'fetch the conversation', () => conversationOf(sid).fetch());

  /** Whether a conversation is closed for good or deleted. Such a conversation has no participants. */
  const isClosed = async (sid: ConversationSid): Promise<boolean> => {
    const conversation = await fetchConversation(sid);
    return conversation === undefined || conversation.state === 'closed';
  };

  /**
   * Runs a change. A closed conversation refuses every change: ignores that refusal, and one after which `isDone` reads that
   * there is nothing left to change. Throws any other failure.
   */
  const change = async (
    sid: ConversationSid,
    running: Promise<unknown>,
    isDone: () => Promise<boolean> = async () => false,
  ): Promise<void> => {
    await changeUnlessDone(running, async () => (await isDone()) || isClosed(sid));
  };

  const findParticipant = (sid: ConversationSid, identity: string) =>
    callAllowing([404], 'look for the agent in the chat', () =>
      conversationOf(sid).participants(identity).fetch(),
    );

  return {
    isClosed,

    async createMessage(sid: ConversationSid, message: NewMessage): Promise<void> {
      await change(
        sid,
        callOnce('post a notice', () => conversationOf(sid).messages.create(message)),
      );
    },

    /** The messages since a time, newest first; `[]` when the conversation does not exist. */
    listMessages: (sid: ConversationSid, sinceMs: number): Promise<readonly ChatMessage[]> =>
      listMessagesSince(
        sinceMs,
        () => conversationOf(sid).messages.page({ order: 'desc', pageSize: MESSAGES_PER_PAGE }),
        (read) =>
          readUnlessGone(call('look for a notice', read), async () => !(await fetchConversation(sid))),
        ({ sid: messageSid, author, body, attributes, dateCreated }) => ({
          sid: messageSid,
          author,
          body,
          attributes,
          createdAt: dateCreated.getTime(),
        }),
      ),

    /** Does nothing when the message is gone. */
    async deleteMessage(sid: ConversationSid, messageSid: string): Promise<void> {
      const message = conversationOf(sid).messages(messageSid);
      await change(
        sid,
        call('delete a notice that was posted twice', () => message.remove()),
        async () => (await callAllowing([404], 'look for a notice', () => message.fetch())) === undefined,
      );
    },

    /**
     * Adds an agent. Does nothing when they are in the conversation already, or when the conversation is
     * closed. Twilio may answer 20404 although it has added the participant:
     * https://support.twilio.com/hc/en-us/articles/50009103572635
     */
    async addParticipant(sid: ConversationSid, identity: string): Promise<void> {
      await change(
        sid,
        call('put the agent into the chat', () => conversationOf(sid).participants.create({ identity })),
        async () => (await findParticipant(sid, identity)) !== undefined,
      );
    },

    /** Removes an agent. Does nothing when they are not in the conversation. */
    async removeParticipant(sid: ConversationSid, identity: string): Promise<void> {
      await change(
        sid,
        call('remove the agent from the chat', () => conversationOf(sid).participants(identity).remove()),
        async () => (await findParticipant(sid, identity)) === undefined,
      );
    },

    /** When a participant joined (ms since 1970); `undefined` when they are not in the conversation. */
    async joinedAt(sid: ConversationSid, identity: string): Promise<number | undefined> {
      return (await findParticipant(sid, identity))?.dateCreated.getTime();
    },

    /** When the conversation was created (ms since 1970); `undefined` when it does not exist. */
    async createdAt(sid: ConversationSid): Promise<number | undefined> {
      return (await fetchConversation(sid))?.dateCreated.getTime();
    },

    /** `undefined` when the conversation does not exist. */
    async readAttributes(sid: ConversationSid): Promise<Attributes | undefined> {
      const conversation = await fetchConversation(sid);
      return conversation === undefined ? undefined : parseAttributes(conversation.attributes);
    },

    /**
     * Conversations have no If-Match: the caller reads the attributes just before, and keeps the keys of
     * other programs.
     */
    async writeAttributes(sid: ConversationSid, attributes: Attributes): Promise<void> {
      await change(
        sid,
        call('update the conversation', () =>
          conversationOf(sid).update({ attributes: JSON.stringify(attributes) }),
        ),
      );
    },

    /** Closes a conversation for good. Used when its interaction is not known. */
    async close(sid: ConversationSid): Promise<void> {
      await change(
        sid,
        call('close the conversation', () => conversationOf(sid).update({ state: 'closed' })),
      );
    },
  };
}
