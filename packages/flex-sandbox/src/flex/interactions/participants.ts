/**
 * Adds, updates and removes participants of an interaction's channel, with the effects on the conversation
 * and on an agent's reservation.
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
 * Adds a participant to the channel and, when `media` has an identity or an address, to the conversation.
 * An existing member of the conversation is reused. Throws 400/50377 when the conversation is closed.
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

/** Adds the worker who accepted an invite. Does nothing when the conversation is closed. */
export function addAgent(store: InteractionStore, { channel }: Invite, reservation: Reservation): void {
  if (store.chat.channel(channel.conversationSid).state === 'closed') return;
  const identity = readIdentity(reservation.worker);
  addParticipant(store, channel, {
    type: 'agent',
    media: { identity, type: channel.type, conversation_sid: channel.conversationSid },
    reservation,
  });
}

/**
 * Removes an agent from the conversation. `wrapup` wraps up their reservation, `closed` completes it and
 * removes the participant. The channel and its other participants do not change. Throws 400/20001 for any
 * other status, and for a participant who is not an agent.
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

/** Completes an accepted or wrapping reservation. Ignores any other. */
export function completeReservation({ taskRouter }: InteractionStore, reservation: Reservation): void {
  if (reservation.status !== 'accepted' && reservation.status !== 'wrapping') return;
  taskRouter.updateReservation(reservation, { reservationStatus: 'completed' });
}

/** Removes the agent from the conversation, unless they are in it for another accepted task. */
function leaveConversation(store: InteractionStore, participant: Participant): void {
  const { channel, memberSid } = participant;
  const hasOtherTask = agentsIn(channel).some(
    (other) =>
      other !== participant &&
      other.memberSid === memberSid &&
      other.status === 'active' &&
      other.reservation?.status === 'accepted',
  );
  const { members } = store.chat.channel(channel.conversationSid);
  if (memberSid === undefined || hasOtherTask || !members.has(memberSid)) return;
  store.chat.removeMember(channel.conversationSid, memberSid);
}

function joinConversation(
  { chat }: InteractionStore,
  { conversationSid }: InteractionChannel,
  media: NewParticipant['media'],
): Member | undefined {
  const fields = readMedia(media);
  if (fields === undefined) return undefined;
  const existingMember = [...chat.channel(conversationSid).members.values()].find((member) =>
    fields.identity === undefined
      ? member.binding?.address === fields.binding?.address
      : member.identity === fields.identity,
  );
  return existingMember ?? chat.addMember(conversationSid, fields);
}

/** Reads how the conversation reaches a participant; `undefined` without an identity or an address. */
function readMedia({
  identity,
  address,
  proxy_address,
  type,
}: NewParticipant['media']): NewMember | undefined {
  if (typeof identity === 'string') return { identity };
  if (typeof address !== 'string') return undefined;
  const [, prefix = 'sms'] = /^(\w+):/.exec(address) ?? [];
  return {
    binding: {
      type: typeof type === 'string' ? type : prefix,
      address,
      proxyAddress: typeof proxy_address === 'string' ? proxy_address : null,
    },
  };
}

/** Returns a worker's chat identity: the one in their `contact_uri`, else the friendly name. */
function readIdentity({ attributes, friendlyName }: Worker): string {
  const { contact_uri } = parseJsonObjectOrEmpty(attributes);
  return typeof contact_uri === 'string' ? contact_uri.replace(/^client:/, '') : friendlyName;
}
