/**
 * The control endpoints under `/_sandbox/`, for tests and the landing page: state, reset, clock, faults,
 * request log, texts, tokens. Bodies are JSON. Twilio has none of these endpoints.
 */
import { badRequest, notFound } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { ABSENT, ENDPOINTS, EVENTS } from '../coverage.js';
import { parseSetUpFault, type SetUpFaults } from '../flex/interactions/set-up.js';
import type { Texts } from '../flex/texts.js';
import { signIn } from '../iam/sign-in.js';
import { formatExpiration } from '../iam/validate.js';
import { parseQuirks, type Quirks } from '../quirks.js';
import { REFUSALS } from '../refusals.js';
import { type ApiReply, type Params, parseBody, parseForm, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { type AccountSeed, parseAccountSeed } from '../seed.js';
import type { PageHandler } from '../server.js';
import type { TaskRouter } from '../task-router/task-router.js';
import { type Faults, parseFault } from './faults.js';
import type { RequestLog } from './requests.js';
import { parseSocketFault, type SocketFaults } from './socket-faults.js';

export interface ControlDependencies {
  readonly faults: Faults;
  readonly socketFaults: SocketFaults;
  readonly log: RequestLog;
  readonly sandbox: () => SandboxState;
  readonly taskRouter: () => TaskRouter;
  readonly setUpFaults: () => SetUpFaults;
  readonly texts: () => Texts;
  /** The whole state as plain data. */
  readonly snapshot: () => unknown;
  /** The app config that Flex UI starts with. */
  readonly flexAppConfig: () => Record<string, unknown>;
  /** Changes quirks at once. They stay after resets. */
  readonly setQuirks: (changes: Partial<Quirks>) => void;
  /** Resets the sandbox. Members of `seed` replace those of the account's seed, in later resets too. */
  readonly reset: (seed?: Partial<AccountSeed>) => Promise<void>;
}

type ControlHandler = (params: Params) => ApiReply | Promise<ApiReply>;

const PREFIX = '/_sandbox/';
const CHAT_TOKEN_LIFETIME_MS = 3_600_000;

export function serveControls(dependencies: ControlDependencies): PageHandler {
  const handlers = createHandlers(dependencies);
  return async ({ method, url, rawBody }) => {
    if (!url.pathname.startsWith(PREFIX)) return undefined;
    const handler = handlers[`${method} ${url.pathname.slice(PREFIX.length)}`];
    if (handler === undefined) throw notFound(url.pathname);
    return handler(method === 'GET' ? parseForm(url.search) : parseBody(rawBody, 'application/json'));
  };
}

/** Twilio's limit for the lifetime of an access token. */
const MAX_LIFETIME_MS = 24 * 3_600_000;

/** How long the token is valid, from `lifetimeMs`; `undefined` for the default. */
function readLifetime(params: Params): number | undefined {
  const value = text(params, 'lifetimeMs');
  if (value === undefined) return undefined;
  const lifetimeMs = Number(value);
  if (!(lifetimeMs > 0 && lifetimeMs <= MAX_LIFETIME_MS))
    throw badRequest('lifetimeMs must be a number of milliseconds, more than 0 and a day at most');
  return lifetimeMs;
}

function createHandlers({
  faults,
  socketFaults,
  log,
  sandbox,
  taskRouter,
  setUpFaults,
  texts,
  snapshot,
  flexAppConfig,
  setQuirks,
  reset,
}: ControlDependencies): Readonly<Record<string, ControlHandler>> {
  const readClock = () => {
    const nowMs = sandbox().clock.nowMs();
    return { nowMs, now: isoMilliseconds(nowMs) };
  };

  return {
    'GET state': () => ({ body: snapshot() }),

    /** What the sandbox imitates and refuses, on what evidence, and what is absent. */
    'GET coverage': () => ({
      body: { endpoints: ENDPOINTS, events: EVENTS, refusals: REFUSALS, absent: ABSENT },
    }),

    async 'POST reset'() {
      await reset();
      return { status: 204 };
    },

    async 'POST seed'(seed) {
      await reset(parseAccountSeed(seed));
      return { body: snapshot() };
    },

    'GET quirks': () => ({ body: sandbox().quirks }),
    'POST quirks'(changes) {
      setQuirks(parseQuirks(changes));
      return { body: sandbox().quirks };
    },

    'GET clock': () => ({ body: readClock() }),
    'POST clock'(params) {
      const advanceMs = Number(text(params, 'advanceMs'));
      if (!Number.isFinite(advanceMs) || advanceMs < 0) {
        throw badRequest('advanceMs must be a number of milliseconds, 0 or more');
      }
      sandbox().clock.advance(advanceMs);
      return { body: readClock() };
    },

    'GET faults': () => ({ body: { faults: faults.list() } }),
    'POST faults': (params) => ({ status: 201, body: faults.add(parseFault(params)) }),
    /** Removes the fault with this `id`; without an `id`, all faults. */
    'DELETE faults'(params) {
      const id = text(params, 'id');
      if (id === undefined) faults.clear();
      else faults.remove(Number(id));
      return { status: 204 };
    },

    'GET socket-faults': () => ({ body: { faults: socketFaults.list() } }),
    'POST socket-faults': (params) => ({ status: 201, body: socketFaults.add(parseSocketFault(params)) }),
    /** Removes the fault with this `id`; without an `id`, all faults. */
    'DELETE socket-faults'(params) {
      const id = text(params, 'id');
      if (id === undefined) socketFaults.clear();
      else socketFaults.remove(Number(id));
      return { status: 204 };
    },

    'GET set-up-faults': () => ({ body: { faults: setUpFaults().list() } }),
    'POST set-up-faults'(params) {
      const fault = parseSetUpFault(params);
      setUpFaults().add(fault);
      return { status: 201, body: fault };
    },
    'DELETE set-up-faults'() {
      setUpFaults().clear();
      return { status: 204 };
    },

    /** `after` selects records with a greater id. */
    'GET requests'(params) {
      const after = Number(text(params, 'after') ?? 0);
      return { body: { requests: log.list().filter(({ id }) => id > after) } };
    },
    'DELETE requests'() {
      log.clear();
      return { status: 204 };
    },

    /** Texts sent to customers. */
    'GET texts': () => ({ body: { texts: texts().sent() } }),
    /** Receives a text from a customer. */
    'POST texts'(params) {
      const [from, body] = [text(params, 'from'), text(params, 'body')];
      if (from === undefined || body === undefined) throw badRequest('from and body are required');
      return { status: 201, body: texts().receive({ from, body, type: text(params, 'type') }) };
    },

    'POST tokens'(params) {
      const identity = text(params, 'identity');
      if (identity === undefined) throw badRequest('identity is required');
      switch (text(params, 'kind')) {
        case 'flex':
          return { status: 201, body: signIn(sandbox(), taskRouter(), identity, readLifetime(params)) };
        case 'chat': {
          const lifetimeMs = readLifetime(params) ?? CHAT_TOKEN_LIFETIME_MS;
          const expiresAtMs = sandbox().clock.nowMs() + lifetimeMs;
          const token = sandbox().tokens.issueChatToken(identity, lifetimeMs);
          return { status: 201, body: { token, identity, expiration: formatExpiration({ expiresAtMs }) } };
        }
        default:
          throw badRequest('kind must be flex or chat');
      }
    },

    /** The session and the app config of the Flex page. */
    'GET flex-session'(params) {
      const session = signIn(sandbox(), taskRouter(), text(params, 'worker') ?? '', readLifetime(params));
      return { body: { session, appConfig: flexAppConfig() } };
    },
  };
}
