/**
 * Adds a channel to an interaction, and ends it: with it the conversation, the agents' tasks and the open
 * invites.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api/channels-subresource
 */
import { badRequest } from '../../api-error.js';
import { asJsonObject } from '../../json.js';
import { text } from '../../router.js';
import { announceParticipant } from './events.js';
import { addParticipant, completeReservation, updateParticipant } from './participants.js';
import { agentsIn, type Interaction, type InteractionChannel, type InteractionStore } from './state.js';

export interface ChannelUpdate {
  readonly status: string | undefined;
  /** The new status of the agents' tasks: `wrapup` (default) or `closed`. */
  readonly routingStatus: string | undefined;
}

/**
 * `closed` closes the conversation permanently, cancels open invites, and sets the agents' tasks to
 * `wrapping`, or to `completed` with the routing status `closed`. It can be repeated. `inactive` closes the
 * agents and sets the conversation to `inactive`. It requires the routing status `closed`, except in accounts whose agents
 * wrap up when they leave. Throws 400/45358
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
  if (channel.status === 'closed' && store.sandbox.quirks.closedChannelRefusesClosing)
    throw badRequest(`Failed to close Channel ${channel.sid}: it is closed`, 45359);
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
  const mayWrapUp = store.sandbox.quirks.wrapupTaskOnLeaveAndPause;
  if (routingStatus !== 'closed' && !mayWrapUp)
    throw badRequest('Status inactive requires the routing status closed');
  if (channel.status === 'closed') throw badRequest(`Channel ${channel.sid} is closed`, 45359);
  channel.status = 'inactive';
  cancelInvites(store, channel);
  for (const participant of agentsIn(channel)) updateParticipant(store, participant, routingStatus);
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

/** Adds a channel with its conversation and customers. Throws 400/45354 for a closed conversation. */
export function addChannel(
  store: InteractionStore,
  interaction: Interaction,
  request: Readonly<Record<string, unknown>>,
): InteractionChannel {
  const type = text(request, 'type');
  if (type === undefined) throw badRequest('Channel must have a type');
  const namedConversationSid = text(asJsonObject(request.properties) ?? {}, 'media_channel_sid');
  const channel: InteractionChannel = {
    sid: store.sandbox.sids('UO'),
    interaction,
    type,
    initiatedBy: text(request, 'initiated_by') ?? 'api',
    conversationSid: openConversation(store, namedConversationSid),
    status: 'active',
    participants: new Map(),
    invites: new Map(),
    transfers: new Map(),
    createdAtMs: store.sandbox.clock.nowMs(),
  };
  for (const media of collectCustomers(store, channel, request.participants)) {
    addParticipant(store, channel, { type: 'customer', media: { type, ...media } });
  }
  interaction.channels.set(channel.sid, channel);
  return channel;
}

/** Returns the SID of the named conversation, or of a new one. */
function openConversation({ chat }: InteractionStore, sid: string | undefined): string {
  if (sid === undefined) return chat.createChannel({ friendlyName: 'Flex interaction' }).sid;
  const { state } = chat.channel(sid);
  if (state === 'closed')
    throw badRequest(`Cannot create a Channel for the closed Conversation ${sid}`, 45354);
  return sid;
}

/** Returns the media of the conversation's members and of the named participants. */
function collectCustomers(
  { chat }: InteractionStore,
  { conversationSid }: InteractionChannel,
  participants: unknown,
): Array<Record<string, unknown>> {
  const { members } = chat.channel(conversationSid);
  const memberMedia = [...members.values()].map(
    ({ identity, binding }): Record<string, unknown> =>
      binding === null ? { identity } : { address: binding.address, proxy_address: binding.proxyAddress },
  );
  const namedMedia = (Array.isArray(participants) ? participants : []).map(
    (media) => asJsonObject(media) ?? {},
  );
  const isMember = (media: Record<string, unknown>) =>
    memberMedia.some(({ identity, address }) =>
      identity === undefined ? address === media.address : identity === media.identity,
    );
  return [...memberMedia, ...namedMedia.filter((media) => !isMember(media))];
}
