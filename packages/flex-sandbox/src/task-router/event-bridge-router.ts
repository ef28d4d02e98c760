/**
 * The requests that the event bridge carries, by the path inside the envelope. Other products add their own with
 * `Bridge.on`. The envelope itself is read in event-bridge.ts.
 */
import {
  type ApiReply,
  type ApiRequest,
  createRouter,
  type Handler,
  type Method,
  type Route,
} from '../router.js';

/** The product under which `Bridge.routes` lists the wrapped requests. */
const WRAPPED = 'event-bridge-request';

export interface Bridge {
  /** Adds a request by the path inside the envelope, such as `/v1/Interactions/:interaction/Channels`. */
  on(method: Method, template: string, handler: Handler): void;
  routes(): readonly Route[];
}

interface BridgeRouter extends Bridge {
  /** Answers a request that was taken out of its envelope. */
  dispatch(request: Omit<ApiRequest, 'segments' | 'host'>): Promise<ApiReply>;
}

export function createBridgeRouter(): BridgeRouter {
  const requests = createRouter();
  return {
    on: (method, template, handler) => requests.on(method, WRAPPED, template, handler),
    routes: () => requests.routes(),
    dispatch: (request) => requests.dispatch({ ...request, host: WRAPPED }),
  };
}
