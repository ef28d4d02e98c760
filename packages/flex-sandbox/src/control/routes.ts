/**
 * The sandbox's own endpoints under `/_sandbox/`, for tests and for the landing page: look inside, start over, move
 * time, make faults, read the log, get tokens. Bodies are JSON. Nothing here exists on Twilio.
 */
import { badRequest, notFound } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { ABSENT, ENDPOINTS, EVENTS } from '../coverage.js';
import type { Texts } from '../flex/texts.js';
import { signIn } from '../iam/sign-in.js';
import { formatExpiration } from '../iam/validate.js';
import { type ApiReply, type Params, parseBody, parseForm, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { type AccountSeed, parseAccountSeed } from '../seed.js';
import type { PageHandler } from '../server.js';
import type { TaskRouter } from '../task-router/task-router.js';
import { type Faults, parseFault } from './faults.js';
import type { RequestLog } from './requests.js';

export interface Controls {
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly sandbox: () => SandboxState;
  readonly taskRouter: () => TaskRouter;
  readonly texts: () => Texts;
  /** Everything there is, as plain data. */
  readonly snapshot: () => unknown;
  /** What Flex UI is started with. */
  readonly flexAppConfig: () => Record<string, unknown>;
  /** Starts over; `seed` replaces parts of what the account has from then on. */
  readonly reset: (seed?: Partial<AccountSeed>) => Promise<void>;
}

type ControlHandler = (params: Params) => ApiReply | Promise<ApiReply>;

const PREFIX = '/_sandbox/';
const CHAT_TOKEN_LIFETIME_MS = 3_600_000;

export function serveControls(controls: Controls): PageHandler {
  const handlers = controlHandlers(controls);
  return async ({ method, url, rawBody }) => {
    if (!url.pathname.startsWith(PREFIX)) return undefined;
    const handler = handlers[`${method} ${url.pathname.slice(PREFIX.length)}`];
    if (handler === undefined) throw notFound(url.pathname);
    return handler(method === 'GET' ? parseForm(url.search) : parseBody(rawBody, 'application/json'));
  };
}

function controlHandlers({
  faults,
  log,
  sandbox,
  taskRouter,
  texts,
  snapshot,
  flexAppConfig,
  reset,
}: Controls): Readonly<Record<string, ControlHandler>> {
  const now = () => {
    const nowMs = sandbox().clock.nowMs();
    return { nowMs, now: isoMilliseconds(nowMs) };
  };

  return {
    'GET state': () => ({ body: snapshot() }),

    /** What of Twilio is answered here, how sure that is, and what is not. */
    'GET coverage': () => ({ body: { endpoints: ENDPOINTS, events: EVENTS, absent: ABSENT } }),

    async 'POST reset'() {
      await reset();
      return { status: 204 };
    },

    async 'POST seed'(seed) {
      await reset(parseAccountSeed(seed));
      return { body: snapshot() };
    },

    'GET clock': () => ({ body: now() }),
    'POST clock'(params) {
      const advanceMs = Number(text(params, 'advanceMs'));
      if (!Number.isFinite(advanceMs) || advanceMs < 0) {
        throw badRequest('advanceMs must be a number of milliseconds');
      }
      sandbox().clock.advance(advanceMs);
      return { body: now() };
    },

    'GET faults': () => ({ body: { faults: faults.list() } }),
    'POST faults': (params) => ({ status: 201, body: faults.add(parseFault(params)) }),
    /** One by `id`, or all. */
    'DELETE faults'(params) {
      const id = text(params, 'id');
      if (id === undefined) faults.clear();
      else faults.remove(Number(id));
      return { status: 204 };
    },

    /** `after`: only those with a greater id. */
    'GET requests'(params) {
      const after = Number(text(params, 'after') ?? 0);
      return { body: { requests: log.list().filter(({ id }) => id > after) } };
    },
    'DELETE requests'() {
      log.clear();
      return { status: 204 };
    },

    /** What customers were sent. */
    'GET texts': () => ({ body: { texts: texts().sent() } }),
    /** A text that comes in. */
    'POST texts'(params) {
      const [from, body] = [text(params, 'from'), text(params, 'body')];
      if (from === undefined || body === undefined) throw badRequest('from or body is missing');
      return { status: 201, body: texts().receive({ from, body, type: text(params, 'type') }) };
    },

    'POST tokens'(params) {
      const identity = text(params, 'identity');
      if (identity === undefined) throw badRequest('identity is missing');
      switch (text(params, 'kind')) {
        case 'flex':
          return { status: 201, body: signIn(sandbox(), taskRouter(), identity) };
        case 'chat': {
          const expiresAtMs = sandbox().clock.nowMs() + CHAT_TOKEN_LIFETIME_MS;
          const token = sandbox().tokens.issueChatToken(identity, CHAT_TOKEN_LIFETIME_MS);
          return { status: 201, body: { token, identity, expiration: formatExpiration({ expiresAtMs }) } };
        }
        default:
          throw badRequest('kind is flex or chat');
      }
    },

    /** For the Flex page: who it is, and how to start. */
    'GET flex-session'(params) {
      const session = signIn(sandbox(), taskRouter(), text(params, 'worker') ?? '');
      return { body: { session, appConfig: flexAppConfig() } };
    },
  };
}
