/**
 * Reads the parameters of interactions from both APIs. REST sends forms with PascalCase names and JSON text;
 * the event bridge sends JSON in snake case.
 */
import { badRequest } from '../../api-error.js';
import { asJsonObject, parseJsonObject } from '../../json.js';
import { type Params, text } from '../../router.js';
import type { ChannelUpdate } from './channels.js';
import type { NewParticipant } from './participants.js';
import type { ParticipantType } from './state.js';

/** Members are in snake case, as in the API. */
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
  const channel = readObject(body, 'Channel', 'channel');
  if (channel === undefined) throw badRequest('Missing required parameter Channel in the post body');
  return { channel, routing: readObject(body, 'Routing', 'routing') };
}

/** Reads `routing`; `undefined` without it. Throws 400/20001 when it is not a JSON object. */
export const readRoutingParam = (body: Params): Params | undefined => readObject(body, 'Routing', 'routing');

export const readStatus = (body: Params): string | undefined => text(body, 'Status') ?? text(body, 'status');

export const readChannelUpdate = (body: Params): ChannelUpdate => ({
  status: readStatus(body),
  routingStatus: text(readRoutingParam(body) ?? {}, 'status'),
});

/** Throws 400/20001 for an unknown type, without media, and for agents, who join by accepting an invite. */
export function readParticipant(body: Params): NewParticipant {
  const requestedType = text(body, 'Type') ?? text(body, 'type');
  const type = PARTICIPANT_TYPES.find((known) => known === requestedType);
  if (type === undefined) throw badRequest(`Type must be one of ${PARTICIPANT_TYPES.join(', ')}`);
  if (type === 'agent') throw badRequest('An agent is added by an invite');
  const media = readObject(body, 'MediaProperties', 'media_properties');
  if (media === undefined) throw badRequest('Missing required parameter MediaProperties in the post body');
  return { type, media };
}

function readObject(body: Params, ...names: readonly string[]): Params | undefined {
  for (const name of names) {
    const value = body[name];
    if (value === undefined || value === null || value === '') continue;
    const members = typeof value === 'string' ? parseJsonObject(value) : asJsonObject(value);
    if (members === undefined) throw badRequest(`${name} must be a JSON object`);
    return members;
  }
  return undefined;
}
