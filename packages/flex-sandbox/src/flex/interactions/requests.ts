/**
 * Parameters of interactions as the two APIs send them: forms with JSON texts in PascalCase by REST, JSON in snake case
 * through the event bridge.
 */
import { badRequest } from '../../api-error.js';
import { asJsonObject, parseJsonObject } from '../../json.js';
import { type Params, text } from '../../router.js';
import type { ChannelUpdate } from './channels.js';
import type { NewParticipant } from './participants.js';
import type { ParticipantType } from './state.js';

/** Members are as on the wire, in snake case. */
export interface NewInteraction {
  readonly channel: Readonly<Record<string, unknown>>;
  readonly routing?: Readonly<Record<string, unknown>> | undefined;
}

const PARTICIPANT_TYPES: readonly ParticipantType[] = [
  'agent',
  'customer',
  'supervisor',
  'external',
  'unknown',
];

/** Throws 400/20001 without a channel. */
export function readInteraction(body: Params): NewInteraction {
  const channel = objectIn(body, 'Channel', 'channel');
  if (channel === undefined) throw badRequest('Missing required parameter Channel in the post body');
  return { channel, routing: objectIn(body, 'Routing', 'routing') };
}

/** `undefined` when there is none. Throws 400/20001 when it is no JSON object. */
export const routingIn = (body: Params): Params | undefined => objectIn(body, 'Routing', 'routing');

export const statusIn = (body: Params): string | undefined => text(body, 'Status') ?? text(body, 'status');

export const readChannelUpdate = (body: Params): ChannelUpdate => ({
  status: statusIn(body),
  routingStatus: text(routingIn(body) ?? {}, 'status'),
});

/** Agents join by accepting an invite. Throws 400/20001 for them, for an unknown type and without media. */
export function readParticipant(body: Params): NewParticipant {
  const given = text(body, 'Type') ?? text(body, 'type');
  const type = PARTICIPANT_TYPES.find((known) => known === given);
  if (type === undefined) throw badRequest(`Type must be one of ${PARTICIPANT_TYPES.join(', ')}`);
  if (type === 'agent') throw badRequest('An agent is added by an invite');
  const media = objectIn(body, 'MediaProperties', 'media_properties');
  if (media === undefined) throw badRequest('Missing required parameter MediaProperties in the post body');
  return { type, media };
}

function objectIn(body: Params, ...names: readonly string[]): Params | undefined {
  for (const name of names) {
    const value = body[name];
    if (value === undefined || value === null || value === '') continue;
    const members = typeof value === 'string' ? parseJsonObject(value) : asJsonObject(value);
    if (members === undefined) throw badRequest(`${name} must be a JSON object`);
    return members;
  }
  return undefined;
}
