/**
 * Fault injection: what can happen to a call to Twilio, and the injector that does it to chosen calls of one run of a
 * function. Calls that a test makes itself are never hit.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { callName } from './call-name';
import type { CallInterceptor } from './direct-transport';

/** What happens to a call. */
export type FaultKind =
  /** Twilio refuses the call with this status and does nothing. */
  | '400'
  | '412'
  | '429'
  | '500'
  | '503'
  /** Twilio does what the call says, and answers 404. */
  | '404 after effect'
  /** The connection ends before Twilio gets the call. */
  | 'lost before'
  /** The connection ends after the effect, before the answer. */
  | 'lost after'
  /** The call gets no answer and no error, without its effect or after it. */
  | 'hangs before'
  | 'hangs after'
  /** The call reaches Twilio late. */
  | `${3 | 8 | 13} s late`
  /** Twilio refuses this call with 503, and every later call of the same name in the run. */
  | 'outage'
  /**
   * The function stops before the effect of the call, or after it. It makes no other call and never answers. Calls that it
   * sent side by side with one that takes effect take effect too.
   */
  | 'crash before'
  | 'crash after';

/** A call that a run makes. */
export interface Call {
  /** As in `call-name.ts`: the same in every run. */
  readonly name: string;
  /** Its position among the calls of this name, from 1. */
  readonly nth: number;
}

/** A call, for the choice whether a fault hits it. */
interface HitCandidate extends Call {
  readonly method: string;
  readonly url: URL;
  /** Its position among all calls of the run, from 0. */
  readonly index: number;
}

/** Which calls of a run are hit, and what happens to them. */
export interface Fault {
  readonly kind: FaultKind;
  readonly hits: (call: HitCandidate) => boolean;
  /** The most calls that are hit. Default: 1. */
  readonly times?: number;
}

/** How a fault shows itself to the caller. */
export interface FaultEffects<Answer> {
  /** Answers or throws what the caller gets for this HTTP status. */
  readonly refuse: (status: number) => Answer;
  /** Throws what the caller gets when the connection ends. */
  readonly loseConnection: () => never;
  readonly sleep: (ms: number) => Promise<void>;
  /** Never resolves. Throws if nothing moves the clock meanwhile, so that no timeout would end the call. */
  readonly hang: () => Promise<never>;
  /** Never resolves. */
  readonly crash: () => Promise<never>;
}

/** Makes the call with the fault; without one, simply makes it. */
export async function callWithFault<Answer>(
  kind: FaultKind | undefined,
  call: () => Promise<Answer>,
  { refuse, loseConnection, hang, sleep, crash }: FaultEffects<Answer>,
): Promise<Answer> {
  switch (kind) {
    case undefined:
      return call();
    case '400':
    case '412':
    case '429':
    case '500':
    case '503':
      return refuse(Number(kind));
    case 'outage':
      return refuse(503);
    case '404 after effect':
      await call();
      return refuse(404);
    case 'lost before':
      return loseConnection();
    case 'lost after':
      await call();
      return loseConnection();
    case 'hangs before':
      return hang();
    case 'hangs after':
      await call();
      return hang();
    case '3 s late':
    case '8 s late':
    case '13 s late':
      await sleep(Number.parseInt(kind, 10) * 1000);
      return call();
    case 'crash before':
      return crash();
    case 'crash after':
      await call();
      return crash();
  }
}

export interface RunResult<T> {
  /** `undefined` if the function crashed. */
  readonly answer: T | undefined;
  readonly calls: readonly Call[];
  /** How many calls the faults hit. */
  readonly hits: number;
}

interface Run {
  /** Each with the calls that it has hit. */
  readonly faults: ReadonlyArray<{ readonly fault: Fault; hits: number }>;
  readonly calls: Call[];
  /** Names of the calls that an outage refuses. */
  readonly outages: Set<string>;
  readonly crash: () => void;
  hasCrashed: boolean;
  /** How many calls have been answered. Calls that are sent between two answers are sent side by side. */
  answers: number;
  /** For each number of answers: whether one of the calls sent then takes effect. */
  readonly sent: Set<number>;
}

export interface FaultInjectorPorts {
  /** Waits on the clock of the functions. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Whether the clock goes on while a call hangs. */
  readonly isClockRunning: () => boolean;
}

