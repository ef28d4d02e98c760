/**
 * Plans what a run does next with an outbox. The plan alone owns the order of effects:
 * - One run at a time executes an outbox. Other runs wait for its claims.
 * - No agent is released before the transfer task exists.
 * - Notices keep their order, and closing the conversation comes last.
 * - On Flex Conversations, a release removes the agent too, so their removal needs no call of its own.
 */
import type { Backend } from '../conversation';
import type { Effect } from '../effects';
import { jsonSize } from '../json-size';
import type { Outbox, OutboxEntry } from './entry';
import { endsChat, isIndependentOfTransferTask, type Lane, laneIn, laneOf, runsLast } from './lanes';
import { isClaimable } from './transitions';

/** An entry that a run executes. */
export interface Work {
  readonly entry: OutboxEntry;
  /** Entries that are done with it: it does what they do. */
  readonly covers: readonly OutboxEntry[];
}

/** Entries that run one after the other, until the first failure. */
export interface PlannedLane {
  readonly lane: Lane;
  readonly work: readonly Work[];
  /** Notices that another run has not confirmed. They must be in the chat before the lane posts later ones. */
  readonly after: readonly OutboxEntry[];
}

export type Plan =
  | { readonly step: 'nothing' }
  /** Another run executes entries, at the latest until `untilMs` (ms since 1970). */
  | { readonly step: 'wait'; readonly untilMs: number }
  /** Claim these entries, execute the lanes in parallel, then plan again. Entries in no lane wait for the outcome. */
  | {
      readonly step: 'run';
      readonly claims: ReadonlySet<string>;
      /** Whether the run has claimed all of them, so that it need not save the ledger first. */
      readonly isClaimed: boolean;
      readonly lanes: readonly PlannedLane[];
    };

export interface Planned {
  readonly outbox: Outbox;
  readonly backend: Backend;
}

export function planOutbox({ outbox, backend }: Planned, run: string, nowMs: number): Plan {
  const claimsOfOthers = outbox.flatMap(({ state }) =>
    state.kind === 'claimed' && state.by !== run && state.until > nowMs ? [state.until] : [],
  );
  if (claimsOfOthers.length > 0) return { step: 'wait', untilMs: Math.min(...claimsOfOthers) };
  const due = outbox.filter((entry) => isClaimable(entry, run, nowMs));
  if (due.length === 0) return { step: 'nothing' };
  return {
    step: 'run',
    claims: new Set(due.map(({ id }) => id)),
    isClaimed: due.every(({ state }) => state.kind === 'claimed' && state.by === run),
    lanes: buildLanes(runnableNow(due, backend), { outbox, backend }),
  };
}

/** While a transfer task must be created or recalled, only what does not depend on the outcome. */
function runnableNow(due: Outbox, backend: Backend): Outbox {
  const isOnTask = ({ effect }: OutboxEntry) => laneOf(effect, backend) === 'transfer-task';
  const firstOnTask = due.findIndex(isOnTask);
  if (firstOnTask === -1) return due;
  const before = due.slice(0, firstOnTask).filter(({ effect }) => !runsLast(effect));
  const after = due.slice(firstOnTask);
  return [...before, ...after.filter(isOnTask), ...independentNotices(after)];
}

/** The notices that need not wait for the transfer task: those before the first one that must wait. */
function independentNotices(entries: Outbox): Outbox {
  const notices = entries.filter(({ effect }) => effect.kind === 'post-notice');
  const end = notices.findIndex(({ effect }) => !isIndependentOfTransferTask(effect));
  return end === -1 ? notices : notices.slice(0, end);
}

