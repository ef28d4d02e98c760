/**
 * Flex's Interactions API, as the functions use it: the only file that calls `client.flexApi.v1.interaction`.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api
 */
import { type Interaction, parseTaskSid, type TaskSid } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { changeUnlessDone, findRefusal, TwilioCallError } from './call';
import type { Twilio } from './client';
import type { NewTask } from './task-router';

/** An agent in an interaction's channel, with the task that they accepted. */
export interface ChannelParticipant {
  readonly sid: string;
  readonly taskSid: TaskSid | undefined;
  readonly workerSid: string | undefined;
}

/** The task of an invite, as in Twilio's answer. */
const InviteSchema = v.object({ properties: v.object({ sid: v.string() }) });
const RoutingSchema = v.object({ task_sid: v.optional(v.string()), worker_sid: v.optional(v.string()) });

/** The most participants, and the most invites, that are read of one channel. */
const PAGE_LIMIT = 100;

function parseInvitedTask(routing: unknown): TaskSid | undefined {
  const parsed = v.safeParse(InviteSchema, routing);
  return parsed.success ? parseTaskSid(parsed.output.properties.sid) : undefined;
}

export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions({ client, calls }: Twilio, workspaceSid: string) {
  const { call, callAllowing, callOnce } = calls;
  const channelOf = ({ interactionSid, channelSid }: Interaction) =>
    client.flexApi.v1.interaction(interactionSid).channels(channelSid);

  /** `undefined` when the channel does not exist. */
  const fetchChannel = (interaction: Interaction) =>
    callAllowing([404], 'fetch the channel', () => channelOf(interaction).fetch());

  return {
    /**
     * Invites an agent whom the workflow chooses. Flex creates a task with these attributes and adds the
     * conversation to it. The invite names no `worker_sid`: if such a worker declines, Twilio cancels the
     * task and asks no other agent.
     */
    async invite(
      interaction: Interaction,
      { attributes, workflowSid, taskChannel, priority }: NewTask,
    ): Promise<TaskSid> {
      const doing = 'create the transfer task';
      const properties = {
        workspace_sid: workspaceSid,
        workflow_sid: workflowSid,
        task_channel_unique_name: taskChannel,
        priority,
        attributes,
      };
      const invite = await callOnce(doing, () =>
        channelOf(interaction).invites.create({ routing: { properties } }),
      );
      const taskSid = parseInvitedTask(invite.routing);
      // The invite exists, so this error is transient: the next attempt looks for the task first.
      if (taskSid === undefined)
        throw new TwilioCallError(doing, undefined, undefined, 'the answer names no task');
      return taskSid;
    },

    /** `[]` when the channel does not exist: Twilio deletes a channel half a year after its last change. */
    async listParticipants(interaction: Interaction): Promise<readonly ChannelParticipant[]> {
      const participants = await callAllowing([404], 'list the participants of the interaction', () =>
        channelOf(interaction).participants.list({ limit: PAGE_LIMIT }),
      );
      return (participants ?? []).map(({ sid, routingProperties }) => {
        const routing = v.safeParse(RoutingSchema, routingProperties);
        const { task_sid: taskSid, worker_sid: workerSid } = routing.success ? routing.output : {};
        return { sid, taskSid: parseTaskSid(taskSid), workerSid };
      });
    },

    /** The tasks of all invites to the channel, accepted or not. */
    async listInvitedTasks(interaction: Interaction): Promise<readonly TaskSid[]> {
      const invites = await callAllowing([404], 'list the invites of the interaction', () =>
        channelOf(interaction).invites.list({ limit: PAGE_LIMIT }),
      );
      return (invites ?? []).flatMap(({ routing }) => parseInvitedTask(routing) ?? []);
    },

    /**
     * Releases an agent: moves their task to wrap-up or completes it, and removes them from the conversation.
     * The channel stays open. `false` when Twilio refuses, whatever the reason: the caller must then look at the task and at
     * the conversation.
     */
    async release(interaction: Interaction, sid: string, status: 'wrapup' | 'closed'): Promise<boolean> {
      const doing = status === 'wrapup' ? 'move the agent to wrap-up' : "complete the agent's task";
      const refusal = await findRefusal(
        call(doing, () => channelOf(interaction).participants(sid).update({ status })),
      );
      return refusal === undefined;
    },

    /**
     * Whether an agent has parked the channel. Its status is `pause` after Flex's Pause and `inactive` after
     * its Leave.
     */
    async isParked(interaction: Interaction): Promise<boolean> {
      const channel = await fetchChannel(interaction);
      return channel !== undefined && ['inactive', 'pause'].includes(channel.status);
    },

    /**
     * Closes channel and conversation; tasks move to wrap-up. Does nothing when the channel is closed or deleted.
     *
     * @param isConversationClosed whether the conversation is closed or deleted. Its channel may then refuse to be closed.
     */
    async close(interaction: Interaction, isConversationClosed: () => Promise<boolean>): Promise<void> {
      const isClosed = async (): Promise<boolean> => {
        const channel = await fetchChannel(interaction);
        return channel === undefined || channel.status === 'closed';
      };
      if (await isClosed()) return;
      await changeUnlessDone(
        call('close the channel', () => channelOf(interaction).update({ status: 'closed' })),
        async () => (await isClosed()) || isConversationClosed(),
      );
    },
  };
}
