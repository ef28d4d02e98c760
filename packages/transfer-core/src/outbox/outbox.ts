/**
 * The outbox: effects that are decided and not acknowledged, in the order of their decisions. It is saved together with the
 * decision, so a crash between any two steps loses no effect. plan.ts says which entries run when.
 */
import { type Effect, effectId, reflectsLedger, withdrawTransferTask } from '../effects';
import type { Ledger } from '../ledger';
import { CLAIM_MS, type Outbox, type OutboxEntry } from './entry';
import { laneOf } from './lanes';
import { acknowledge, claim, leaveUnconfirmed, release, withdrawClaim } from './transitions';

/**
 * Adds effects at the end. An effect that the outbox has is not added again, unless it copies the ledger and a run may be
 * copying an older one. The older entry then stays too: when its time is over, the ledger is copied once more.
 */
export function addToOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  let { outbox } = ledger;
  for (const effect of effects) {
    outbox =
      effect.kind === 'withdraw-transfer-task'
        ? addWithdrawal(outbox, effect)
        : addEffect({ ...ledger, outbox }, effect);
  }
  return outbox === ledger.outbox ? ledger : { ...ledger, outbox };
}

type Attempt = Pick<OutboxEntry, 'attempts' | 'firstAttemptAt' | 'state'>;

function addEffect({ outbox, backend, isRebuilt }: Ledger, effect: Effect): OutboxEntry[] {
  const id = effectId(effect);
  const copies = outbox.filter((entry) => effectId(entry.effect) === id);
  const isCovered = reflectsLedger(effect)
    ? copies.some(({ state }) => state.kind === 'pending')
    : copies.length > 0;
  if (isCovered) return outbox;
  const attempt = isRebuilt ? unknownAttempt(effect) : earlierAttempt(outbox, effect, backend);
  return [...outbox, { id: freeId(outbox, id), effect, ...attempt }];
}

/**
 * A withdrawal replaces the creation of the task. A creation that no run has attempted needs no withdrawal. One that a run
 * is attempting stays: the run must find it when it saves the result.
 */
function addWithdrawal(
  outbox: Ledger['outbox'],
  effect: Extract<Effect, { kind: 'withdraw-transfer-task' }>,
): OutboxEntry[] {
  const id = effectId(effect);
  const creation = outbox.find(
    (entry) => entry.effect.kind === 'create-transfer-task' && entry.effect.transferId === effect.transferId,
  );
  if (creation === undefined || outbox.some((entry) => entry.id === id)) return outbox;
  const rest = creation.state.kind === 'claimed' ? outbox : outbox.filter((entry) => entry !== creation);
  if (creation.attempts === 0) return rest;
  const { attempts, firstAttemptAt } = creation;
  return [
    ...rest,
    {
      id,
      effect,
      attempts,
      ...(firstAttemptAt === undefined ? {} : { firstAttemptAt }),
      state: { kind: 'pending' },
    },
  ];
}

/**
 * The attempts of an effect in a rebuilt ledger: its chat may hold the notice, however old, and TaskRouter the task. The run
 * first looks for it.
 */
function unknownAttempt({ kind }: Effect): Attempt {
  const state = { kind: 'pending' as const };
  switch (kind) {
    case 'post-notice':
      return { attempts: 1, firstAttemptAt: 0, state };
    case 'create-transfer-task':
      return { attempts: 1, state };
    default:
      return { attempts: 0, state };
  }
}

/**
 * The attempts of an effect when it is added: a run that creates or recalls a transfer task posts the resulting notices
 * before it saves them. Such a notice counts as attempted, so that its run first looks for it in the chat.
 */
function earlierAttempt(outbox: Outbox, { kind }: Effect, backend: Ledger['backend']): Attempt {
  const running =
    kind === 'post-notice'
      ? outbox.find(({ effect, attempts }) => laneOf(effect, backend) === 'transfer-task' && attempts > 0)
      : undefined;
  return running?.firstAttemptAt === undefined
    ? { attempts: 0, state: { kind: 'pending' } }
    : { attempts: 1, firstAttemptAt: running.firstAttemptAt, state: { kind: 'pending' } };
}

