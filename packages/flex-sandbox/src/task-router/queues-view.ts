/**
 * The statistics that Flex's Queues view reads from Sync maps: one map for each queue and one for the workspace.
 * Names and members are those that Flex UI 2.17 reads. All times of a task are in whole seconds.
 */
import { isoMilliseconds } from '../clock.js';
import { findQueueMembers } from './candidates.js';
import type { Core } from './core.js';
import { selectEvents } from './cumulative-statistics.js';
import {
  countByActivity,
  countByPriority,
  countByStatus,
  findLongestWaiting,
  listLiveTasks,
} from './real-time-statistics.js';
import type { Task, TaskQueue, TaskRouterEvent, Workspace } from './state.js';

const WORKSPACE_MAP = 'realtime_statistics_v1';
const QUEUE_MAP_SUFFIX = '.realtime_statistics.v1';

/** Flex's default for the service level: tasks accepted within this time. */
const SERVICE_LEVEL_SECONDS = 20;
/** Flex's default: a task that is cancelled within this time does not count for the service level. */
const SHORT_ABANDONED_SECONDS = 5;
/** Flex's default hour, in GMT, at which a day begins. */
const RESET_HOUR = 8;

const HOUR_MS = 3_600_000;

/** The items of the map with this unique name, by key; `undefined` for another name. */
export function readQueuesViewMap(core: Core, uniqueName: string): ReadonlyMap<string, unknown> | undefined {
  const [workspace] = core.workspaces.values();
  if (workspace === undefined) return undefined;
  if (uniqueName === WORKSPACE_MAP) {
    const workers = [...workspace.workers.values()];
    const activities = { activity_statistics: countByActivity(workspace, workers) };
    return new Map([['workspace', { ...activities, total_workers: workers.length }]]);
  }
  const queue = workspace.taskQueues.get(uniqueName.replace(QUEUE_MAP_SUFFIX, ''));
  if (queue === undefined || uniqueName !== `${queue.sid}${QUEUE_MAP_SUFFIX}`) return undefined;
  return buildQueueItems(workspace, queue, core.sandbox.clock.nowMs());
}

function buildQueueItems(workspace: Workspace, queue: TaskQueue, nowMs: number): Map<string, unknown> {
  const tasks = listLiveTasks(workspace, undefined).filter((task) => task.queue === queue);
  const channelSids = new Set(tasks.map(({ taskChannel }) => taskChannel.sid));
  const perChannel = [...channelSids].map((sid) => [
    sid,
    describeTasks(tasks.filter(({ taskChannel }) => taskChannel.sid === sid)),
  ]);
  const startOfDayMs = Math.floor((nowMs / HOUR_MS - RESET_HOUR) / 24) * 24 * HOUR_MS + RESET_HOUR * HOUR_MS;
  const workSince = (startMs: number) => ({
    queue: describeWork(selectEvents(workspace, { startMs, endMs: nowMs, taskQueueSid: queue.sid })),
  });
  return new Map<string, unknown>([
    ['tasks_now', { queue: describeTasks(tasks), ...Object.fromEntries(perChannel) }],
    ['tasks_thirty_minutes', workSince(nowMs - HOUR_MS / 2)],
    ['tasks_today', workSince(startOfDayMs)],
    ['worker_activities_statistics', describeWorkers(workspace, queue)],
  ]);
}

function describeTasks(tasks: readonly Task[]) {
  const { reserved, pending, assigned, wrapping } = countByStatus(tasks);
  const longest = findLongestWaiting(tasks);
  return {
    total_tasks: tasks.length,
    reserved_tasks: reserved,
    pending_tasks: pending,
    assigned_tasks: assigned,
    wrapping_tasks: wrapping,
    longest_task_waiting_sid: longest?.sid ?? null,
    longest_task_waiting_from: longest === undefined ? null : isoMilliseconds(longest.createdAtMs),
    tasks_by_priority: countByPriority(tasks),
  };
}

function describeWorkers(workspace: Workspace, queue: TaskQueue) {
  const workers = findQueueMembers(queue, workspace.workers.values());
  const available = workers.filter(({ activity }) => activity.available);
  const longestAvailableSinceMs = Math.min(...available.map(({ statusChangedAtMs }) => statusChangedAtMs));
  return {
    total_available_workers: available.length,
    total_eligible_workers: workers.length,
    activity_statistics: countByActivity(workspace, workers),
    ...(available.length === 0 ? {} : { longest_available_timestamp: String(longestAvailableSinceMs) }),
  };
}

/** What has been done with the tasks of these events. */
function describeWork(events: readonly TaskRouterEvent[]) {
  const ofType = (type: string) => events.filter((event) => event.type === type);
  const waits = (type: string) =>
    ofType(type).map(({ atMs, task }) => seconds(atMs - (task?.createdAtMs ?? atMs)));
  const handled = waits('reservation.accepted');
  const abandoned = waits('task.canceled');
  const shortAbandoned = abandoned.filter((wait) => wait <= SHORT_ABANDONED_SECONDS);
  const withinLevel = handled.filter((wait) => wait <= SERVICE_LEVEL_SECONDS);
  const total = handled.length + abandoned.length;
  const flowOut = ofType('task-queue.moved').length;
  return {
    total_tasks_count: total,
    handled_tasks_count: handled.length,
    abandoned_tasks_count: abandoned.length,
    abandoned_tasks_percentage: percentage(abandoned.length, total),
    short_abandoned_tasks_count: shortAbandoned.length,
    short_abandoned_tasks_percentage: percentage(shortAbandoned.length, total),
    handled_tasks_within_sl_threshold_count: withinLevel.length,
    handled_tasks_within_sl_threshold_percentage: percentage(withinLevel.length, handled.length),
    sla_percentage: percentage(withinLevel.length, total - shortAbandoned.length),
    flow_out_tasks_count: flowOut,
    flow_out_tasks_percentage: percentage(flowOut, total),
    total_missed_invitations: ofType('reservation.timeout').length,
    total_rejected_invitations: ofType('reservation.rejected').length,
    average_waiting_time: average(handled),
    average_abandon_time: average(abandoned),
    average_ring_time: average(measure(events, 'reservation.created', 'reservation.accepted')),
    average_talk_time: average(measure(events, 'reservation.accepted', 'reservation.wrapup')),
    average_wrapup_time: average(measure(events, 'reservation.wrapup', 'reservation.completed')),
    average_handle_time: average(measure(events, 'reservation.accepted', 'reservation.completed')),
  };
}

/** The seconds between two events of each reservation that has both. */
function measure(events: readonly TaskRouterEvent[], from: string, to: string): number[] {
  const startsMs = new Map<string, number>();
  const durations: number[] = [];
  for (const { type, atMs, reservation } of events) {
    if (reservation === undefined) continue;
    if (type === from) startsMs.set(reservation.sid, atMs);
    const startMs = startsMs.get(reservation.sid);
    if (type === to && startMs !== undefined) durations.push(seconds(atMs - startMs));
  }
  return durations;
}

const seconds = (ms: number) => Math.floor(ms / 1000);

const average = (values: readonly number[]) =>
  values.length === 0 ? 0 : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);

const percentage = (part: number, whole: number) => (whole <= 0 ? 0 : Math.round((part / whole) * 100));