export function createFaultInjector({ sleep, isClockRunning }: FaultInjectorPorts) {
  const runs = new AsyncLocalStorage<Run>();
  /** How many answers the run had when it sent the call. */
  const answersWhenSent = new WeakMap<object, number>();

  /** Sees a call when the function sends it: before the scheduler, which may delay it. */
  const noteSending: CallInterceptor = async (options, forward) => {
    const run = runs.getStore();
    if (run === undefined) return forward();
    answersWhenSent.set(options, run.answers);
    try {
      return await forward();
    } finally {
      run.answers += 1;
    }
  };

  const intercept: CallInterceptor = async <Answer>(
    options: Parameters<CallInterceptor>[0],
    forward: () => Promise<Answer>,
  ): Promise<Answer> => {
    const run = runs.getStore();
    if (run === undefined) return forward();
    const sentAt = answersWhenSent.get(options) ?? run.answers;
    const isSent = run.sent.has(sentAt);
    if (run.hasCrashed) {
      if (isSent) await forward();
      return never();
    }
    const url = new URL(options.uri);
    const kind = chooseFault(run, { name: callName(options), method: options.method.toUpperCase(), url });
    const isCrash = kind === 'crash before' || kind === 'crash after';
    if (!isCrash) run.sent.add(sentAt);
    return callWithFault<Answer>(kind === 'crash before' && isSent ? 'crash after' : kind, forward, {
      refuse: (status) => buildRefusal(url, status) as Answer,
      loseConnection,
      hang() {
        if (isClockRunning()) return never();
        throw new Error('Failed to let a call hang: time stands still. Use runInterleaved.');
      },
      sleep,
      crash() {
        run.hasCrashed = true;
        if (kind === 'crash after') run.sent.add(sentAt);
        run.crash();
        return never();
      },
    });
  };

  return {
    noteSending,
    intercept,
    /** The callback, without effect after a crash of the run that this is called in. */
    unlessCrashed(callback: () => void): () => void {
      const run = runs.getStore();
      return () => {
        if (run?.hasCrashed !== true) callback();
      };
    },
    /** Runs a function, with faults in its calls. A call gets the first fault that hits it. */
    async runWithFault<T>(
      fault: Fault | readonly Fault[] | undefined,
      runFunction: () => Promise<T>,
    ): Promise<RunResult<T>> {
      let crash = (): void => undefined;
      const crashed = new Promise<undefined>((resolve) => {
        crash = () => resolve(undefined);
      });
      const faults = [fault ?? []].flat().map((one) => ({ fault: one, hits: 0 }));
      const run: Run = {
        faults,
        calls: [],
        outages: new Set(),
        crash,
        hasCrashed: false,
        answers: 0,
        sent: new Set(),
      };
      const answer = await Promise.race([runs.run(run, runFunction), crashed]);
      return { answer, calls: run.calls, hits: faults.reduce((sum, { hits }) => sum + hits, 0) };
    },
  };
}

/** Records the call and says what happens to it. */
function chooseFault(run: Run, call: Omit<HitCandidate, 'nth' | 'index'>): FaultKind | undefined {
  const { faults, calls, outages } = run;
  const { name } = call;
  const nth = calls.filter((earlier) => earlier.name === name).length + 1;
  calls.push({ name, nth });
  if (outages.has(name)) return 'outage';
  const candidate = { ...call, nth, index: calls.length - 1 };
  const hitting = faults.find(
    ({ fault: { hits, times = 1 }, hits: count }) => count < times && hits(candidate),
  );
  if (hitting === undefined) return undefined;
  hitting.hits += 1;
  const { kind } = hitting.fault;
  if (kind === 'outage') outages.add(name);
  return kind;
}

/** A refusal of Twilio in the form that the helper library gets from its HTTP client. */
export function buildRefusal(url: URL, status: number) {
  const code = 20_000 + status;
  const body = { status, code, message: `Injected for ${url.pathname}`, more_info: '' };
  return { statusCode: status, body, headers: {} };
}

/** Node's error for a connection that ends without an answer. */
function loseConnection(): never {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

const never = () => new Promise<never>(() => undefined);
