/**
 * Flex's Interactions API, as the functions use it: the only file that calls `client.flexApi.v1.interaction`.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api
 */
import { type Interaction, parseTaskSid, type TaskSid } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { allowStatus, call, callAllowing, callOnce, TwilioCallError } from './call';
import type { TwilioClient } from './client';
import type { NewTask } from './task-router';

/** An agent who takes part in an interaction's channel, by the task they took. */
export interface ChannelParticipant {
  readonly sid: string;
  readonly taskSid: TaskSid | undefined;
  readonly workerSid: string | undefined;
}

/** The task of an invite, in what Twilio answers for it. */
const InviteSchema = v.object({ properties: v.object({ sid: v.string() }) });
const RoutingSchema = v.object({ task_sid: v.optional(v.string()), worker_sid: v.optional(v.string()) });

const PARTICIPANTS_READ = 100;

function taskIn(routing: unknown): TaskSid | undefined {
  const parsed = v.safeParse(InviteSchema, routing);
  return parsed.success ? parseTaskSid(parsed.output.properties.sid) : undefined;
}

export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions(client: TwilioClient, workspaceSid: string) {
  const channelOf = ({ interactionSid, channelSid }: Interaction) =>
    client.flexApi.v1.interaction(interactionSid).channels(channelSid);

  /** `undefined` when there is none (any more). */
  const fetchChannel = (interaction: Interaction) =>
    callAllowing([404], 'fetch the channel', () => channelOf(interaction).fetch());

  return {
    /**
     * Invites whoever the workflow finds: Flex makes a task with these attributes and names the conversation on it. Without
     * `worker_sid`: an agent asked that way who declines leaves nobody to ask.
     */
    async invite(
      interaction: Interaction,
      { attributes, workflowSid, taskChannel }: NewTask,
    ): Promise<TaskSid> {
      const doing = 'create the transfer task';
      const properties = {
        workspace_sid: workspaceSid,
        workflow_sid: workflowSid,
        task_channel_unique_name: taskChannel,
        attributes,
      };
      const invite = await callOnce(doing, () =>
        channelOf(interaction).invites.create({ routing: { properties } }),
      );
      const taskSid = taskIn(invite.routing);
      // The invite is there: whoever tries again looks for its task first.
      if (taskSid === undefined)
        throw new TwilioCallError(doing, undefined, undefined, 'no task in the answer');
      return taskSid;
    },

    /** `[]` when there is no such channel (any more): Twilio forgets one that nobody touched for half a year. */
    async listParticipants(interaction: Interaction): Promise<readonly ChannelParticipant[]> {
      const participants = await callAllowing([404], 'list the participants of the interaction', () =>
        channelOf(interaction).participants.list({ limit: PARTICIPANTS_READ }),
      );
      return (participants ?? []).map(({ sid, routingProperties }) => {
        const routing = v.safeParse(RoutingSchema, routingProperties);
        const { task_sid: taskSid, worker_sid: workerSid } = routing.success ? routing.output : {};
        return { sid, taskSid: parseTaskSid(taskSid), workerSid };
      });
    },

    /** The tasks that were ever made for the channel by an invite, answered or not. */
    async listInvitedTasks(interaction: Interaction): Promise<readonly TaskSid[]> {
      const invites = await callAllowing([404], 'list the invites of the interaction', () =>
        channelOf(interaction).invites.list({ limit: PARTICIPANTS_READ }),
      );
      return (invites ?? []).flatMap(({ routing }) => taskIn(routing) ?? []);
    },

    /**
     * Lets an agent go: their task goes to wrap-up, or is completed; the channel stays open.
     * `false` when Twilio will not have it, because they or the channel are gone, say.
     */
    async release(interaction: Interaction, sid: string, status: 'wrapup' | 'closed'): Promise<boolean> {
      const doing = status === 'wrapup' ? 'move the agent to wrap-up' : "complete the agent's part";
      const released = await allowStatus(
        [400, 404, 409, 422],
        call(doing, () => channelOf(interaction).participants(sid).update({ status })),
      );
      return released !== undefined;
    },

    /** Whether an agent has laid the channel aside: Flex says `pause` or `inactive` of it, by how they did. */
    async isParked(interaction: Interaction): Promise<boolean> {
      const channel = await fetchChannel(interaction);
      return channel !== undefined && ['inactive', 'pause'].includes(channel.status);
    },

    /** Closes channel and conversation; tasks that are not in wrap-up go there. Fine when it is closed or gone. */
    async close(interaction: Interaction): Promise<void> {
      const channel = await fetchChannel(interaction);
      if (channel === undefined || channel.status === 'closed') return;
      // Its conversation may have been deleted.
      await allowStatus(
        [404],
        call('close the channel', () => channelOf(interaction).update({ status: 'closed' })),
      );
    },
  };
}
