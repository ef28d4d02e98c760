/**
 * Renders interactions for both APIs. The event bridge returns more about channels and participants than REST:
 * how each is reached.
 */
import type { AccountCredentials } from '../../account-credentials.js';
import { isoSeconds } from '../../clock.js';
import type { Task } from '../../task-router/state.js';
import type { Interaction, InteractionChannel, Invite, NativeTransfer, Participant } from './state.js';

const BASE = 'https://flex-api.twilio.com/v1/Interactions';

const channelUrl = ({ sid, interaction }: InteractionChannel) => `${BASE}/${interaction.sid}/Channels/${sid}`;

const seconds = (atMs: number) => Math.floor(atMs / 1000);

export function createInteractionViews({ accountSid, flexInstanceSid }: AccountCredentials) {
  /** The task in `routing.properties`. Applications read its `sid`. */
  const task = ({ workspace, queue, workflow, taskChannel, ...task }: Task) => ({
    sid: task.sid,
    account_sid: accountSid,
    workspace_sid: workspace.sid,
    assignment_status: task.status,
    attributes: task.attributes,
    priority: task.priority,
    reason: task.reason,
    timeout: task.timeout,
    queue_sid: queue?.sid ?? null,
    queue_name: queue?.friendlyName ?? null,
    workflow_sid: workflow?.sid ?? null,
    workflow_name: workflow?.friendlyName ?? null,
    task_channel_sid: taskChannel.sid,
    task_channel_unique_name: taskChannel.uniqueName,
    routing_target: task.routingTarget,
    date_created: seconds(task.createdAtMs),
    date_updated: seconds(task.updatedAtMs),
    version: task.version,
  });

  const routing = (invite: Invite) => ({ reservation: null, properties: task(invite.task) });

  const views = {
    interaction({ sid, channels }: Interaction) {
      const [channel] = channels.values();
      const [invite] = channel?.invites.values() ?? [];
      return {
        sid,
        channel: channel && { type: channel.type, sid: channel.sid, status: channel.status },
        routing: invite === undefined ? null : routing(invite),
        interaction_context_sid: null,
        webhook_ttid: null,
        url: `${BASE}/${sid}`,
        links: { channels: `${BASE}/${sid}/Channels` },
      };
    },

    channel: (channel: InteractionChannel) => ({
      sid: channel.sid,
      interaction_sid: channel.interaction.sid,
      type: channel.type,
      status: channel.status,
      error_code: 0,
      error_message: '',
      url: channelUrl(channel),
      links: {
        participants: `${channelUrl(channel)}/Participants`,
        invites: `${channelUrl(channel)}/Invites`,
        transfers: `${channelUrl(channel)}/Transfers`,
      },
    }),

    invite: (invite: Invite) => ({
      sid: invite.sid,
      interaction_sid: invite.channel.interaction.sid,
      channel_sid: invite.channel.sid,
      routing: routing(invite),
      url: `${channelUrl(invite.channel)}/Invites/${invite.sid}`,
    }),

    participant: ({ sid, channel, type, reservation }: Participant) => ({
      sid,
      type,
      interaction_sid: channel.interaction.sid,
      channel_sid: channel.sid,
      routing_properties:
        reservation === undefined
          ? null
          : {
              task_sid: reservation.task.sid,
              worker_sid: reservation.worker.sid,
              reservation_sid: reservation.sid,
            },
      url: `${channelUrl(channel)}/Participants/${sid}`,
    }),

    transfer: ({ sid, channel, type, from, to, noteSid, summarySid, task, createdAtMs }: NativeTransfer) => ({
      sid,
      account_sid: accountSid,
      instance_sid: flexInstanceSid,
      interaction_sid: channel.interaction.sid,
      channel_sid: channel.sid,
      type,
      status: transferStatus(task),
      from,
      to,
      note_sid: noteSid,
      summary_sid: summarySid,
      date_created: isoSeconds(createdAtMs),
      date_updated: isoSeconds(task.updatedAtMs),
    }),
  };
  return {
    ...views,
    bridgeChannel: (channel: InteractionChannel) => ({
      ...views.channel(channel),
      media_sid: channel.conversationSid,
    }),
    bridgeParticipant: (participant: Participant) => ({
      ...views.participant(participant),
      media_properties: participant.media,
    }),
  };
}

export type InteractionViews = ReturnType<typeof createInteractionViews>;

/** A transfer is completed when a worker has accepted its task, and failed when the task is cancelled. */
function transferStatus({ status }: Task): 'active' | 'completed' | 'failed' {
  if (status === 'canceled') return 'failed';
  return status === 'pending' || status === 'reserved' ? 'active' : 'completed';
}
