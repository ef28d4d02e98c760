/**
 * Who takes part in an interaction's channel, and what that does to the conversation and to an agent's reservation.
 * https://www.twilio.com/docs/flex/developer/conversations/interactions-api/interaction-channel-participants
 */
import { badRequest } from '../../api-error.js';
import type { NewMember } from '../../chat/members.js';
import type { Member } from '../../chat/state.js';
import { parseJsonObjectOrEmpty } from '../../json.js';
import type { Reservation, Worker } from '../../task-router/state.js';
import { announceParticipant } from './events.js';
import {
  agentsIn,
  type InteractionChannel,
  type InteractionStore,
  type Invite,
  type Participant,
  type ParticipantType,
} from './state.js';

export interface NewParticipant {
  readonly type: ParticipantType;
  readonly media: Readonly<Record<string, unknown>>;
  readonly reservation?: Reservation;
}

/**
 * Adds somebody to the channel and, when their media say how they are reached, to the conversation.
 * One who is in the conversation already stays as they are. Throws 400/50377 when the conversation is closed.
 */
export function addParticipant(
  store: InteractionStore,
  channel: InteractionChannel,
  { type, media, reservation }: NewParticipant,
): Participant {
  const participant: Participant = {
    sid: store.sandbox.sids('UT'),
    channel,
    type,
    media,
    reservation,
    memberSid: joinConversation(store, channel, media)?.sid,
    status: 'active',
  };
  channel.participants.set(participant.sid, participant);
  announceParticipant(store, 'added', participant);
  return participant;
}

/** The worker who accepted an invite joins, as the last step of accepting; in a closed conversation there is no joining. */
export function addAgent(store: InteractionStore, { channel }: Invite, reservation: Reservation): void {
  if (store.chat.channel(channel.conversationSid).state === 'closed') return;
  const identity = identityOf(reservation.worker);
  addParticipant(store, channel, {
    type: 'agent',
    media: { identity, type: channel.type, conversation_sid: channel.conversationSid },
    reservation,
  });
}

/**
 * Takes an agent out of the conversation: `wrapup` leaves them in wrap-up, `closed` completes their reservation and
 * takes them off the list. The channel and everybody else in it stay as they are.
 */
export function updateParticipant(store: InteractionStore, participant: Participant, status: string): void {
  const { reservation } = participant;
  if (reservation === undefined) {
    throw badRequest(`Participant ${participant.sid} is not an agent: only an agent's status can be updated`);
  }
  if (status === 'wrapup') {
    if (reservation.status === 'accepted') {
      store.taskRouter.updateReservation(reservation, { reservationStatus: 'wrapping' });
    }
    participant.status = 'wrapup';
    leaveConversation(store, participant);
    announceParticipant(store, 'modified', participant);
  } else if (status === 'closed') {
    participant.status = 'closed';
    completeReservation(store, reservation);
    leaveConversation(store, participant);
    announceParticipant(store, 'removed', participant);
    participant.channel.participants.delete(participant.sid);
  } else {
    throw badRequest(`Status must be closed or wrapup, not ${status}`);
  }
}

/** Does nothing to one that has ended. */
export function completeReservation({ taskRouter }: InteractionStore, reservation: Reservation): void {
  if (reservation.status !== 'accepted' && reservation.status !== 'wrapping') return;
  taskRouter.updateReservation(reservation, { reservationStatus: 'completed' });
}

/** Takes them out of the conversation, unless they are in it for another task as well. */
function leaveConversation(store: InteractionStore, participant: Participant): void {
  const { channel, memberSid } = participant;
  const isElsewhere = agentsIn(channel).some(
    (other) =>
      other !== participant &&
      other.memberSid === memberSid &&
      other.status === 'active' &&
      other.reservation?.status === 'accepted',
  );
  const { members } = store.chat.channel(channel.conversationSid);
  if (memberSid === undefined || isElsewhere || !members.has(memberSid)) return;
  store.chat.removeMember(channel.conversationSid, memberSid);
}

function joinConversation(
  { chat }: InteractionStore,
  { conversationSid }: InteractionChannel,
  media: NewParticipant['media'],
): Member | undefined {
  const fields = readMedia(media);
  if (fields === undefined) return undefined;
  const present = [...chat.channel(conversationSid).members.values()].find((member) =>
    fields.identity === undefined
      ? member.binding?.address === fields.binding?.address
      : member.identity === fields.identity,
  );
  return present ?? chat.addMember(conversationSid, fields);
}

/** How the conversation reaches them; `undefined` when the media do not say so. */
function readMedia({
  identity,
  address,
  proxy_address,
  type,
}: NewParticipant['media']): NewMember | undefined {
  if (typeof identity === 'string') return { identity };
  if (typeof address !== 'string') return undefined;
  const [, named = 'sms'] = /^(\w+):/.exec(address) ?? [];
  return {
    binding: {
      type: typeof type === 'string' ? type : named,
      address,
      proxyAddress: typeof proxy_address === 'string' ? proxy_address : null,
    },
  };
}

/** A worker's identity in chat: what their `contact_uri` names. */
function identityOf({ attributes, friendlyName }: Worker): string {
  const { contact_uri } = parseJsonObjectOrEmpty(attributes);
  return typeof contact_uri === 'string' ? contact_uri.replace(/^client:/, '') : friendlyName;
}
