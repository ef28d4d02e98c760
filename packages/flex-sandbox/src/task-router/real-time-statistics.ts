/**
 * Counts the current tasks and workers, as TaskRouter's real-time statistics and Flex's Queues view show them.
 * https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics
 */
import { findQueueMembers } from './candidates.js';
import {
  hasEnded,
  type Task,
  type TaskQueue,
  type TaskStatus,
  type Worker,
  type Workspace,
} from './state.js';

/** Restricts statistics to tasks of one task channel, by SID or unique name. */
export type TaskChannelKey = string | undefined;

function isOnChannel({ taskChannel }: Task, key: TaskChannelKey): boolean {
  return key === undefined || taskChannel.sid === key || taskChannel.uniqueName === key;
}

/** The tasks that have not ended. */
export function listLiveTasks({ tasks }: Workspace, channel: TaskChannelKey): Task[] {
  return [...tasks.values()].filter((task) => !hasEnded(task) && isOnChannel(task, channel));
}

/** The waiting task (pending or reserved) that was created first. */
export function findLongestWaiting(tasks: readonly Task[]): Task | undefined {
  return findFirst(tasks, (task) => task.createdAtMs);
}

function findFirst(tasks: readonly Task[], timeOf: (task: Task) => number): Task | undefined {
  const waiting = tasks.filter(({ status }) => status === 'pending' || status === 'reserved');
  return waiting.sort((a, b) => timeOf(a) - timeOf(b))[0];
}

type LiveStatus = Exclude<TaskStatus, 'completed' | 'canceled'>;

export function countByStatus(tasks: readonly Task[]): Record<LiveStatus, number> {
  const count = (status: LiveStatus) => tasks.filter((task) => task.status === status).length;
  return {
    reserved: count('reserved'),
    pending: count('pending'),
    assigned: count('assigned'),
    wrapping: count('wrapping'),
  };
}

export function countByPriority(tasks: readonly Task[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { priority } of tasks) counts[priority] = (counts[priority] ?? 0) + 1;
  return counts;
}

/** The workers in each activity of the workspace, also in those without workers. */
export function countByActivity({ activities }: Workspace, workers: readonly Worker[]) {
  return [...activities.values()].map((activity) => ({
    friendly_name: activity.friendlyName,
    sid: activity.sid,
    workers: workers.filter((worker) => worker.activity === activity).length,
  }));
}

/** Ages are in whole seconds; 0 when no task waits. */
export function countTasks(tasks: readonly Task[], nowMs: number) {
  const longest = findLongestWaiting(tasks);
  return {
    longest_task_waiting_age: ageSeconds(longest?.createdAtMs, nowMs),
    longest_task_waiting_sid: longest?.sid ?? null,
    tasks_by_priority: countByPriority(tasks),
    tasks_by_status: countByStatus(tasks),
    total_tasks: tasks.length,
  };
}

export function countQueue(workspace: Workspace, queue: TaskQueue, nowMs: number, channel: TaskChannelKey) {
  const tasks = listLiveTasks(workspace, channel).filter((task) => task.queue === queue);
  const workers = findQueueMembers(queue, workspace.workers.values());
  const enteredAtMs = (task: Task) => task.queueEnteredAtMs ?? task.createdAtMs;
  const longestInQueue = findFirst(tasks, enteredAtMs);
  return {
    ...countTasks(tasks, nowMs),
    longest_relative_task_age_in_queue: ageSeconds(longestInQueue && enteredAtMs(longestInQueue), nowMs),
    longest_relative_task_sid_in_queue: longestInQueue?.sid ?? null,
    activity_statistics: countByActivity(workspace, workers),
    total_available_workers: workers.filter(({ activity }) => activity.available).length,
    total_eligible_workers: workers.length,
  };
}

const ageSeconds = (sinceMs: number | undefined, nowMs: number) =>
  sinceMs === undefined ? 0 : Math.floor((nowMs - sinceMs) / 1000);
