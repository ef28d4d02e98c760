/**
 * Compares a conversation with Twilio when its ledger is due, because an event may be lost. The outbox is not handled here:
 * every run executes what is due in it.
 */
import {
  type ConversationEvent,
  type Ledger,
  parkingDueAt,
  type TaskSid,
  taskDueAt,
  tasksOf,
  unattendedDueAt,
} from '@chat-transfer/transfer-core';
import { type CompareTaskPorts, compareTask } from './compare-task';
import { findParkedConversation } from './find-parked-conversation';

/**
 * The events that the ledger lacks. Deadlines of the open transfer are not checked here: every change of a conversation checks
 * them. Throws when a call to Twilio fails.
 */
export async function reconcileTasks(ports: CompareTaskPorts, ledger: Ledger): Promise<ConversationEvent[]> {
  const now = ports.nowMs();
  const isDue = (dueAt: number | undefined): boolean => dueAt !== undefined && dueAt <= now;
  const due = tasksOf(ledger).filter(([, task]) => isDue(taskDueAt(ledger, task)));
  const [comparisons, found, parking] = await Promise.all([
    Promise.all(
      due.map(async ([taskSid]) => ({ taskSid, missed: await compareTask(ports, ledger, taskSid) })),
    ),
    isDue(unattendedDueAt(ledger)) ? searchTasks(ports, ledger) : [],
    ledger.parkedBy !== undefined && isDue(parkingDueAt(ledger))
      ? findParkedConversation(ports, ledger, ledger.parkedBy)
      : [],
  ]);
  const confirmed = comparisons.filter(({ missed }) => missed.length === 0).map(({ taskSid }) => taskSid);
  return [
    ...comparisons.flatMap(({ missed }) => missed),
    ...parking,
    ...found,
    ...confirmTasks(confirmed, now),
  ];
}

/**
 * Open tasks of the chat that the ledger does not know. Only on Flex Conversations, where Flex's own transfer creates
 * tasks. If there is none, confirms the latest task, so that the next
 * search is later.
 */
async function searchTasks({ backends, taskRouter, nowMs }: CompareTaskPorts, ledger: Ledger) {
  const listed =
    ledger.backend === 'conversations' ? await backends[ledger.backend].listKnownTasks(ledger) : [];
  const unknown = listed.filter((taskSid) => ledger.tasks[taskSid] === undefined);
  const tasks = await Promise.all(unknown.map((taskSid) => taskRouter.fetchTask(taskSid)));
  const at = nowMs();
  const found = tasks.flatMap((task): ConversationEvent[] =>
    task !== undefined && ['pending', 'reserved', 'assigned'].includes(task.assignmentStatus)
      ? [{ type: 'task-tracked', taskSid: task.sid, at }]
      : [],
  );
  const latest = tasksOf(ledger).slice(-1);
  return found.length > 0
    ? found
    : confirmTasks(
        latest.map(([taskSid]) => taskSid),
        at,
      );
}

const confirmTasks = (taskSids: readonly TaskSid[], at: number): ConversationEvent[] =>
  taskSids.length === 0 ? [] : [{ type: 'tasks-confirmed', taskSids, at }];
