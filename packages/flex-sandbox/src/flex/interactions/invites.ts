/**
 * Invites. Each invite creates a task for the channel, and the worker who accepts the task joins the channel.
 * The task gets no attributes from earlier tasks.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api/invites-subresource
 */
import { badRequest } from '../../api-error.js';
import { asJsonObject, parseJsonObjectOrEmpty } from '../../json.js';
import { type Params, text } from '../../router.js';
import type { Workspace } from '../../task-router/state.js';
import type { NewTask } from '../../task-router/tasks.js';
import type { InteractionChannel, InteractionStore, Invite } from './state.js';

/** The task that an invite or an interaction requests. */
export interface Routing {
  readonly workspace: Workspace;
  readonly task: Omit<NewTask, 'attributes'>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Whether the task is offered to one worker only. */
  readonly isForWorker: boolean;
}

/** Reads `routing` of both APIs. Throws 400/20001 without properties, 404/20404 for an unknown workspace. */
export function readRouting({ taskRouter }: InteractionStore, routing: Params | undefined): Routing {
  const properties = asJsonObject(routing?.properties);
  if (properties === undefined) throw badRequest('Routing must have properties');
  const workspaceSid = text(properties, 'workspace_sid');
  if (workspaceSid === undefined) throw badRequest('Routing.properties must have a workspace_sid');
  const workerSid = text(properties, 'worker_sid') ?? text(properties, 'routing_target');
  const readNumber = (name: string) => {
    const value = text(properties, name);
    return value === undefined ? undefined : Number(value);
  };
  const { attributes } = properties;
  return {
    workspace: taskRouter.workspace(workspaceSid),
    task: {
      workflowSid: text(properties, 'workflow_sid'),
      taskQueueSid: text(properties, 'queue_sid'),
      routingTarget: workerSid,
      taskChannel: text(properties, 'task_channel_unique_name') ?? text(properties, 'task_channel_sid'),
      priority: readNumber('priority'),
      timeout: readNumber('timeout'),
    },
    attributes:
      asJsonObject(attributes) ??
      parseJsonObjectOrEmpty(typeof attributes === 'string' ? attributes : undefined),
    isForWorker: workerSid?.startsWith('WK') === true,
  };
}

/**
 * Creates an invite and its task. Throws 400/80906 for a channel that is not active, 400/20001 for an invalid task.
 * https://www.twilio.com/docs/api/errors/80906; for an invite, 45376 is possible too.
 */
export function createInvite(store: InteractionStore, channel: InteractionChannel, routing: Routing): Invite {
  if (channel.status !== 'active') throw badRequest(`Channel ${channel.sid} is ${channel.status}`, 80906);
  const sid = store.sandbox.sids('KG');
  const { conversationSid, interaction } = channel;
  const { conversations } = routing.attributes;
  const task = store.taskRouter.createTask(routing.workspace, {
    ...routing.task,
    attributes: {
      channelType: channel.type,
      initiatedBy: channel.initiatedBy,
      ...routing.attributes,
      conversationSid,
      flexInteractionSid: interaction.sid,
      flexInteractionChannelSid: channel.sid,
      flexChannelInviteSid: sid,
      conversations: {
        conversation_id: interaction.sid,
        media: [{ type: 'ChatTranscript', sid: conversationSid }],
        ...asJsonObject(conversations),
      },
    },
  });
  const invite: Invite = { sid, channel, task, isForWorker: routing.isForWorker };
  channel.invites.set(sid, invite);
  store.invitesByTask.set(task.sid, invite);
  return invite;
}
