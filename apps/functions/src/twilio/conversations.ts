/** Conversations v1, as the functions use it once a chat has begun: participants, messages, and whether it is closed. */
import type { ConversationSid, NoticeSource } from '@chat-transfer/transfer-core';
import { type Attributes, parseAttributes } from './attributes';
import { call, callAllowing, callOnce, TwilioCallError } from './call';
import type { TwilioClient } from './client';
import { MESSAGES_SEARCHED, type NewMessage } from './messages';

export type Conversations = ReturnType<typeof createConversations>;

export function createConversations(client: TwilioClient, serviceSid: string) {
  const conversationOf = (sid: ConversationSid) =>
    client.conversations.v1.services(serviceSid).conversations(sid);

  const fetchConversation = (sid: ConversationSid) =>
    callAllowing([404], 'fetch the conversation', () => conversationOf(sid).fetch());

  /** Whether a conversation is closed for good, or deleted: nobody is in it, and nobody reads it. */
  const isOver = async (sid: ConversationSid): Promise<boolean> => {
    const conversation = await fetchConversation(sid);
    return conversation === undefined || conversation.state === 'closed';
  };

  /** A conversation that is over refuses everything. Answers whether that was so; throws any other refusal. */
  const unlessOver = async (sid: ConversationSid, running: Promise<unknown>): Promise<boolean> => {
    try {
      await running;
      return false;
    } catch (error) {
      const isRefused = error instanceof TwilioCallError && error.isRefusal;
      if (isRefused && (await isOver(sid))) return true;
      throw error;
    }
  };

  const findParticipant = (sid: ConversationSid, identity: string) =>
    callAllowing([404], 'look for the agent in the chat', () =>
      conversationOf(sid).participants(identity).fetch(),
    );

  return {
    async createMessage(sid: ConversationSid, message: NewMessage): Promise<void> {
      await unlessOver(
        sid,
        callOnce('post a notice', () => conversationOf(sid).messages.create(message)),
      );
    },

    /** The latest, newest first; `[]` when there is no such conversation. */
    async listMessages(sid: ConversationSid): Promise<readonly NoticeSource[]> {
      const messages = await callAllowing([404], 'look for a notice', () =>
        conversationOf(sid).messages.list({ order: 'desc', limit: MESSAGES_SEARCHED }),
      );
      return (messages ?? []).map(({ author, body, attributes }) => ({ author, body, attributes }));
    },

    /**
     * Puts an agent in; fine when they are in already, or nobody can be. Twilio may say 20404 of a participant it has
     * made all the same: https://support.twilio.com/hc/en-us/articles/50009103572635
     */
    async addParticipant(sid: ConversationSid, identity: string): Promise<void> {
      const adding = callAllowing([409], 'put the agent into the chat', () =>
        conversationOf(sid).participants.create({ identity }),
      );
      try {
        await unlessOver(sid, adding);
      } catch (error) {
        const mayBeIn = error instanceof TwilioCallError && error.status === 404;
        if (!mayBeIn || (await findParticipant(sid, identity)) === undefined) throw error;
      }
    },

    /** Takes an agent out; fine when they are out already. */
    async removeParticipant(sid: ConversationSid, identity: string): Promise<void> {
      const removing = callAllowing([404], 'remove the agent from the chat', () =>
        conversationOf(sid).participants(identity).remove(),
      );
      await unlessOver(sid, removing);
    },

    /** When a participant came in (ms since 1970); `undefined` when they are not in. */
    async joinedAt(sid: ConversationSid, identity: string): Promise<number | undefined> {
      return (await findParticipant(sid, identity))?.dateCreated.getTime();
    },

    /** `undefined` when there is no such conversation (any more). */
    async readAttributes(sid: ConversationSid): Promise<Attributes | undefined> {
      const conversation = await fetchConversation(sid);
      return conversation === undefined ? undefined : parseAttributes(conversation.attributes);
    },

    /** Conversations have no If-Match: read just before, and keep the keys of others. */
    async writeAttributes(sid: ConversationSid, attributes: Attributes): Promise<void> {
      const writing = callAllowing([404], 'update the conversation', () =>
        conversationOf(sid).update({ attributes: JSON.stringify(attributes) }),
      );
      await unlessOver(sid, writing);
    },

    /** Of a conversation that no interaction is known of; it is final. */
    async close(sid: ConversationSid): Promise<void> {
      const closing = call('close the conversation', () => conversationOf(sid).update({ state: 'closed' }));
      await unlessOver(sid, closing);
    },
  };
}
