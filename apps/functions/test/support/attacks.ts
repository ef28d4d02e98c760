/**
 * What an agent's own Flex token can change at Twilio, besides what Flex's buttons do: attributes of the agent's tasks, new
 * tasks and interactions with the agent as their target, membership in any chat, and documents of the account's default Sync
 * service. The sandbox's tests show which of these a token may do; here the account does them.
 */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import type { TwilioClient } from '../../src/twilio/client';

type Attributes = Readonly<Record<string, unknown>>;

export interface AttackPorts {
  readonly rest: TwilioClient;
  readonly workspaceSid: () => string;
  readonly workflowSid: () => string;
}

export function createAttacks({ rest, workspaceSid, workflowSid }: AttackPorts) {
  const { chatServiceSid, syncServiceSid } = SANDBOX_ACCOUNT;
  const tasks = () => rest.taskrouter.v1.workspaces(workspaceSid()).tasks;

  return {
    /** Worker SDK `task.setAttributes`. */
    async setTaskAttributes(taskSid: string, attributes: Attributes): Promise<void> {
      await tasks()(taskSid).update({ attributes: JSON.stringify(attributes) });
    },

    /** Worker SDK `worker.createTask`. The task is offered to the worker. Returns its SID. */
    async createTask(workerSid: string, attributes: Attributes): Promise<string> {
      const { sid } = await tasks().create({
        routingTarget: workerSid,
        workflowSid: workflowSid(),
        taskChannel: 'chat',
        attributes: JSON.stringify(attributes),
      });
      return sid;
    },

    /** `POST v1/Interactions` of the browser, on a chat that exists. Returns the SIDs of its tasks. */
    async createInteraction(workerSid: string, conversationSid: string): Promise<void> {
      await rest.flexApi.v1.interaction.create({
        channel: {
          type: 'web',
          initiated_by: 'agent',
          properties: { media_channel_sid: conversationSid },
        },
        routing: {
          properties: {
            workspace_sid: workspaceSid(),
            workflow_sid: workflowSid(),
            task_channel_unique_name: 'chat',
            worker_sid: workerSid,
            attributes: {},
          },
        },
      });
    },

    /** Flex UI adds the agent of an accepted task to the chat that the task names. */
    async joinChat(
      backend: 'programmable-chat' | 'conversations',
      sid: string,
      identity: string,
    ): Promise<void> {
      await (backend === 'conversations'
        ? rest.conversations.v1.services(chatServiceSid).conversations(sid).participants.create({ identity })
        : rest.chat.v2.services(chatServiceSid).channels(sid).members.create({ identity }));
    },
    async leaveChat(
      backend: 'programmable-chat' | 'conversations',
      sid: string,
      identity: string,
    ): Promise<void> {
      await (backend === 'conversations'
        ? rest.conversations.v1.services(chatServiceSid).conversations(sid).participants(identity).remove()
        : rest.chat.v2.services(chatServiceSid).channels(sid).members(identity).remove());
    },

    /** Every Flex token may write every document of the default Sync service. */
    async writeDocument(uniqueName: string, data: Attributes): Promise<void> {
      const { documents } = rest.sync.v1.services(syncServiceSid);
      await documents.create({ uniqueName, data }).catch(() => documents(uniqueName).update({ data }));
    },
  };
}
