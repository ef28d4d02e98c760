/** What one measurement says, and how it is read off the functions' runs. */
import { type Call, depthOf, depthTo, type Invocation } from './calls';

export interface Sample {
  /** Calls to Twilio by the requests themselves, until they answered. */
  readonly calls: number;
  /** With those that came after the answer, and those of the callbacks that followed. */
  readonly callsInAll: number;
  /** How many calls one after another. */
  readonly depth: number;
  readonly wallMs: number;
  /** Of a journey: requests of browsers to functions. */
  readonly functionRequests?: number;
  /** Of a journey: everything one after another, the requests of browsers too. */
  readonly chain?: number;
}

/** Of a request by itself, and of everything that ran because of it. */
export function sampleOf(invocation: Invocation, everything: readonly Invocation[]): Sample {
  const calls = untilAnswer(invocation);
  return {
    calls: calls.length,
    callsInAll: countCalls(everything),
    depth: depthOf(calls),
    wallMs: invocation.endMs - invocation.startMs,
  };
}

/** Calls that the answer waited for. */
export const untilAnswer = ({ calls, endMs }: Invocation): readonly Call[] =>
  calls.filter((call) => call.endMs <= endMs);

export const countCalls = (invocations: readonly Invocation[]): number =>
  invocations.reduce((sum, { calls }) => sum + calls.length, 0);

/** A step that users see. */
interface Step {
  /** For messages. */
  readonly what: string;
  readonly isDoneBy: (call: Call) => boolean;
}

const postWith = (path: RegExp, field: string, value: string) => (call: Call) =>
  call.method === 'POST' && path.test(call.path) && fieldOf(call.data, field).includes(value);

export const postNotice = (kind: string): Step => ({
  what: `post the notice ${kind}`,
  isDoneBy: postWith(/\/Messages$/, 'Attributes', `"${kind}"`),
});
/** On one backend or the other. */
const either = (one: Step['isDoneBy'], other: Step['isDoneBy']) => (call: Call) => one(call) || other(call);

export const WRAP_RESERVATION: Step = {
  what: 'move the agent to wrap-up',
  isDoneBy: either(
    postWith(/\/Reservations\/WR\w+$/, 'ReservationStatus', 'wrapping'),
    postWith(/\/Participants\/UT\w+$/, 'Status', 'wrapup'),
  ),
};
export const COMPLETE_TASK: Step = {
  what: 'complete the task',
  isDoneBy: either(
    postWith(/\/Tasks\/WT\w+$/, 'AssignmentStatus', 'completed'),
    postWith(/\/Participants\/UT\w+$/, 'Status', 'closed'),
  ),
};

function fieldOf(form: unknown, name: string): string {
  return typeof form === 'object' && form !== null ? String(Reflect.get(form, name)) : '';
}

/** Throws when no call did the step: the benchmark would mean something else. */
export function callOf(calls: readonly Call[], { what, isDoneBy }: Step): Call {
  const found = calls.find(isDoneBy);
  if (found === undefined) throw new Error(`No call was made to ${what}.`);
  return found;
}

/** How many calls one after another until the step is done. */
export const depthToStep = (calls: readonly Call[], step: Step): number =>
  depthTo(calls, callOf(calls, step));
