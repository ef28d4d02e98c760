/**
 * Flex Conversations: starts interactions, and adds a worker to an interaction's channel when they accept one
 * of its tasks, through any API.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api
 *
 * Other changes of such a task at TaskRouter do not close the channel or change the conversation. Twilio
 * warns about this:
 * https://www.twilio.com/docs/flex/developer/conversations/best-practices
 */
import { badRequest } from '../../api-error.js';
import type { Chat } from '../../chat/chat.js';
import { asJsonObject } from '../../json.js';
import { text } from '../../router.js';
import type { SandboxState } from '../../sandbox-state.js';
import type { Reservation } from '../../task-router/state.js';
import type { TaskRouter } from '../../task-router/task-router.js';
import { addInteractionRequests } from './event-bridge.js';
import { createInvite, readRouting } from './invites.js';
import { addAgent, addParticipant } from './participants.js';
import type { NewInteraction } from './requests.js';
import { addInteractionsRest } from './rest.js';
import { buildSnapshot, type InteractionSnapshot } from './snapshot.js';
import { agentsIn, type Interaction, type InteractionChannel, type InteractionStore } from './state.js';
import { createInteractionViews } from './views.js';

export interface Interactions {
  /** Throws 400/45354 when the request names a closed conversation. */
  start(request: NewInteraction): Interaction;
  snapshot(): readonly InteractionSnapshot[];
}

export interface InteractionDependencies {
  readonly sandbox: SandboxState;
  readonly taskRouter: TaskRouter;
  readonly chat: Chat;
}

export function addInteractions(dependencies: InteractionDependencies): Interactions {
  const store: InteractionStore = {
    ...dependencies,
    interactions: new Map(),
    invitesByTask: new Map(),
    push: dependencies.taskRouter.push,
  };
  const views = createInteractionViews(dependencies.sandbox.account);
  const start = (request: NewInteraction) => startInteraction(store, request);
  addInteractionsRest(store, views, start);
  addInteractionRequests(store, views, start);
  dependencies.taskRouter.onEvent(({ type, reservation }) => {
    if (reservation !== undefined) handleReservationEvent(store, type, reservation);
  });
  return {
    start,
    snapshot: () => [...store.interactions.values()].map(buildSnapshot),
  };
}

function startInteraction(
  store: InteractionStore,
  { channel: channelRequest, routing }: NewInteraction,
): Interaction {
  const type = text(channelRequest, 'type');
  if (type === undefined) throw badRequest('Channel must have a type');
  const inviteRouting = routing === undefined ? undefined : readRouting(store, routing);
  const conversationSid = openConversation(
    store,
    text(asJsonObject(channelRequest.properties) ?? {}, 'media_channel_sid'),
  );
  const { sandbox } = store;
  const nowMs = sandbox.clock.nowMs();
  const interaction: Interaction = { sid: sandbox.sids('KD'), channels: new Map(), createdAtMs: nowMs };
  const channel: InteractionChannel = {
    sid: sandbox.sids('UO'),
    interaction,
    type,
    initiatedBy: text(channelRequest, 'initiated_by') ?? 'api',
    conversationSid,
    status: 'active',
    participants: new Map(),
    invites: new Map(),
    transfers: new Map(),
    createdAtMs: nowMs,
  };
  for (const media of collectCustomers(store, channel, channelRequest.participants)) {
    addParticipant(store, channel, { type: 'customer', media: { type, ...media } });
  }
  interaction.channels.set(channel.sid, channel);
  store.interactions.set(interaction.sid, interaction);
  if (inviteRouting !== undefined) createInvite(store, channel, inviteRouting);
  return interaction;
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

function handleReservationEvent(store: InteractionStore, eventType: string, reservation: Reservation): void {
  const { task } = reservation;
  const invite = store.invitesByTask.get(task.sid);
  if (invite === undefined) return;
  const { channel } = invite;
  switch (eventType) {
    case 'reservation.accepted':
      addAgent(store, invite, reservation);
      break;
    case 'reservation.completed':
      for (const agent of agentsIn(channel)) {
        if (agent.reservation === reservation) channel.participants.delete(agent.sid);
      }
      break;
    case 'reservation.rejected':
    case 'reservation.timeout':
      // An invite for one worker is not offered to another worker.
      if (invite.isForWorker && task.status === 'pending') {
        store.taskRouter.updateTask(task, {
          assignmentStatus: 'canceled',
          reason: 'The invite was declined',
        });
      }
      break;
  }
}