function buildLanes(entries: Outbox, { outbox, backend }: Planned): PlannedLane[] {
  const lanes = new Map<Lane, OutboxEntry[]>();
  for (const entry of entries) {
    const lane = laneIn({ outbox, backend }, entry.effect);
    lanes.set(lane, [...(lanes.get(lane) ?? []), entry]);
  }
  const covered = backend === 'conversations' ? coveredRemovals(entries) : new Map<string, OutboxEntry>();
  const isCovered = (entry: OutboxEntry) => [...covered.values()].includes(entry);
  return [...lanes].flatMap(([lane, inLane]) => {
    const ordered = [
      ...inLane.filter(({ effect }) => !runsLast(effect)),
      ...inLane.filter(({ effect }) => runsLast(effect)),
    ];
    const work = ordered.flatMap((entry): Work[] => {
      if (isCovered(entry)) return [];
      const removal = covered.get(entry.id);
      return [{ entry, covers: removal === undefined ? [] : [removal] }];
    });
    return work.length === 0
      ? []
      : [{ lane, work, after: lane === 'notices' ? unconfirmedNoticesBefore(outbox, inLane) : [] }];
  });
}

/** The id of each entry that releases an agent → the removal of the same agent, unless they are added again. */
function coveredRemovals(entries: Outbox): Map<string, OutboxEntry> {
  const covered = new Map<string, OutboxEntry>();
  for (const removal of entries) {
    if (removal.effect.kind !== 'remove-participant') continue;
    const { taskSid, worker } = removal.effect;
    const isAddedAgain = entries.some(
      ({ effect }) => effect.kind === 'add-participant' && effect.worker.sid === worker.sid,
    );
    const releasing = entries.find(({ effect }) => releases(effect, taskSid));
    if (releasing !== undefined && !isAddedAgain) covered.set(releasing.id, removal);
  }
  return covered;
}

const releases = (effect: Effect, taskSid: string): boolean =>
  (effect.kind === 'wrap-reservation' || effect.kind === 'complete-task') && effect.taskSid === taskSid;

/** The unconfirmed notices that stand before the last entry of the lane, or all of them if the lane closes the conversation. */
function unconfirmedNoticesBefore(outbox: Outbox, inLane: Outbox): OutboxEntry[] {
  const running = new Set(inLane.map(({ id }) => id));
  const isClosing = inLane.some(({ effect }) => runsLast(effect));
  const last = isClosing ? outbox.length : outbox.findLastIndex(({ id }) => running.has(id));
  return outbox
    .slice(0, Math.max(last, 0))
    .filter(
      ({ id, effect, state }) =>
        !running.has(id) && effect.kind === 'post-notice' && state.kind === 'unconfirmed',
    );
}

/** Whether no other run can have executed the entry. */
function isFirstAttempt({ attempts, state }: OutboxEntry, run: string): boolean {
  switch (state.kind) {
    case 'pending':
      return attempts === 0;
    case 'claimed':
      return state.by === run && attempts <= 1;
    case 'unconfirmed':
      return false;
  }
}

/** How much of an outbox may be unconfirmed. Beyond it, a run saves its results before it answers. */
export const MAX_UNCONFIRMED_BYTES = 3 * 1024;

/**
 * The lanes that a run may execute while it saves the result of the step before, so that its caller need not wait for the
 * save: the run leaves their entries unconfirmed. `undefined` if it must save first: an entry is a second attempt, or too much
 * is unconfirmed. What ends the chat is left out if the result that is not saved yet has ended it: another run may have
 * decided otherwise.
 *
 * @param isEnding whether the result that is not saved yet has ended the chat
 */
export function planUnconfirmed(
  { outbox, backend }: Planned,
  { nowMs, run, isEnding }: { readonly nowMs: number; readonly run: string; readonly isEnding: boolean },
): readonly PlannedLane[] | undefined {
  const plan = planOutbox({ outbox, backend }, run, nowMs);
  if (plan.step !== 'run') return undefined;
  const entries = plan.lanes.flatMap(({ work }) => work.flatMap(({ entry, covers }) => [entry, ...covers]));
  if (entries.some(({ effect }) => laneOf(effect, backend) === 'transfer-task')) return undefined;
  const kept = entries.filter(({ effect }) => !(isEnding && endsChat(effect)));
  const unconfirmed = outbox.filter(({ state }) => state.kind === 'unconfirmed');
  const isTooLarge = jsonSize([...unconfirmed, ...kept]) > MAX_UNCONFIRMED_BYTES;
  if (!kept.every((entry) => isFirstAttempt(entry, run)) || isTooLarge) return undefined;
  return buildLanes(kept, { outbox, backend });
}
