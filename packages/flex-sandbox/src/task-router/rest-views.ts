/**
 * Renders entities as TaskRouter's REST API returns them: snake_case, ISO dates, links.
 * The event bridge uses other names for some members: see event-bridge-views.ts.
 */
import { isoSeconds } from '../clock.js';
import { countAssignedTasks } from './availability.js';
import { resourceType } from './event-data.js';
import type {
  Activity,
  Entity,
  Reservation,
  Task,
  TaskChannel,
  TaskQueue,
  TaskRouterEvent,
  Worker,
  WorkerChannel,
  Workflow,
  Workspace,
} from './state.js';

const base = (entity: Entity) => ({
  sid: entity.sid,
  date_created: isoSeconds(entity.createdAtMs),
  date_updated: isoSeconds(entity.updatedAtMs),
});

/** The three kinds of statistics of a workspace, a queue or a workflow, below its URL. */
const statisticsLinks = (url: string) => ({
  statistics: `${url}/Statistics`,
  real_time_statistics: `${url}/RealTimeStatistics`,
  cumulative_statistics: `${url}/CumulativeStatistics`,
});

const urlOf = (workspace: Workspace) => `https://taskrouter.twilio.com/v1/Workspaces/${workspace.sid}`;

const isoOrNull = (atMs: number | undefined) => (atMs === undefined ? null : isoSeconds(atMs));

const activityUrl = (workspace: Workspace, sid: string | null) =>
  sid === null ? null : `${urlOf(workspace)}/Activities/${sid}`;

const activityName = (workspace: Workspace, sid: string | null) =>
  sid === null ? null : (workspace.activities.get(sid)?.friendlyName ?? null);

export type RestViews = ReturnType<typeof createRestViews>;

