/**
 * POST /conversation/complete: the agent completes their task. The chat stays open while another task is
 * open.
 */
import { TaskRequestSchema } from '@chat-transfer/transfer-core';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import { finishTask } from '../../requests/finish-task';

export const handler = defineConversationEndpoint(
  '/conversation/complete',
  { required: ['allowedOrigins'] },
  TaskRequestSchema,
  (services, request) =>
    finishTask(services, request, (taskSid, worker, at) => ({
      type: 'completion-requested',
      taskSid,
      worker,
      at,
    })),
);
