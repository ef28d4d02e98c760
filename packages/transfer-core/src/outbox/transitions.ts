/**
 * How the state of one entry changes. Every function returns the entry after the operation, the same object if the operation
 * does not apply, and `undefined` if the entry leaves the outbox. `run` is the id of the run that asks.
 */
import { CLAIM_MS, type OutboxEntry } from './entry';

type Transition = OutboxEntry | undefined;

/** Whether a run may claim the entry: no other run executes it or may be executing it. */
export function isClaimable({ state }: OutboxEntry, run: string, nowMs: number): boolean {
  switch (state.kind) {
    case 'pending':
      return true;
    case 'claimed':
      return state.by === run || state.until <= nowMs;
    case 'unconfirmed':
      return state.until <= nowMs;
  }
}

/** The run will execute the entry. A claim that the run has already is extended. */
export function claim(entry: OutboxEntry, run: string, nowMs: number): OutboxEntry {
  if (!isClaimable(entry, run, nowMs)) return entry;
  const { state, attempts, firstAttemptAt = nowMs } = entry;
  const isOwn = state.kind === 'claimed' && state.by === run;
  return {
    ...entry,
    attempts: isOwn ? attempts : attempts + 1,
    firstAttemptAt,
    state: { kind: 'claimed', by: run, until: nowMs + CLAIM_MS },
  };
}

/** The run has executed the entry. An entry that another run has claimed since then is left to that run. */
export function acknowledge(entry: OutboxEntry, run: string): Transition {
  switch (entry.state.kind) {
    case 'pending':
    case 'unconfirmed':
      return undefined;
    case 'claimed':
      return entry.state.by === run ? undefined : entry;
  }
}

/**
 * The execution has failed, so that the next run may try again.
 *
 * @param mayLandUntil until when the attempt may still take effect (ms since 1970), if it got no answer
 */
export function release(entry: OutboxEntry, run: string, mayLandUntil?: number): OutboxEntry {
  const late = mayLandUntil === undefined ? {} : { mayLandUntil };
  switch (entry.state.kind) {
    case 'pending':
      return mayLandUntil === undefined ? entry : { ...entry, ...late };
    case 'unconfirmed':
      return { ...entry, ...late, state: { kind: 'pending' } };
    case 'claimed':
      return entry.state.by === run ? { ...entry, ...late, state: { kind: 'pending' } } : entry;
  }
}

/** The run has not executed an entry that it claimed, and will not. */
export function withdrawClaim(entry: OutboxEntry, run: string): OutboxEntry {
  const { state, attempts, firstAttemptAt, ...rest } = entry;
  switch (state.kind) {
    case 'pending':
    case 'unconfirmed':
      return entry;
    case 'claimed': {
      if (state.by !== run) return entry;
      const earlier = firstAttemptAt === undefined || attempts <= 1 ? {} : { firstAttemptAt };
      return { ...rest, attempts: attempts - 1, ...earlier, state: { kind: 'pending' } };
    }
  }
}

/**
 * The run executes the entry while the ledger is saved, or has executed it and must see later whether an earlier attempt
 * takes effect too. The entry is checked from `until` on (ms since 1970).
 */
export function leaveUnconfirmed(
  entry: OutboxEntry,
  run: string,
  { nowMs, until }: { readonly nowMs: number; readonly until: number },
): OutboxEntry {
  switch (entry.state.kind) {
    case 'pending':
      return {
        ...entry,
        attempts: entry.attempts + 1,
        firstAttemptAt: entry.firstAttemptAt ?? nowMs,
        state: { kind: 'unconfirmed', until },
      };
    case 'unconfirmed':
      return { ...entry, state: { kind: 'unconfirmed', until } };
    case 'claimed':
      return entry.state.by === run ? { ...entry, state: { kind: 'unconfirmed', until } } : entry;
  }
}
