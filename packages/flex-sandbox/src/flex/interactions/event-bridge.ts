/**
 * Interactions as Flex UI asks for them, through the event bridge. Only somebody signed in as a worker may ask, and only
 * an agent of the channel, or a supervisor, may change it.
 *
 * Flex UI compares frames about participants with the SID in the answer, so these frames follow the answer. Frames
 * about reservations come before it, as always.
 */
import { badRequest, forbidden, notFound } from '../../api-error.js';
import { isSupervisor } from '../../iam/callers.js';
import { asJsonObject } from '../../json.js';
import type { ApiReply, ApiRequest, Method } from '../../router.js';
import { text } from '../../router.js';
import { updateChannel } from './channels.js';
import { addParticipant, updateParticipant } from './participants.js';
import {
  type NewInteraction,
  readChannelUpdate,
  readInteraction,
  readParticipant,
  statusIn,
} from './requests.js';
import {
  agentsIn,
  channelOf,
  type Interaction,
  type InteractionChannel,
  type InteractionStore,
  interactionOf,
  participantOf,
} from './state.js';
import { transferChannel } from './transfers.js';
import type { InteractionViews } from './views.js';

/** From the answer until Flex UI has read it. */
const ANSWER_MS = 25;

type BridgeHandler = (store: InteractionStore, request: ApiRequest) => ApiReply;

export function addInteractionRequests(
  store: InteractionStore,
  views: InteractionViews,
  start: (request: NewInteraction) => Interaction,
): void {
  const on = (method: Method, template: string, handler: BridgeHandler) =>
    store.taskRouter.bridge.on(method, template, (request) => {
      if (request.caller.workerSid === undefined) throw forbidden();
      return withFramesAfterReply(store, (deferring) => handler(deferring, request));
    });
  const channelPath = '/v1/Interactions/:interaction/Channels/:channel';
  const transfersPath = '/v1/Instances/:instance/Interactions/:interaction/Channels/:channel/Transfers';
  const find = ({ segments }: ApiRequest): InteractionChannel =>
    channelOf(interactionOf(store, segments.interaction), segments.channel);
  const findOwn = (request: ApiRequest): InteractionChannel => {
    const channel = find(request);
    const isIn = agentsIn(channel).some(
      ({ reservation }) => reservation?.worker.sid === request.caller.workerSid,
    );
    if (!isIn && !isSupervisor(request.caller)) throw forbidden();
    return channel;
  };

  on('POST', '/v1/Interactions', (_, { body }) => ({
    body: views.interaction(start(readInteraction(body))),
  }));
  on('GET', '/v1/Interactions/:interaction/Channels', (_, { segments }) => ({
    body: { channels: [...interactionOf(store, segments.interaction).channels.values()].map(views.channel) },
  }));
  on('POST', channelPath, (deferring, request) => {
    const channel = findOwn(request);
    updateChannel(deferring, channel, readChannelUpdate(request.body));
    return { body: views.channel(channel) };
  });

  on('POST', `${channelPath}/Invites/:invite`, (_, request) => {
    const channel = find(request);
    const invite = channel.invites.get(request.segments.invite ?? '');
    if (invite === undefined) throw notFound(request.path);
    answerInvite(store, channel, invite.task.sid, request);
    return { body: views.invite(invite) };
  });

  on('GET', `${channelPath}/Participants`, (_, request) => {
    const { type, participants } = find(request);
    return { body: { channel_type: type, participants: [...participants.values()].map(views.participant) } };
  });
  on('POST', `${channelPath}/Participants`, (deferring, request) => ({
    body: views.participant(addParticipant(deferring, findOwn(request), readParticipant(request.body))),
  }));
  on('GET', transfersPath, (_, request) => ({
    body: [...find(request).transfers.values()].map(views.transfer),
  }));
  on('POST', transfersPath, (deferring, request) => ({
    body: views.transfer(transferChannel(deferring, findOwn(request), request.body)),
  }));

  on('POST', `${channelPath}/Participants/:participant`, (deferring, request) => {
    const channel = findOwn(request);
    const participant = participantOf(channel, request.segments.participant);
    updateParticipant(deferring, participant, statusIn(request.body) ?? '');
    const { closeChannelIfLastParticipant } = request.body;
    const isLast = agentsIn(channel).length === 0 && channel.status === 'active';
    if (closeChannelIfLastParticipant === true && isLast) {
      updateChannel(deferring, channel, { status: 'closed', routingStatus: 'closed' });
    }
    return { body: views.participant(participant) };
  });
}

/**
 * `{ action: 'accept' | 'decline', routing: { reservation: { sid } } }`. Throws 403 for another worker's, and 80102 for
 * an agent who is in the channel by an earlier task: https://www.twilio.com/docs/api/errors/80102
 */
function answerInvite(
  { taskRouter }: InteractionStore,
  channel: InteractionChannel,
  taskSid: string,
  { body, caller, path }: ApiRequest,
): void {
  const { sid } = asJsonObject(asJsonObject(body.routing)?.reservation) ?? {};
  const reservation = taskRouter.reservation(String(sid));
  if (reservation.task.sid !== taskSid) throw notFound(path);
  if (reservation.worker.sid !== caller.workerSid && !isSupervisor(caller)) throw forbidden();
  const reservationStatus = text(body, 'action') === 'accept' ? 'accepted' : 'rejected';
  const isIn = agentsIn(channel).some(({ reservation: held }) => held?.worker === reservation.worker);
  if (reservationStatus === 'accepted' && isIn) {
    throw badRequest(`Participant has already been added to Interaction ${channel.interaction.sid}`, 80102);
  }
  taskRouter.updateReservation(reservation, { reservationStatus });
}

/** Runs with a store that keeps frames back until the reply has arrived. */
function withFramesAfterReply(
  store: InteractionStore,
  run: (deferring: InteractionStore) => ApiReply,
): ApiReply {
  const frames: Array<() => void> = [];
  const reply = run({ ...store, push: (...frame) => frames.push(() => store.push(...frame)) });
  if (frames.length === 0) return reply;
  const send = () => {
    for (const frame of frames) frame();
  };
  return { ...reply, afterReply: () => store.sandbox.clock.after(ANSWER_MS, send) };
}
