/** The figures of one measurement, and how they follow from the invocations. */
import { type Call, depthOf, depthTo, type Invocation } from './calls';

export interface Sample {
  /** Calls to Twilio that the answer of the request waited for. */
  readonly calls: number;
  /** Also those after the answer, and those of the callbacks. */
  readonly callsInAll: number;
  /** Calls one after another. */
  readonly depth: number;
  readonly wallMs: number;
  /** Of a journey: requests of browsers to the functions. */
  readonly functionRequests?: number;
  /** Of a journey: calls and requests of browsers one after another. */
  readonly chain?: number;
}

/** `allInvocations`: all invocations that the request caused, its own too. */
export function buildSample(invocation: Invocation, allInvocations: readonly Invocation[]): Sample {
  const calls = callsUntilAnswer(invocation);
  return {
    calls: calls.length,
    callsInAll: countCalls(allInvocations),
    depth: depthOf(calls),
    wallMs: invocation.endMs - invocation.startMs,
  };
}

/** The calls that the answer waited for. */
export const callsUntilAnswer = ({ calls, endMs }: Invocation): readonly Call[] =>
  calls.filter((call) => call.endMs <= endMs);

export const countCalls = (invocations: readonly Invocation[]): number =>
  invocations.reduce((sum, { calls }) => sum + calls.length, 0);

/** A step that a user sees. */
interface Step {
  /** Completes "No call was made to …". */
  readonly what: string;
  readonly isDoneBy: (call: Call) => boolean;
}

const postWith = (path: RegExp, field: string, value: string) => (call: Call) =>
  call.method === 'POST' && path.test(call.path) && readField(call.data, field).includes(value);

/** The post of a notice of this kind. */
export const buildNoticeStep = (kind: string): Step => ({
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

function readField(form: unknown, name: string): string {
  return typeof form === 'object' && form !== null ? String(Reflect.get(form, name)) : '';
}

/** The call that did the step. Throws without one, because the figures would not mean what they say. */
export function findCall(calls: readonly Call[], { what, isDoneBy }: Step): Call {
  const found = calls.find(isDoneBy);
  if (found === undefined) throw new Error(`No call was made to ${what}.`);
  return found;
}

/** Calls one after another until the step is done. */
export const depthToStep = (calls: readonly Call[], step: Step): number =>
  depthTo(calls, findCall(calls, step));
