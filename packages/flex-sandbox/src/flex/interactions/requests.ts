/**
 * Reads the parameters of interactions: forms with PascalCase names and JSON text, as REST sends them. The event
 * bridge sends JSON in snake case: `toRestNames` translates the names.
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

/** Translates the names of an event bridge's body: `media_properties` becomes `MediaProperties`. */
export const toRestNames = (body: Params): Params =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name.replace(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase()),
      value,
    ]),
  );

/** Throws 400/20001 without a channel. */
export function readInteraction(body: Params): NewInteraction {
  const channel = readObject(body, 'Channel');
  if (channel === undefined) throw badRequest('Missing required parameter Channel in the post body');
  return { channel, routing: readRoutingParam(body) };
}

/** Reads `Routing`; `undefined` without it. Throws 400/20001 when it is not a JSON object. */
export const readRoutingParam = (body: Params): Params | undefined => readObject(body, 'Routing');

export const readStatus = (body: Params): string | undefined => text(body, 'Status');

export const readChannelUpdate = (body: Params): ChannelUpdate => ({
  status: readStatus(body),
  routingStatus: text(readRoutingParam(body) ?? {}, 'status'),
});

/** Throws 400/20001 for an unknown type, without media, and for agents, who join by accepting an invite. */
export function readParticipant(body: Params): NewParticipant {
  const requestedType = text(body, 'Type');
  const type = PARTICIPANT_TYPES.find((known) => known === requestedType);
  if (type === undefined) throw badRequest(`Type must be one of ${PARTICIPANT_TYPES.join(', ')}`);
  if (type === 'agent') throw badRequest('An agent is added by an invite');
  const media = readObject(body, 'MediaProperties');
  if (media === undefined) throw badRequest('Missing required parameter MediaProperties in the post body');
  return { type, media };
}

function readObject(body: Params, name: string): Params | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  const members = typeof value === 'string' ? parseJsonObject(value) : asJsonObject(value);
  if (members === undefined) throw badRequest(`${name} must be a JSON object`);
  return members;
}
