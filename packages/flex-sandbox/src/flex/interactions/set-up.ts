/**
 * The set-up of an agent who accepts an invite: Twilio adds them to the conversation first, and the reservation is on hold until
 * then, up to several minutes. When the set-up fails, the reservation is cancelled.
 * https://support.twilio.com/hc/en-us/articles/42786996187419
 */
import { badRequest } from '../../api-error.js';
import { consumeFault } from '../../counted-faults.js';
import { type Params, text } from '../../router.js';
import type { Reservation, SetUp, SetUpOutcome } from '../../task-router/state.js';
import type { InteractionChannel, InteractionStore } from './state.js';

/** How long a set-up lasts, if the account has this quirk. Twilio says only that it can last minutes. */
export const SET_UP_MS = 1000;

/** What happens to the next accepts. */
export interface SetUpFault {
  /** Only for this worker. */
  readonly worker?: string;
  /** `failed` is an event that the worker SDK knows; Twilio documents only `canceled`. */
  readonly outcome: SetUpOutcome;
  readonly durationMs: number;
  /** How many more accepts the fault affects; `null` means all. */
  readonly times: number | null;
}

export interface SetUpFaults {
  add(fault: SetUpFault): void;
  list(): readonly SetUpFault[];
  clear(): void;
  /** Returns the fault of this accept. */
  consume(workerName: string): SetUpFault | undefined;
}

export function createSetUpFaults(): SetUpFaults {
  let active: SetUpFault[] = [];
  return {
    add: (fault) => active.push(fault),
    list: () => active,
    clear() {
      active = [];
    },
    consume(workerName) {
      const { found, left } = consumeFault(
        active,
        ({ worker }) => worker === undefined || worker === workerName,
      );
      active = left;
      return found;
    },
  };
}

/** Parses a JSON body. Throws 400/20001 when a member has an invalid value. */
export function parseSetUpFault(body: Params): SetUpFault {
  const outcome = text(body, 'outcome') ?? 'canceled';
  if (outcome !== 'accepted' && outcome !== 'canceled' && outcome !== 'failed')
    throw badRequest('outcome must be accepted, canceled or failed');
  const parseCount = (name: string, least: number, otherwise: number): number => {
    const value = text(body, name);
    const count = value === undefined ? otherwise : Number(value);
    if (!(Number.isFinite(count) && count >= least))
      throw badRequest(`${name} must be a number, at least ${least}`);
    return count;
  };
  const worker = text(body, 'worker');
  return {
    ...(worker === undefined ? {} : { worker }),
    outcome,
    durationMs: parseCount('durationMs', 0, SET_UP_MS),
    times: body.times === null ? null : parseCount('times', 1, 1),
  };
}

/** The set-up of a worker who accepts an invite; `undefined` without one. A set-up in a closed conversation fails. */
export function planSetUp(
  store: InteractionStore,
  faults: SetUpFaults,
  { task, worker }: Reservation,
): SetUp | undefined {
  const invite = store.invitesByTask.get(task.sid);
  if (invite === undefined) return undefined;
  const fault = faults.consume(worker.friendlyName);
  if (fault === undefined && !store.sandbox.quirks.acceptWaitsForSetUp) return undefined;
  return {
    durationMs: fault?.durationMs ?? SET_UP_MS,
    getOutcome: () => (isOpen(store, invite.channel) ? (fault?.outcome ?? 'accepted') : 'canceled'),
  };
}

function isOpen({ chat }: InteractionStore, { status, conversationSid }: InteractionChannel): boolean {
  const { channels } = chat.snapshot();
  return (
    status !== 'closed' && channels.some(({ sid, state }) => sid === conversationSid && state !== 'closed')
  );
}
