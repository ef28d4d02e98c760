/** What the files with `aim` endpoints share: how to add an endpoint and find the channel in its path. */
import type { ApiRequest, Handler, Method } from '../router.js';
import { requireMayRead } from './access.js';
import { getChannel } from './channels.js';
import type { Channel, ChatStore } from './state.js';

/** Adds one endpoint under `/Client/v1`. */
export type AddEndpoint = (method: Method, path: string, handler: Handler) => void;

/** The URL of the API on the request's host, which may be a regional host. */
export const buildApiUrl = ({ host }: ApiRequest) => `https://${host}/Client/v1`;

/** The channel in the path. Throws 404/50350 for an unknown and 403/50430 for an unreadable channel. */
export function getReadableChannel(store: ChatStore, { segments, caller }: ApiRequest): Channel {
  const channel = getChannel(store, segments.channel ?? '');
  requireMayRead(store, channel, caller);
  return channel;
}
