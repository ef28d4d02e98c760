/**
 * Ends an interaction's channel, and with it the conversation, the agents' tasks and the open invites.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api/channels-subresource
 */
import { badRequest } from '../../api-error.js';
import { announceParticipant } from './events.js';
import { completeReservation, updateParticipant } from './participants.js';
import { agentsIn, type InteractionChannel, type InteractionStore } from './state.js';

export interface ChannelUpdate {
  readonly status: string | undefined;
  /** The new status of the agents' tasks: `wrapup` (default) or `closed`. */
  readonly routingStatus: string | undefined;
}

/**
 * `closed` closes the conversation permanently, cancels open invites, and sets the agents' tasks to
 * `wrapping`, or to `completed` with the routing status `closed`. It can be repeated. `inactive` requires the
 * routing status `closed`, closes the agents and sets the conversation to `inactive`. Throws 400/45358
 * without a status, 400/45359 for an unknown one.
 */
export function updateChannel(
  store: InteractionStore,
  channel: InteractionChannel,
  { status, routingStatus = 'wrapup' }: ChannelUpdate,
): void {
  if (status === undefined) throw badRequest(`Failed to close Channel ${channel.sid}: no status`, 45358);
  if (status !== 'closed' && status !== 'inactive') {
    throw badRequest(`Failed to close Channel ${channel.sid}: ${status} is not a valid status`, 45359);
  }
  if (routingStatus !== 'wrapup' && routingStatus !== 'closed') {
    throw badRequest(`Routing status must be wrapup or closed, not ${routingStatus}`);
  }
  if (status === 'inactive') deactivate(store, channel, routingStatus);
  else close(store, channel, routingStatus);
}

function close(
  store: InteractionStore,
  channel: InteractionChannel,
  routingStatus: 'wrapup' | 'closed',
): void {
  channel.status = 'closed';
  store.chat.updateChannel(channel.conversationSid, { state: 'closed' });
  cancelInvites(store, channel);
  for (const participant of agentsIn(channel)) {
    const { reservation } = participant;
    if (reservation === undefined) continue;
    if (routingStatus === 'closed') {
      participant.status = 'closed';
      completeReservation(store, reservation);
      announceParticipant(store, 'removed', participant);
      channel.participants.delete(participant.sid);
    } else if (reservation.status === 'accepted') {
      participant.status = 'wrapup';
      store.taskRouter.updateReservation(reservation, { reservationStatus: 'wrapping' });
    }
  }
}

function deactivate(store: InteractionStore, channel: InteractionChannel, routingStatus: string): void {
  if (routingStatus !== 'closed') throw badRequest('Status inactive requires the routing status closed');
  if (channel.status === 'closed') throw badRequest(`Channel ${channel.sid} is closed`, 45359);
  channel.status = 'inactive';
  cancelInvites(store, channel);
  for (const participant of agentsIn(channel)) updateParticipant(store, participant, 'closed');
  store.chat.updateChannel(channel.conversationSid, { state: 'inactive' });
}

/** Cancels the tasks that no agent has accepted. */
function cancelInvites({ taskRouter }: InteractionStore, { invites }: InteractionChannel): void {
  for (const { task } of invites.values()) {
    if (task.status !== 'pending' && task.status !== 'reserved') continue;
    taskRouter.updateTask(task, {
      assignmentStatus: 'canceled',
      reason: 'The interaction channel was closed',
    });
  }
}
