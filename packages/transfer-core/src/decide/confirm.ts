/** When the states of a ledger's tasks were last known to be TaskRouter's. next-due.ts says when each is checked again. */
import { type Ledger, type TaskRecord, tasksOf } from '../ledger';
import type { TaskSid } from '../sids';
import { type Decision, withoutEffects } from './decision';

/** TaskRouter agrees with the ledger about these tasks. A task that the ledger does not have is ignored. */
export function confirmTasks(ledger: Ledger, taskSids: readonly TaskSid[], at: number): Decision {
  const tasks = { ...ledger.tasks };
  for (const taskSid of taskSids) {
    const record = tasks[taskSid];
    if (record !== undefined && (record.confirmedAt ?? record.openedAt) < at) {
      tasks[taskSid] = { ...record, confirmedAt: at };
    }
  }
  const isNew = taskSids.some((taskSid) => tasks[taskSid] !== ledger.tasks[taskSid]);
  return withoutEffects(isNew ? { ...ledger, tasks } : ledger);
}

/** Records the time of the event on each task whose state it changed. Returns the same ledger if there is none. */
export function confirmChangedTasks(before: Ledger, after: Ledger, at: number): Ledger {
  const changed = tasksOf(after).flatMap(([taskSid, record]): Array<[TaskSid, TaskRecord]> => {
    const earlier = before.tasks[taskSid];
    if (earlier === undefined || earlier.state === record.state) return [];
    const { confirmedAt: _replaced, ...rest } = record;
    // A closed task is not checked again. When the functions cancelled a task that no agent had, they ask later.
    const isDone = record.state === 'closed' && record.worker !== undefined;
    const isKnownSince = isDone || record.openedAt === at;
    return [[taskSid, isKnownSince ? rest : { ...rest, confirmedAt: at }]];
  });
  return changed.length === 0
    ? after
    : { ...after, tasks: { ...after.tasks, ...Object.fromEntries(changed) } };
}
