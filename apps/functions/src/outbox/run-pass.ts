/** One pass over the due effects of an outbox: first those on the transfer task, then the dependent ones. */
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
import { type LedgerPorts, updateLedger } from '../ledger/update-ledger';
import { type EffectPorts, type EffectsOutcome, runEffects } from './run-effects';
import { runTransferTask } from './transfer-task';

export type PassPorts = EffectPorts & LedgerPorts;

export interface Pass {
  readonly stored: StoredLedger;
  readonly failures: readonly unknown[];
  /** What must still be written to the ledger; absent when all unconfirmed effects are done. */
  readonly result?: PassResult;
}

/** Ids of the effects that are done and that failed, and the events that follow from the effects. */
export interface PassResult {
  readonly done: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  readonly events: readonly ConversationEvent[];
}

/** `undefined` when other runs wrote the ledger at every attempt. */
export async function runPass(
  ports: PassPorts,
  leased: StoredLedger,
  holder: string,
  justRead: JustRead,
): Promise<Pass | undefined> {
  const due = claimedEntries(leased.ledger);
  const onTask = due.filter(({ effect }) => laneOf(effect, leased.ledger.backend) === 'task');
  if (onTask.length === 0) {
    return buildPass(leased, due, await runEffects(ports, leased.ledger, due, justRead));
  }
  const [taskOutcome, noticeOutcome] = await Promise.all([
    runTaskEffects(ports, leased.ledger, onTask, justRead),
    runEffects(ports, leased.ledger, noticesBesideTask(leased.ledger, due)),
  ]);
  const done = new Set([...taskOutcome.done, ...noticeOutcome.done]);
  const failures = [...taskOutcome.failures, ...noticeOutcome.failures];
  // No agent is released before the transfer task exists, and notices keep their order.
  if (taskOutcome.isUnknown || noticeOutcome.failures.length > 0) {
    return buildPass(leased, due, { done, events: taskOutcome.events, failures });
  }
  const pass = await runRestUnconfirmed(ports, leased, holder, { ...taskOutcome, done }, justRead);
  return pass && { ...pass, failures: [...failures, ...pass.failures] };
}

/** The notices that need not wait for the transfer task: those before the first one that must wait. */
function noticesBesideTask({ backend }: Ledger, due: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const notices = due.filter(({ effect }) => laneOf(effect, backend) === 'notices');
  const end = notices.findIndex(({ effect }) => !isIndependentOfTransferTask(effect));
  return end === -1 ? notices : notices.slice(0, end);
}

/**
 * Irreversible effects run only after the ledger is saved. Another run may have decided otherwise meanwhile.
 */
const endsChat = (effect: Effect): boolean =>
  effect.kind === 'update-conversation' ||
  (effect.kind === 'post-notice' && effect.notice.kind === 'chat-ended');

/** Runs the other effects once the transfer task exists, beside the write that marks them as unconfirmed. */
async function runRestUnconfirmed(
  ports: PassPorts,
  leased: StoredLedger,
  holder: string,
  taskOutcome: TaskOutcome,
  justRead: JustRead,
): Promise<Pass | undefined> {
  const { ledger, done, events } = taskOutcome;
  const isEnding = leased.ledger.ended === undefined && ledger.ended !== undefined;
  const rest = claimedEntries(ledger).filter(
    ({ effect }) => !done.has(effect.id) && !(isEnding && endsChat(effect)),
  );
  const ids = new Set(rest.map(({ effect }) => effect.id));
  const [stored, outcome] = await Promise.all([
    updateLedger(ports, leased, {
      events,
      afterEvents: ledger,
      change: (latest) => leaveUnconfirmed(acknowledge(latest, done, holder), ids, holder, ports.nowMs()),
    }),
    runEffects(ports, ledger, rest, justRead),
  ]);
  if (stored === undefined) return undefined;
  return outcome.done.size === rest.length && outcome.events.length === 0
    ? { stored, failures: [] }
    : buildPass(stored, rest, outcome);
}

function buildPass(
  stored: StoredLedger,
  entries: readonly OutboxEntry[],
  { done, events, failures }: EffectsOutcome,
): Pass {
  const failed = new Set(entries.map(({ effect }) => effect.id).filter((id) => !done.has(id)));
  return { stored, failures, result: { done, failed, events } };
}

interface TaskOutcome extends EffectsOutcome {
  /** The ledger after the events of the outcome; not written yet. */
  readonly ledger: Ledger;
  /** Whether it is unknown if the transfer task exists. A retry may find out. */
  readonly isUnknown: boolean;
}

async function runTaskEffects(
  ports: PassPorts,
  leased: Ledger,
  entries: readonly OutboxEntry[],
  justRead: JustRead,
): Promise<TaskOutcome> {
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
      const decision = applyEvents(ledger, outcome.events);
      if (decision.ok) ledger = markAttempted(decision.value, entry.attempts);
    } catch (error) {
      return { ledger, done, events, failures: [...failures, error], isUnknown: true };
    }
  }
  return { ledger, done, events, failures, isUnknown: false };
}

/**
 * Effects that follow from the transfer task run in the same pass as the task. An earlier pass may have run
 * them before it crashed, so they count as attempted as often as the task.
 */
function markAttempted(ledger: Ledger, attempts: number): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map((entry) => ({ ...entry, attempts: Math.max(entry.attempts, attempts) })),
  };
}
