/**
 * Flex's records of chats on Programmable Chat. Flex writes them when it creates a chat. No token of an agent can create
 * or change one. https://www.twilio.com/docs/flex/developer/messaging/chat-channel
 */
import { type ConversationSid, parseTaskSid, type TaskSid } from '@chat-transfer/transfer-core';
import type { Twilio } from './client';

export type FlexChannels = ReturnType<typeof createFlexChannels>;

export function createFlexChannels({ client, calls: { callAllowing } }: Twilio) {
  return {
    /**
     * The task that Flex created together with the chat. `undefined` when there is no record, or when a Studio flow or
     * another program created the task: Flex does not record such a task.
     */
    async fetchTaskSid(sid: ConversationSid): Promise<TaskSid | undefined> {
      const channel = await callAllowing([404], "fetch Flex's record of the chat", () =>
        client.flexApi.v1.channel(sid).fetch(),
      );
      return parseTaskSid(channel?.taskSid);
    },
  };
}
