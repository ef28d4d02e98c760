/**
 * What all products of the sandbox share: clock, SIDs, credentials, tokens, endpoints and sockets. A product
 * (TaskRouter, chat, Sync…) is a function that takes this state, adds its endpoints and returns its API. A
 * reset creates a new state.
 */
import type { WebSocket } from 'ws';
import { type AccountCredentials, SANDBOX_ACCOUNT } from './account-credentials.js';
import { type Clock, createClock, httpDate } from './clock.js';
import { createTokens, type Tokens } from './iam/tokens.js';
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js';
import { createRouter, type Router } from './router.js';
import { createSids, type Sids } from './sids.js';

/** A WebSocket that a client opened on a Twilio host. */
export interface OpenedSocket {
  readonly socket: WebSocket;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface SandboxState {
  readonly account: AccountCredentials;
  readonly clock: Clock;
  readonly sids: Sids;
  readonly tokens: Tokens;
  readonly router: Router;
  /** Handlers of new WebSockets, by the first label of the host: `tsock` for `tsock.us1.twilio.com`. */
  readonly sockets: Map<string, (opened: OpenedSocket) => void>;
  readonly quirks: Quirks;
  setQuirks(changes: Partial<Quirks>): void;
  /** Where the sandbox listens, such as `http://127.0.0.1:4010`. The base of absolute URLs in responses. */
  readonly url: string;
  /** Calls `listener` when a reset or `close` ends this state. It must close sockets and abort requests. */
  onEnd(listener: () => void): void;
  /** Calls the `onEnd` listeners and stops the clock. */
  end(): void;
}

export interface SandboxStateOptions {
  readonly url: string;
  /** With a seed, SIDs are the same in every run. A function is called for each SID. */
  readonly seed?: string | (() => string);
  readonly startAtMs?: number;
  /** Changes to `DEFAULT_QUIRKS`. */
  readonly quirks?: Partial<Quirks>;
}

export function createSandboxState({
  url,
  seed,
  startAtMs,
  quirks: firstQuirks,
}: SandboxStateOptions): SandboxState {
  let quirks: Quirks = { ...DEFAULT_QUIRKS, ...firstQuirks };
  const clock = createClock(startAtMs);
  const endListeners: Array<() => void> = [];
  return {
    account: SANDBOX_ACCOUNT,
    clock,
    sids: createSids(seed),
    tokens: createTokens(SANDBOX_ACCOUNT, clock),
    router: addDates(createRouter(), clock),
    sockets: new Map(),
    get quirks() {
      return quirks;
    },
    setQuirks(changes) {
      quirks = { ...quirks, ...changes };
    },
    url,
    onEnd: (listener) => endListeners.push(listener),
    end() {
      for (const listener of endListeners) listener();
      clock.stop();
    },
  };
}

/** Every reply has the `Date` of the sandbox's clock, also when no HTTP server sends it. */
function addDates(router: Router, clock: Clock): Router {
  return {
    ...router,
    async dispatch(request) {
      const reply = await router.dispatch(request);
      return { ...reply, headers: { date: httpDate(clock.nowMs()), ...reply.headers } };
    },
  };
}
