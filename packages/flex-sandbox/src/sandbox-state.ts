/**
 * What every part of the sandbox shares: time, identifiers, the account, tokens, the table of endpoints and
 * the table of sockets. A part is a function that takes the world, adds its endpoints, and returns its state;
 * a reset makes a new world.
 */
import type { WebSocket } from 'ws';
import { type AccountCredentials, SANDBOX_ACCOUNT } from './account-credentials.js';
import { type Clock, createClock } from './clock.js';
import { createTokens, type Tokens } from './iam/tokens.js';
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
  /** Who takes the sockets opened on a product's hosts, by the host's first label. */
  readonly sockets: Map<string, (opened: OpenedSocket) => void>;
  /** Where the sandbox listens, such as `http://127.0.0.1:4010`; clients are told absolute addresses with it. */
  readonly url: string;
  /** Runs when the world ends; stop timers and close sockets here. */
  onEnd(end: () => void): void;
  end(): void;
}

export interface SandboxStateOptions {
  readonly url: string;
  /** With a seed, SIDs are the same in every run; a function is asked for each of them. */
  readonly seed?: string | (() => string);
  readonly startAtMs?: number;
}

export function createSandboxState({ url, seed, startAtMs }: SandboxStateOptions): SandboxState {
  const clock = createClock(startAtMs);
  const ends: Array<() => void> = [];
  return {
    account: SANDBOX_ACCOUNT,
    clock,
    sids: createSids(seed),
    tokens: createTokens(SANDBOX_ACCOUNT, clock),
    router: createRouter(),
    sockets: new Map(),
    url,
    onEnd: (end) => ends.push(end),
    end() {
      for (const end of ends) end();
      clock.stop();
    },
  };
}
