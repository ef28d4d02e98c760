/** What the files of `aim` endpoints share: how one is added, and what its request names. */
import type { ApiRequest, Handler, Method } from '../router.js';
import { requireMayRead } from './access.js';
import { getChannel } from './channels.js';
import type { Channel, ChatStore } from './state.js';

/** Adds one endpoint under `/Client/v1`. */
export type AddEndpoint = (method: Method, path: string, handler: Handler) => void;

/** The address of the API on the host the client speaks to, so that regions keep theirs. */
export const buildApiUrl = ({ host }: ApiRequest) => `https://${host}/Client/v1`;

/** The channel named in the path. Throws 404 when there is none, 403 when the caller has no business with it. */
export function getReadableChannel(store: ChatStore, { segments, caller }: ApiRequest): Channel {
  const channel = getChannel(store, segments.channel ?? '');
  requireMayRead(store, channel, caller);
  return channel;
}
