/**
 * Routes the requests that the event bridge carries, by the path inside the envelope. Other products add
 * their own with `Bridge.on`. event-bridge.ts reads the envelope.
 */
import {
  type ApiReply,
  type ApiRequest,
  createRouter,
  type Handler,
  type Method,
  type Route,
} from '../router.js';

/** The product name of the wrapped requests in `Bridge.routes`. */
const PRODUCT = 'event-bridge-request';

export interface Bridge {
  /** Handles requests by the path inside the envelope, such as `/v1/Interactions/:interaction/Channels`. */
  on(method: Method, template: string, handler: Handler): void;
  routes(): readonly Route[];
}

interface BridgeRouter extends Bridge {
  /** Runs the handler of a request that was read from its envelope. */
  dispatch(request: Omit<ApiRequest, 'segments' | 'host'>): Promise<ApiReply>;
}

export function createBridgeRouter(): BridgeRouter {
  const requests = createRouter();
  return {
    on: (method, template, handler) => requests.on(method, PRODUCT, template, handler),
    routes: () => requests.routes(),
    dispatch: (request) => requests.dispatch({ ...request, host: PRODUCT }),
  };
}
