/** POST /conversation/leave: the agent leaves the chat and goes to wrap-up. The last agent ends the chat. */
import { TaskRequestSchema } from '@chat-transfer/transfer-core';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import { finishTask } from '../../requests/finish-task';

export const handler = defineConversationEndpoint(
  '/conversation/leave',
  { required: ['allowedOrigins'] },
  TaskRequestSchema,
  (services, request) =>
    finishTask(services, request, (taskSid, worker, at) => ({
      type: 'agent-left',
      taskSid,
      worker,
      alreadyWrapping: false,
      at,
    })),
);
