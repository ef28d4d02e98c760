/** Shared by the files with `aim` endpoints: how to add an endpoint, and how to find the channel in its path. */
import type { ApiRequest, Handler, Method } from '../router.js';
import { requireMayRead } from './access.js';
import { getChannel } from './channels.js';
import type { Channel, ChatStore } from './state.js';

/** Adds one endpoint under `/Client/v1`. */
export type AddEndpoint = (method: Method, path: string, handler: Handler) => void;

/** The URL of the API on the host of the request, which may be a regional one. */
export const buildApiUrl = ({ host }: ApiRequest) => `https://${host}/Client/v1`;

/** The channel in the path. Throws 404/50300 when there is none, 403/50430 when the caller may not read it. */
export function getReadableChannel(store: ChatStore, { segments, caller }: ApiRequest): Channel {
  const channel = getChannel(store, segments.channel ?? '');
  requireMayRead(store, channel, caller);
  return channel;
}