export function createRestViews(accountSid: string, nowMs: () => number) {
  const owner = { account_sid: accountSid };
  const within = (workspace: Workspace) => ({ ...owner, workspace_sid: workspace.sid });

  return {
    workspace(workspace: Workspace) {
      const url = urlOf(workspace);
      const link = (name: string) => `${url}/${name}`;
      return {
        ...base(workspace),
        ...owner,
        friendly_name: workspace.friendlyName,
        default_activity_sid: workspace.defaultActivitySid,
        default_activity_name: activityName(workspace, workspace.defaultActivitySid),
        timeout_activity_sid: workspace.timeoutActivitySid,
        timeout_activity_name: activityName(workspace, workspace.timeoutActivitySid),
        event_callback_url: workspace.eventCallbackUrl === '' ? null : workspace.eventCallbackUrl,
        events_filter: workspace.eventsFilter,
        multi_task_enabled: workspace.multiTaskEnabled,
        prioritize_queue_order: workspace.prioritizeQueueOrder,
        url,
        links: {
          activities: link('Activities'),
          events: link('Events'),
          task_channels: link('TaskChannels'),
          task_queues: link('TaskQueues'),
          tasks: link('Tasks'),
          workers: link('Workers'),
          workflows: link('Workflows'),
          ...statisticsLinks(url),
        },
      };
    },

    activity: (workspace: Workspace, activity: Activity) => ({
      ...base(activity),
      ...within(workspace),
      friendly_name: activity.friendlyName,
      available: activity.available,
      url: `${urlOf(workspace)}/Activities/${activity.sid}`,
      links: { workspace: urlOf(workspace) },
    }),

    taskChannel: (workspace: Workspace, channel: TaskChannel) => ({
      ...base(channel),
      ...within(workspace),
      friendly_name: channel.friendlyName,
      unique_name: channel.uniqueName,
      channel_optimized_routing: channel.channelOptimizedRouting,
      url: `${urlOf(workspace)}/TaskChannels/${channel.sid}`,
      links: { workspace: urlOf(workspace) },
    }),

    taskQueue(workspace: Workspace, queue: TaskQueue) {
      const queues = `${urlOf(workspace)}/TaskQueues`;
      const url = `${queues}/${queue.sid}`;
      return {
        ...base(queue),
        ...within(workspace),
        friendly_name: queue.friendlyName,
        target_workers: queue.targetWorkers,
        max_reserved_workers: queue.maxReservedWorkers,
        task_order: queue.taskOrder,
        reservation_activity_sid: queue.reservationActivitySid,
        reservation_activity_name: activityName(workspace, queue.reservationActivitySid),
        assignment_activity_sid: queue.assignmentActivitySid,
        assignment_activity_name: activityName(workspace, queue.assignmentActivitySid),
        url,
        links: {
          workspace: urlOf(workspace),
          assignment_activity: activityUrl(workspace, queue.assignmentActivitySid),
          reservation_activity: activityUrl(workspace, queue.reservationActivitySid),
          list_statistics: `${queues}/Statistics`,
          bulk_real_time_statistics: `${queues}/RealTimeStatistics`,
          ...statisticsLinks(url),
        },
      };
    },

    workflow(workspace: Workspace, workflow: Workflow) {
      const url = `${urlOf(workspace)}/Workflows/${workflow.sid}`;
      return {
        ...base(workflow),
        ...within(workspace),
        friendly_name: workflow.friendlyName,
        configuration: workflow.configuration,
        document_content_type: 'application/json',
        assignment_callback_url: workflow.assignmentCallbackUrl,
        fallback_assignment_callback_url: workflow.fallbackAssignmentCallbackUrl,
        task_reservation_timeout: workflow.taskReservationTimeout,
        url,
        links: statisticsLinks(url),
      };
    },

    worker(worker: Worker) {
      const workspaceUrl = urlOf(worker.workspace);
      const workersUrl = `${workspaceUrl}/Workers`;
      const url = `${workersUrl}/${worker.sid}`;
      return {
        ...base(worker),
        ...within(worker.workspace),
        friendly_name: worker.friendlyName,
        attributes: worker.attributes,
        activity_sid: worker.activity.sid,
        activity_name: worker.activity.friendlyName,
        available: worker.activity.available,
        date_status_changed: isoSeconds(worker.statusChangedAtMs),
        url,
        links: {
          workspace: workspaceUrl,
          activity: activityUrl(worker.workspace, worker.activity.sid),
          channels: `${url}/Channels`,
          worker_channels: `${url}/Channels`,
          reservations: `${url}/Reservations`,
          worker_statistics: `${url}/Statistics`,
          // The statistics of all workers.
          ...statisticsLinks(workersUrl),
        },
      };
    },

    workerChannel(channel: WorkerChannel) {
      const { worker, taskChannel, capacity } = channel;
      const assigned = countAssignedTasks(channel);
      return {
        ...base(channel),
        ...within(worker.workspace),
        worker_sid: worker.sid,
        task_channel_sid: taskChannel.sid,
        task_channel_unique_name: taskChannel.uniqueName,
        configured_capacity: capacity,
        available: channel.available,
        assigned_tasks: assigned,
        available_capacity_percentage:
          capacity === 0 ? 0 : Math.max(0, Math.round(((capacity - assigned) / capacity) * 100)),
        url: `${urlOf(worker.workspace)}/Workers/${worker.sid}/Channels/${channel.sid}`,
      };
    },

    task(task: Task) {
      const workspaceUrl = urlOf(task.workspace);
      const url = `${workspaceUrl}/Tasks/${task.sid}`;
      const { queue, workflow } = task;
      return {
        ...base(task),
        ...within(task.workspace),
        age: Math.floor((nowMs() - task.createdAtMs) / 1000),
        assignment_status: task.status,
        attributes: task.attributes,
        addons: '{}',
        priority: task.priority,
        reason: task.reason,
        timeout: task.timeout,
        ignore_capacity: task.ignoreCapacity,
        routing_target: task.routingTarget,
        task_queue_entered_date: isoOrNull(task.queueEnteredAtMs),
        virtual_start_time: isoSeconds(task.virtualStartAtMs),
        task_queue_sid: queue?.sid ?? null,
        task_queue_friendly_name: queue?.friendlyName ?? null,
        task_channel_sid: task.taskChannel.sid,
        task_channel_unique_name: task.taskChannel.uniqueName,
        workflow_sid: workflow?.sid ?? null,
        workflow_friendly_name: workflow?.friendlyName ?? null,
        url,
        links: {
          workspace: workspaceUrl,
          reservations: `${url}/Reservations`,
          task_queue: queue === undefined ? null : `${workspaceUrl}/TaskQueues/${queue.sid}`,
          workflow: workflow === undefined ? null : `${workspaceUrl}/Workflows/${workflow.sid}`,
        },
      };
    },

    /** `parent`: the collection below which the caller asked for the reservation. */
    reservation(reservation: Reservation, parent: 'Tasks' | 'Workers') {
      const { task, worker } = reservation;
      const workspaceUrl = urlOf(task.workspace);
      const parentUrl = `${workspaceUrl}/${parent}/${parent === 'Tasks' ? task.sid : worker.sid}`;
      return {
        ...base(reservation),
        ...within(task.workspace),
        task_sid: task.sid,
        worker_sid: worker.sid,
        worker_name: worker.friendlyName,
        reservation_status: reservation.status,
        url: `${parentUrl}/Reservations/${reservation.sid}`,
        links: {
          task: `${workspaceUrl}/Tasks/${task.sid}`,
          worker: `${workspaceUrl}/Workers/${worker.sid}`,
          workspace: workspaceUrl,
        },
      };
    },

    event: (event: TaskRouterEvent) => ({
      sid: event.sid,
      ...within(event.workspace),
      event_type: event.type,
      event_date: isoSeconds(event.atMs),
      event_date_ms: event.atMs,
      event_data: toSnakeCase(event.data),
      description: event.data.EventDescription ?? '',
      actor_sid: event.workspace.sid,
      actor_type: 'workspace',
      actor_url: urlOf(event.workspace),
      resource_sid: event.data.ResourceSid ?? '',
      resource_type: resourceType(event),
      resource_url: urlOf(event.workspace),
      source: 'twilio',
      source_ip_address: null,
      url: `${urlOf(event.workspace)}/Events/${event.sid}`,
    }),
  };
}

/** Names in snake case, as in the Event Streams of TaskRouter: `TaskAttributes` becomes `task_attributes`. */
const toSnakeCase = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase(),
      value,
    ]),
  );
