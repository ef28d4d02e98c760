/** POST /conversation/complete: this agent's task is done; the chat goes on when others are still on it. */
import { TaskRequestSchema } from '@chat-transfer/transfer-core';
import { defineEndpoint } from '../../requests/endpoint';
import { finishTask } from '../../requests/finish-task';

export const handler = defineEndpoint('/conversation/complete', TaskRequestSchema, (services, request) =>
  finishTask(services, request, (taskSid, worker, at) => ({
    type: 'completion-requested',
    taskSid,
    worker,
    at,
  })),
);
