/**
 * The Interactions API by REST, for the account:
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api
 */
import { forAccount } from '../../iam/callers.js';
import { buildPage } from '../../paging.js';
import type { ApiRequest, Handler, Method } from '../../router.js';
import { updateChannel } from './channels.js';
import { createInvite, readRouting } from './invites.js';
import { addParticipant, updateParticipant } from './participants.js';
import {
  type NewInteraction,
  readChannelUpdate,
  readInteraction,
  readParticipant,
  readRoutingParam,
  readStatus,
} from './requests.js';
import {
  findChannel,
  findInteraction,
  findParticipant,
  type Interaction,
  type InteractionChannel,
  type InteractionStore,
} from './state.js';
import type { InteractionViews } from './views.js';

/** The API description has the status 200, not 201, for everything that is created here. */
export function addInteractionsRest(
  store: InteractionStore,
  views: InteractionViews,
  start: (request: NewInteraction) => Interaction,
): void {
  const on = (method: Method, path: string, handler: Handler) =>
    store.sandbox.router.on(method, 'flex-api', `/v1/Interactions${path}`, forAccount(handler));
  const findRequestedChannel = ({ segments }: ApiRequest): InteractionChannel =>
    findChannel(findInteraction(store, segments.interaction), segments.channel);

  on('POST', '', ({ body }) => ({ body: views.interaction(start(readInteraction(body))) }));
  on('GET', '/:interaction', ({ segments }) => ({
    body: views.interaction(findInteraction(store, segments.interaction)),
  }));

  on('GET', '/:interaction/Channels', (request) => {
    const { channels } = findInteraction(store, request.segments.interaction);
    return buildPage(request, 'channels', [...channels.values()], views.channel);
  });
  on('GET', '/:interaction/Channels/:channel', (request) => ({
    body: views.channel(findRequestedChannel(request)),
  }));
  on('POST', '/:interaction/Channels/:channel', (request) => {
    const channel = findRequestedChannel(request);
    updateChannel(store, channel, readChannelUpdate(request.body));
    return { body: views.channel(channel) };
  });

  on('GET', '/:interaction/Channels/:channel/Invites', (request) =>
    buildPage(request, 'invites', [...findRequestedChannel(request).invites.values()], views.invite),
  );
  on('POST', '/:interaction/Channels/:channel/Invites', (request) => {
    const channel = findRequestedChannel(request);
    const routing = readRouting(store, readRoutingParam(request.body));
    return { body: views.invite(createInvite(store, channel, routing)) };
  });

  on('GET', '/:interaction/Channels/:channel/Participants', (request) =>
    buildPage(
      request,
      'participants',
      [...findRequestedChannel(request).participants.values()],
      views.participant,
    ),
  );
  on('POST', '/:interaction/Channels/:channel/Participants', (request) => {
    const participant = addParticipant(store, findRequestedChannel(request), readParticipant(request.body));
    return { body: views.participant(participant) };
  });
  on('POST', '/:interaction/Channels/:channel/Participants/:participant', (request) => {
    const participant = findParticipant(findRequestedChannel(request), request.segments.participant);
    updateParticipant(store, participant, readStatus(request.body) ?? '');
    return { body: views.participant(participant) };
  });
}