function freeId(outbox: Outbox, id: string): string {
  const isTaken = (candidate: string) => outbox.some((entry) => entry.id === candidate);
  if (!isTaken(id)) return id;
  let number = 2;
  while (isTaken(`${id}#${number}`)) number += 1;
  return `${id}#${number}`;
}

/** Removes effects that must not run. */
export function removeFromOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  const ids = new Set(effects.map(effectId));
  return { ...ledger, outbox: ledger.outbox.filter(({ effect }) => !ids.has(effectId(effect))) };
}

/** Whether the outbox holds the effect. */
export function isInOutbox({ outbox }: Ledger, effect: Effect): boolean {
  return outbox.some((entry) => effectId(entry.effect) === effectId(effect));
}

/** The run claims these entries. Save the ledger before you execute them. */
export function claimEntries(ledger: Ledger, ids: ReadonlySet<string>, run: string, nowMs: number): Ledger {
  return mapEntries(ledger, ids, (entry) => claim(entry, run, nowMs));
}

/** The run ends without executing the rest of its claims. */
export function withdrawClaims(ledger: Ledger, run: string): Ledger {
  return { ...ledger, outbox: ledger.outbox.map((entry) => withdrawClaim(entry, run)) };
}

/** The run executes these entries while the ledger is saved. */
export function leaveEntriesUnconfirmed(
  ledger: Ledger,
  ids: ReadonlySet<string>,
  run: string,
  nowMs: number,
): Ledger {
  return mapEntries(ledger, ids, (entry) => leaveUnconfirmed(entry, run, { nowMs, until: nowMs + CLAIM_MS }));
}

/** What became of the entries that a run executed, by their ids. */
export interface Execution {
  readonly done: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** Done, and to be checked at this time (ms since 1970): an earlier attempt may still take effect. */
  readonly recheckAt: ReadonlyMap<string, number>;
  /** Failed without an answer: until when it may still take effect (ms since 1970). */
  readonly mayLandUntil?: ReadonlyMap<string, number>;
}

/** Removes what is done and releases what failed. Entries that other runs have claimed stay. */
export function settleEntries(ledger: Ledger, execution: Execution, run: string): Ledger {
  const { done, failed, recheckAt, mayLandUntil } = execution;
  const known = new Set([...done, ...failed]);
  return mapEntries(ledger, known, (entry) => {
    if (failed.has(entry.id)) return release(entry, run, mayLandUntil?.get(entry.id));
    const until = recheckAt.get(entry.id);
    const recheck = asRecheck(entry);
    const isRechecked = recheck.id !== entry.id && ledger.outbox.some(({ id }) => id === recheck.id);
    if (until === undefined || isRechecked) return acknowledge(entry, run);
    return leaveUnconfirmed(recheck, run, { nowMs: until, until });
  });
}

/** The check of a creation looks for a second task of the same transfer, which a withdrawal does. */
function asRecheck(entry: OutboxEntry): OutboxEntry {
  if (entry.effect.kind !== 'create-transfer-task') return entry;
  const effect = withdrawTransferTask(entry.effect.transferId);
  return { ...entry, id: effectId(effect), effect };
}

function mapEntries(
  ledger: Ledger,
  ids: ReadonlySet<string>,
  change: (entry: OutboxEntry) => OutboxEntry | undefined,
): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.flatMap((entry) => (ids.has(entry.id) ? (change(entry) ?? []) : [entry])),
  };
}

/**
 * When the outbox needs a run (ms since 1970): 0 for at once, `undefined` when it is empty. No run may start before the claims
 * of another run have expired.
 */
export function outboxDueAt(outbox: Outbox): number | undefined {
  const claims = outbox.flatMap(({ state }) => (state.kind === 'claimed' ? [state.until] : []));
  if (claims.length > 0) return Math.max(...claims);
  const times = outbox.map(({ state }) => (state.kind === 'unconfirmed' ? state.until : 0));
  return times.length === 0 ? undefined : Math.min(...times);
}
