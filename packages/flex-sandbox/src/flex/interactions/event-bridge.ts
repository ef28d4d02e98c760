/**
 * Flex UI's requests for interactions, through the event bridge. Only a signed-in worker may send them, and
 * only an agent of the channel or a supervisor may change the channel. Any worker may start an interaction
 * and add a channel to one, also on the conversation of another agent: whether Twilio refuses that is unknown.
 *
 * Flex UI compares participant frames with the SID in the response, so these frames are sent after the
 * response. Reservation frames are sent before the response, as for every request.
 */
import { badRequest, forbidden, notFound } from '../../api-error.js';
import { isSupervisor } from '../../iam/callers.js';
import { asJsonObject } from '../../json.js';
import type { ApiReply, ApiRequest, Method } from '../../router.js';
import { text } from '../../router.js';
import { addChannel, updateChannel } from './channels.js';
import { addParticipant, updateParticipant } from './participants.js';
import {
  type NewInteraction,
  readChannelUpdate,
  readInteraction,
  readParticipant,
  readStatus,
  toRestNames,
} from './requests.js';
import {
  agentsIn,
  findChannel,
  findInteraction,
  findParticipant,
  type Interaction,
  type InteractionChannel,
  type InteractionStore,
} from './state.js';
import { startNativeTransfer } from './transfers.js';
import type { InteractionViews } from './views.js';

/** The time that Flex UI needs to read the response. */
const RESPONSE_MS = 25;

type BridgeHandler = (store: InteractionStore, request: ApiRequest) => ApiReply;

export function addInteractionRequests(
  store: InteractionStore,
  views: InteractionViews,
  start: (request: NewInteraction) => Interaction,
): void {
  const on = (method: Method, template: string, handler: BridgeHandler) =>
    store.taskRouter.bridge.on(method, template, (request) => {
      if (request.caller.workerSid === undefined) throw forbidden();
      return withFramesAfterReply(store, (deferredStore) => handler(deferredStore, request));
    });
  const channelPath = '/v1/Interactions/:interaction/Channels/:channel';
  const transfersPath = '/v1/Instances/:instance/Interactions/:interaction/Channels/:channel/Transfers';
  const findRequestedChannel = ({ segments }: ApiRequest): InteractionChannel =>
    findChannel(findInteraction(store, segments.interaction), segments.channel);
  const findOwnChannel = (request: ApiRequest): InteractionChannel => {
    const channel = findRequestedChannel(request);
    const isAgent = agentsIn(channel).some(
      ({ reservation }) => reservation?.worker.sid === request.caller.workerSid,
    );
    if (!isAgent && !isSupervisor(request.caller)) throw forbidden();
    return channel;
  };

  on('POST', '/v1/Interactions', (_, { body }) => ({
    body: views.interaction(start(readInteraction(toRestNames(body)))),
  }));
  on('GET', '/v1/Interactions/:interaction/Channels', (_, { segments }) => ({
    body: {
      channels: [...findInteraction(store, segments.interaction).channels.values()].map(views.bridgeChannel),
    },
  }));
  on('POST', '/v1/Interactions/:interaction/Channels', (_, { segments, body }) => ({
    body: views.bridgeChannel(addChannel(store, findInteraction(store, segments.interaction), body)),
  }));
  on('POST', channelPath, (deferredStore, request) => {
    const channel = findOwnChannel(request);
    updateChannel(deferredStore, channel, readChannelUpdate(toRestNames(request.body)));
    return { body: views.bridgeChannel(channel) };
  });

  on('POST', `${channelPath}/Invites/:invite`, (_, request) => {
    const channel = findRequestedChannel(request);
    const invite = channel.invites.get(request.segments.invite ?? '');
    if (invite === undefined) throw notFound(request.path);
    answerInvite(store, channel, invite.task.sid, request);
    return { body: views.invite(invite) };
  });

  on('GET', `${channelPath}/Participants`, (_, request) => {
    const { type, participants } = findRequestedChannel(request);
    return {
      body: { channel_type: type, participants: [...participants.values()].map(views.bridgeParticipant) },
    };
  });
  on('POST', `${channelPath}/Participants`, (deferredStore, request) => ({
    body: views.bridgeParticipant(
      addParticipant(deferredStore, findOwnChannel(request), readParticipant(toRestNames(request.body))),
    ),
  }));
  on('GET', transfersPath, (_, request) => ({
    body: [...findRequestedChannel(request).transfers.values()].map(views.transfer),
  }));
  on('POST', transfersPath, (deferredStore, request) => ({
    body: views.transfer(startNativeTransfer(deferredStore, findOwnChannel(request), request.body)),
  }));

  on('POST', `${channelPath}/Participants/:participant`, (deferredStore, request) => {
    const channel = findOwnChannel(request);
    const participant = findParticipant(channel, request.segments.participant);
    updateParticipant(deferredStore, participant, readStatus(toRestNames(request.body)) ?? '');
    const { closeChannelIfLastParticipant } = request.body;
    const isLast = agentsIn(channel).length === 0 && channel.status === 'active';
    if (closeChannelIfLastParticipant === true && isLast) {
      updateChannel(deferredStore, channel, { status: 'closed', routingStatus: 'closed' });
    }
    return { body: views.bridgeParticipant(participant) };
  });
}

/**
 * Accepts or declines an invite: `{ action: 'accept' | 'decline', routing: { reservation: { sid } } }`.
 * Throws 403 for another worker's reservation, and 80102 for an agent who is in the channel through an
 * earlier task:
 * https://www.twilio.com/docs/api/errors/80102
 */
function answerInvite(
  { taskRouter, sandbox }: InteractionStore,
  channel: InteractionChannel,
  taskSid: string,
  { body, caller, path }: ApiRequest,
): void {
  const { sid } = asJsonObject(asJsonObject(body.routing)?.reservation) ?? {};
  const reservation = taskRouter.reservation(String(sid));
  if (reservation.task.sid !== taskSid) throw notFound(path);
  if (reservation.worker.sid !== caller.workerSid && !isSupervisor(caller)) throw forbidden();
  const reservationStatus = text(body, 'action') === 'accept' ? 'accepted' : 'rejected';
  const isInChannel = agentsIn(channel).some(
    ({ reservation: other, status }) =>
      other?.worker === reservation.worker &&
      (status === 'active' || sandbox.quirks.wrappingAgentIsInInteraction),
  );
  if (reservationStatus === 'accepted' && isInChannel) {
    throw badRequest(`Participant has already been added to Interaction ${channel.interaction.sid}`, 80102);
  }
  taskRouter.updateReservation(reservation, { reservationStatus });
}

/** Runs a handler with a store that queues its frames until the client has read the response. */
function withFramesAfterReply(
  store: InteractionStore,
  run: (deferredStore: InteractionStore) => ApiReply,
): ApiReply {
  const frames: Array<() => void> = [];
  const reply = run({ ...store, push: (...frame) => frames.push(() => store.push(...frame)) });
  if (frames.length === 0) return reply;
  const send = () => {
    for (const frame of frames) frame();
  };
  return { ...reply, afterReply: () => store.sandbox.clock.after(RESPONSE_MS, send) };
}
