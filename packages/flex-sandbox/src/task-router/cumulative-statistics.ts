/**
 * Counts what happened in an interval, from the workspace's event log.
 * https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics#taskqueue-cumulative-statistics
 */
import { isoSeconds } from '../clock.js';
import type { TaskRouterEvent, Worker, Workspace } from './state.js';

export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** The events that count: those in the interval whose fields have these values. */
export interface EventFilter extends Interval {
  readonly taskQueueSid?: string;
  readonly workflowSid?: string;
  readonly workerSids?: ReadonlySet<string>;
  /** SID or unique name. */
  readonly taskChannel?: string | undefined;
}

export function selectEvents({ events }: Workspace, filter: EventFilter): TaskRouterEvent[] {
  const { startMs, endMs, taskQueueSid, workflowSid, workerSids, taskChannel } = filter;
  return events.filter(
    ({ atMs, data }) =>
      atMs >= startMs &&
      atMs <= endMs &&
      (taskQueueSid === undefined || data.TaskQueueSid === taskQueueSid) &&
      (workflowSid === undefined || data.WorkflowSid === workflowSid) &&
      (workerSids === undefined || workerSids.has(data.WorkerSid ?? '')) &&
      (taskChannel === undefined || [data.TaskChannelSid, data.TaskChannelUniqueName].includes(taskChannel)),
  );
}

const countType = (events: readonly TaskRouterEvent[], type: string) =>
  events.filter((event) => event.type === type).length;

export const intervalView = ({ startMs, endMs }: Interval) => ({
  start_time: isoSeconds(startMs),
  end_time: isoSeconds(endMs),
});

export function countReservations(events: readonly TaskRouterEvent[]) {
  const count = (name: string) => countType(events, `reservation.${name}`);
  return {
    reservations_created: count('created'),
    reservations_accepted: count('accepted'),
    reservations_rejected: count('rejected'),
    reservations_timed_out: count('timeout'),
    reservations_canceled: count('canceled'),
    reservations_rescinded: count('rescinded'),
  };
}

/** The members that queues, workflows and workspaces share. `thresholds` are seconds. */
export function countTaskEvents(events: readonly TaskRouterEvent[], thresholds: readonly number[]) {
  const accepted = waits(events, 'reservation.accepted');
  const canceled = waits(events, 'task.canceled');
  return {
    avg_task_acceptance_time: summarize(accepted).avg,
    wait_duration_until_accepted: summarize(accepted),
    wait_duration_until_canceled: summarize(canceled),
    tasks_canceled: countType(events, 'task.canceled'),
    tasks_completed: countType(events, 'task.completed'),
    tasks_deleted: countType(events, 'task.deleted'),
    tasks_moved: countType(events, 'task-queue.moved'),
    split_by_wait_time: splitByWaitTime(accepted, canceled, thresholds),
  };
}

export const countEntered = (events: readonly TaskRouterEvent[]) => ({
  tasks_entered: countType(events, 'task-queue.entered'),
});

export const countCreated = (events: readonly TaskRouterEvent[]) => ({
  tasks_created: countType(events, 'task.created'),
});

export const countTimedOut = (events: readonly TaskRouterEvent[]) => ({
  tasks_timed_out_in_workflow: countType(events, 'workflow.timeout'),
});

export const countWaitInQueue = (events: readonly TaskRouterEvent[]) => ({
  wait_duration_in_queue_until_accepted: summarize(
    waits(events, 'reservation.accepted', ({ task }) => task?.queueEnteredAtMs),
  ),
});

/** The seconds that each task waited until its first event of this type. */
function waits(
  events: readonly TaskRouterEvent[],
  type: string,
  sinceMs: (event: TaskRouterEvent) => number | undefined = ({ task }) => task?.createdAtMs,
): number[] {
  const byTask = new Map<string, number>();
  for (const event of events) {
    const startMs = sinceMs(event);
    if (event.type !== type || event.task === undefined || startMs === undefined) continue;
    if (!byTask.has(event.task.sid)) byTask.set(event.task.sid, Math.floor((event.atMs - startMs) / 1000));
  }
  return [...byTask.values()];
}

function summarize(seconds: readonly number[]) {
  if (seconds.length === 0) return { avg: 0, min: 0, max: 0, total: 0 };
  const total = seconds.reduce((sum, value) => sum + value, 0);
  return {
    avg: Math.round(total / seconds.length),
    min: Math.min(...seconds),
    max: Math.max(...seconds),
    total,
  };
}

function splitByWaitTime(
  accepted: readonly number[],
  canceled: readonly number[],
  thresholds: readonly number[],
) {
  const count = (isCounted: (seconds: number) => boolean) => ({
    tasks_canceled: canceled.filter(isCounted).length,
    reservations_accepted: accepted.filter(isCounted).length,
  });
  return Object.fromEntries(
    thresholds.map((threshold) => [
      threshold,
      { above: count((seconds) => seconds > threshold), below: count((seconds) => seconds <= threshold) },
    ]),
  );
}

/** For each activity: how long the workers were in it, in whole seconds. */
export function measureActivities(workspace: Workspace, workers: readonly Worker[], interval: Interval) {
  const durations = workers.flatMap((worker) => listActivityDurations(workspace, worker, interval));
  return [...workspace.activities.values()].map(({ sid, friendlyName }) => ({
    ...summarize(durations.filter(({ activitySid }) => activitySid === sid).map(({ seconds }) => seconds)),
    sid,
    friendly_name: friendlyName,
  }));
}

/** One element for each time that the worker was in an activity during the interval. */
function listActivityDurations(workspace: Workspace, worker: Worker, { startMs, endMs }: Interval) {
  const changes = workspace.events.filter(
    ({ type, data }) =>
      (type === 'worker.created' || type === 'worker.activity.update') && data.WorkerSid === worker.sid,
  );
  return changes.flatMap(({ atMs, data }, index) => {
    const fromMs = Math.max(atMs, startMs);
    const toMs = Math.min(changes[index + 1]?.atMs ?? endMs, endMs);
    if (toMs <= fromMs) return [];
    return [{ activitySid: data.WorkerActivitySid, seconds: Math.floor((toMs - fromMs) / 1000) }];
  });
}
