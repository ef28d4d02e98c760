/** One pass over what is due in an outbox: the transfer task first, then everything else with what came of it. */
import {
  acknowledge,
  type ConversationEvent,
  claimedEntries,
  type Effect,
  isIndependentOfTransferTask,
  type Ledger,
  laneOf,
  leaveUnconfirmed,
  type OutboxEntry,
} from '@chat-transfer/transfer-core';
import type { JustRead } from '../backend/backend';
import { applyEvents } from '../ledger/apply-events';
import type { StoredLedger } from '../ledger/ledger-store';
import { type UpdateLedgerPorts, updateLedger } from '../ledger/update-ledger';
import { type EffectPorts, type EffectsRun, runEffects } from './run-effects';
import { runTransferTask } from './transfer-task';

export type PassPorts = EffectPorts & UpdateLedgerPorts;

/** What a pass came to. */
export interface Pass {
  readonly stored: StoredLedger;
  readonly failures: readonly unknown[];
  /** What the ledger has still to be told; nothing when the effects left on trust are all done. */
  readonly report?: PassReport;
}

export interface PassReport {
  readonly done: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  readonly events: readonly ConversationEvent[];
}

/** `undefined` when others kept writing the ledger. */
export async function runPass(
  ports: PassPorts,
  leased: StoredLedger,
  holder: string,
  justRead: JustRead,
): Promise<Pass | undefined> {
  const due = claimedEntries(leased.ledger);
  const tasks = due.filter(({ effect }) => laneOf(effect, leased.ledger.backend) === 'task');
  if (tasks.length === 0) {
    return reportOf(leased, due, await runEffects(ports, leased.ledger, due, justRead));
  }
  const [made, told] = await Promise.all([
    runTasks(ports, leased.ledger, tasks, justRead),
    runEffects(ports, leased.ledger, besideTasks(leased.ledger, due)),
  ]);
  const done = new Set([...made.done, ...told.done]);
  const failures = [...made.failures, ...told.failures];
  // Nobody is let go before the transfer task exists, and notices keep their order.
  if (made.isOpen || told.failures.length > 0) {
    return reportOf(leased, due, { done, events: made.events, failures });
  }
  const pass = await runOnTrust(ports, leased, holder, { ...made, done }, justRead);
  return pass && { ...pass, failures: [...failures, ...pass.failures] };
}

/** The notices that need not wait for the transfer task: those before the first one that must. */
function besideTasks({ backend }: Ledger, due: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const notices = due.filter(({ effect }) => laneOf(effect, backend) === 'notices');
  const end = notices.findIndex(({ effect }) => !isIndependentOfTransferTask(effect));
  return end === -1 ? notices : notices.slice(0, end);
}

/** What cannot be taken back waits until it is written: others may have decided otherwise meanwhile. */
const endsChat = (effect: Effect): boolean =>
  effect.kind === 'update-conversation' ||
  (effect.kind === 'post-notice' && effect.notice.kind === 'chat-ended');

/** What is left once the transfer task is made, beside the ledger's write: see `trust`. */
async function runOnTrust(
  ports: PassPorts,
  leased: StoredLedger,
  holder: string,
  made: TasksRun,
  justRead: JustRead,
): Promise<Pass | undefined> {
  const isEnding = leased.ledger.ended === undefined && made.ledger.ended !== undefined;
  const rest = claimedEntries(made.ledger).filter(
    ({ effect }) => !made.done.has(effect.id) && !(isEnding && endsChat(effect)),
  );
  const ids = new Set(rest.map(({ effect }) => effect.id));
  const trusting = (ledger: Ledger) =>
    leaveUnconfirmed(acknowledge(ledger, made.done, holder), ids, holder, ports.nowMs());
  const [stored, ran] = await Promise.all([
    updateLedger(ports, leased, made.events, trusting, made.ledger),
    runEffects(ports, made.ledger, rest, justRead),
  ]);
  if (stored === undefined) return undefined;
  return ran.done.size === rest.length && ran.events.length === 0
    ? { stored, failures: [] }
    : reportOf(stored, rest, ran);
}

function reportOf(
  stored: StoredLedger,
  entries: readonly OutboxEntry[],
  { done, events, failures }: EffectsRun,
): Pass {
  const failed = new Set(entries.map(({ effect }) => effect.id).filter((id) => !done.has(id)));
  return { stored, failures, report: { done, failed, events } };
}

interface TasksRun extends EffectsRun {
  /** With what came of the transfer task, before it is written. */
  readonly ledger: Ledger;
  /** It is not known yet whether the transfer task is made: another try may tell. */
  readonly isOpen: boolean;
}

async function runTasks(
  ports: PassPorts,
  leased: Ledger,
  entries: readonly OutboxEntry[],
  justRead: JustRead,
): Promise<TasksRun> {
  const done = new Set<string>();
  const events: ConversationEvent[] = [];
  const failures: unknown[] = [];
  let ledger = leased;
  for (const entry of entries) {
    try {
      const outcome = await runTransferTask(ports, ledger, entry, justRead.task);
      done.add(entry.effect.id);
      if (outcome.failure !== undefined) failures.push(outcome.failure);
      events.push(...outcome.events);
      const decided = applyEvents(ledger, outcome.events);
      if (decided.ok) ledger = markTried(decided.value, entry.attempts);
    } catch (error) {
      return { ledger, done, events, failures: [...failures, error], isOpen: true };
    }
  }
  return { ledger, done, events, failures, isOpen: false };
}

/** What the transfer task's outcome added is run in the same pass, and was in an earlier one that got that far and crashed. */
function markTried(ledger: Ledger, times: number): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map((entry) => ({ ...entry, attempts: Math.max(entry.attempts, times) })),
  };
}
