/**
 * POST /conversation/complete: the agent completes their task. The chat stays open while another task is
 * open.
 */
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
