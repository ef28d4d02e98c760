/**
 * The line to Twilio of one request: it keeps the names of the calls that the request makes, and lets one of them go
 * wrong. Calls of the test itself pass untouched.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallOptions, Line } from './loopback-client';
import type { SharedClock } from './virtual-clock';
import { callName } from './call-name';
import { DELAY_MS, refusalOf, type Trouble } from '../faults/matrix-faults';

/** The `nth` call of a name that a request makes, from 1. */
export interface Call {
  readonly name: string;
  readonly nth: number;
}

export interface Mishap {
  readonly call: Call;
  readonly trouble: Trouble;
}

interface Watched<T> {
  /** `undefined`: the function died. */
  readonly answer: T | undefined;
  readonly calls: readonly Call[];
  /** Whether the mishap has happened. */
  readonly hasHit: boolean;
}

interface Scope {
  readonly mishap: Mishap | undefined;
  readonly calls: Call[];
  readonly die: () => void;
  /** Lets time pass. */
  readonly pass: (ms: number) => void;
  underWay: number;
  hasHit: boolean;
  isDead: boolean;
}

export interface BadLine {
  readonly line: Line;
  /** Runs one request. */
  watch<T>(clock: SharedClock, mishap: Mishap | undefined, run: () => Promise<T>): Promise<Watched<T>>;
}

export function createBadLine(): BadLine {
  const scopes = new AsyncLocalStorage<Scope>();

  const line: Line = async (options, pass) => {
    const scope = scopes.getStore();
    if (scope === undefined) return pass();
    if (scope.isDead) return never();
    const call = next(scope.calls, callName(options));
    const trouble = troubleFor(scope, call);
    // A late call waits until nothing else goes on; so it is really the last one.
    if (trouble === '8 s late') {
      await untilQuiet(scope);
      scope.pass(DELAY_MS);
    }
    scope.underWay += 1;
    try {
      return await (trouble === undefined ? pass() : goWrong(scope, trouble, options, pass));
    } finally {
      scope.underWay -= 1;
    }
  };

  return {
    line,
    async watch(clock, mishap, run) {
      let die = (): void => undefined;
      const died = new Promise<undefined>((resolve) => {
        die = () => resolve(undefined);
      });
      // What falls due at Twilio meanwhile is no part of the request.
      const outside = AsyncLocalStorage.snapshot();
      const pass = (ms: number) => outside(() => clock.advance(ms));
      const scope = { mishap, calls: [], die, pass, underWay: 0, hasHit: false, isDead: false };
      const answer = await Promise.race([scopes.run(scope, run), died]);
      return { answer, calls: scope.calls, hasHit: scope.hasHit };
    },
  };
}

function next(calls: Call[], name: string): Call {
  const call = { name, nth: calls.filter((earlier) => earlier.name === name).length + 1 };
  calls.push(call);
  return call;
}

function troubleFor(scope: Scope, { name, nth }: Call): Trouble | undefined {
  const { mishap } = scope;
  if (mishap?.call.name !== name) return undefined;
  const isHit = mishap.trouble === 'outage' ? nth >= mishap.call.nth : nth === mishap.call.nth;
  if (!isHit) return undefined;
  scope.hasHit = true;
  return mishap.trouble;
}

async function goWrong<Answer>(
  scope: Scope,
  trouble: Trouble,
  { uri }: CallOptions,
  pass: () => Promise<Answer>,
): Promise<Answer> {
  const refusal = refusalOf(trouble);
  if (refusal !== undefined) return refuse(uri, refusal.status, refusal.code);
  if (trouble === 'lost before') throw lost();
  const answer = await pass();
  if (trouble === 'lost after') throw lost();
  if (trouble === 'denied') return refuse(uri, 404, 20404);
  if (trouble !== 'crash') return answer;
  scope.isDead = true;
  scope.die();
  return never();
}

/** As the helper library hands an answer of Twilio's on. */
function refuse<Answer>(uri: string, status: number, code: number): Answer {
  const body = { status, code, message: `Injected for ${uri}`, more_info: '' };
  return { statusCode: status, body, headers: {} } as Answer;
}

/** What Node says when a connection ends without an answer. */
const lost = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

const never = () => new Promise<never>(() => undefined);

/** Turns of the event loop after which nothing of a request can still be about to call. */
const QUIET_TURNS = 5;

async function untilQuiet(scope: Scope): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS; ) {
    await new Promise<void>((turn) => setImmediate(turn));
    quiet = scope.underWay === 0 ? quiet + 1 : 0;
  }
}
