/** POST /conversation/leave: the agent leaves the chat and goes to wrap-up. The last agent ends the chat. */
import { TaskRequestSchema } from '@chat-transfer/transfer-core';
import { defineEndpoint } from '../../requests/endpoint';
import { finishTask } from '../../requests/finish-task';

export const handler = defineEndpoint('/conversation/leave', TaskRequestSchema, (services, request) =>
  finishTask(services, request, (taskSid, worker, at) => ({
    type: 'agent-left',
    taskSid,
    worker,
    alreadyWrapping: false,
    at,
  })),
);
