/**
 * Flex Conversations: starts interactions, and adds a worker to an interaction's channel when they accept one
 * of its tasks, through any API.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api
 *
 * Other changes of such a task at TaskRouter do not close the channel or change the conversation. Twilio
 * warns about this:
 * https://www.twilio.com/docs/flex/developer/conversations/best-practices
 */
import type { Chat } from '../../chat/chat.js';
import type { SandboxState } from '../../sandbox-state.js';
import type { Reservation, Task } from '../../task-router/state.js';
import type { TaskRouter } from '../../task-router/task-router.js';
import { addChannel, updateChannel } from './channels.js';
import { addInteractionRequests } from './event-bridge.js';
import { createInvite, readRouting } from './invites.js';
import { addAgent } from './participants.js';
import type { NewInteraction } from './requests.js';
import { addInteractionsRest } from './rest.js';
import { createSetUpFaults, planSetUp, type SetUpFaults } from './set-up.js';
import { buildSnapshot, type InteractionSnapshot } from './snapshot.js';
import { agentsIn, type Interaction, type InteractionStore } from './state.js';
import { createInteractionViews } from './views.js';

export interface Interactions {
  /** Throws 400/45354 when the request names a closed conversation. */
  start(request: NewInteraction): Interaction;
  /** What happens to the next accepts. */
  readonly setUpFaults: SetUpFaults;
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
  const setUpFaults = createSetUpFaults();
  addInteractionsRest(store, views, start);
  addInteractionRequests(store, views, start);
  dependencies.taskRouter.setUpWorkers((reservation) => planSetUp(store, setUpFaults, reservation));
  dependencies.taskRouter.onEvent(({ type, reservation, task }) => {
    if (reservation !== undefined) handleReservationEvent(store, type, reservation);
    else if (type === 'task.canceled' && task !== undefined) handleCancelledInvite(store, task);
  });
  return {
    start,
    setUpFaults,
    snapshot: () => [...store.interactions.values()].map(buildSnapshot),
  };
}

function startInteraction(store: InteractionStore, { channel, routing }: NewInteraction): Interaction {
  const inviteRouting = routing === undefined ? undefined : readRouting(store, routing);
  const { sandbox } = store;
  const interaction: Interaction = {
    sid: sandbox.sids('KD'),
    channels: new Map(),
    createdAtMs: sandbox.clock.nowMs(),
  };
  const newChannel = addChannel(store, interaction, channel);
  store.interactions.set(interaction.sid, interaction);
  if (inviteRouting !== undefined) createInvite(store, newChannel, inviteRouting);
  return interaction;
}

/**
 * A channel that has neither an agent nor another open invite becomes inactive when a task that no agent has accepted is cancelled,
 * if the account has this quirk.
 */
function handleCancelledInvite(store: InteractionStore, task: Task): void {
  const invite = store.invitesByTask.get(task.sid);
  if (invite === undefined || !store.sandbox.quirks.cancelledInviteEndsChannel) return;
  const { channel } = invite;
  const isOpen = ({ status }: Task) => status === 'pending' || status === 'reserved';
  const hasOther =
    agentsIn(channel).length > 0 || [...channel.invites.values()].some((other) => isOpen(other.task));
  const wasAccepted = task.reservations.some(({ status }) => status === 'completed');
  if (channel.status === 'active' && !hasOther && !wasAccepted)
    updateChannel(store, channel, { status: 'inactive', routingStatus: 'closed' });
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
