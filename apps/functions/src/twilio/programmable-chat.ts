/** Chat v2, as the functions use it: the only file that calls `client.chat`. */
import {
  type ConversationSid,
  describeNotice,
  NOTICE_AUTHOR,
  type Notice,
  noticeAttributes,
  parseNotice,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';
import { parseAttributes } from './attributes';
import { callOnce, callUnless, unless } from './call';
import type { TwilioClient } from './client';

/** How far back a notice is looked for before it is posted a second time. */
const MESSAGES_SEARCHED = 100;

export function createProgrammableChat(client: TwilioClient, serviceSid: string): ConversationBackend {
  const channelOf = (sid: ConversationSid) => client.chat.v2.services(serviceSid).channels(sid);

  return {
    async postNotice(conversationSid, notice) {
      // A chat that has been deleted has no readers; its agents must be able to leave all the same.
      await unless(
        [404],
        callOnce('post a notice', () =>
          channelOf(conversationSid).messages.create({
            from: NOTICE_AUTHOR,
            body: describeNotice(notice),
            attributes: JSON.stringify(noticeAttributes(notice)),
          }),
        ),
      );
    },

    async hasNotice(conversationSid: ConversationSid, { id }: Notice) {
      const messages = await callUnless([404], 'look for a notice', () =>
        channelOf(conversationSid).messages.list({ order: 'desc', limit: MESSAGES_SEARCHED }),
      );
      return (messages ?? []).some((message) => {
        const notice = parseNotice({
          author: message.from,
          body: message.body,
          attributes: message.attributes,
        });
        return notice !== undefined && notice.kind !== 'bare' && notice.id === id;
      });
    },

    async addParticipant(conversationSid, identity) {
      await callUnless([404, 409], 'put the agent into the chat', () =>
        channelOf(conversationSid).members.create({ identity }),
      );
    },

    async removeParticipant(conversationSid, identity) {
      await callUnless([404], 'remove the agent from the chat', () =>
        channelOf(conversationSid).members(identity).remove(),
      );
    },

    async joinedAt(conversationSid, identity) {
      const member = await callUnless([404], 'look for the agent in the chat', () =>
        channelOf(conversationSid).members(identity).fetch(),
      );
      return member?.dateCreated.getTime();
    },

    async readAttributes(conversationSid) {
      const channel = await callUnless([404], 'fetch the chat', () => channelOf(conversationSid).fetch());
      return channel === undefined ? undefined : parseAttributes(channel.attributes);
    },

    async writeAttributes(conversationSid, attributes) {
      await callUnless([404], 'update the chat', () =>
        channelOf(conversationSid).update({ attributes: JSON.stringify(attributes) }),
      );
    },
  };
}
