/**
 * The resources that an administrator configures: workspaces, activities, task channels, queues and
 * workflows. A changed queue or workflow may match waiting tasks, so the update routes them again.
 */
import { badRequest } from '../api-error.js';
import { addWorkerChannel } from './availability.js';
import type { Core } from './core.js';
import {
  type Activity,
  findTaskChannel,
  hasEnded,
  lookUp,
  type TaskChannel,
  type TaskQueue,
  type Workflow,
  type Workspace,
} from './state.js';
import { compileParameter, parseWorkflow } from './workflow.js';

export interface WorkspaceSettings {
  readonly friendlyName?: string | undefined;
  readonly eventCallbackUrl?: string | undefined;
  /** Comma-separated event types; an empty text means all. */
  readonly eventsFilter?: string | undefined;
  readonly multiTaskEnabled?: boolean | undefined;
  readonly prioritizeQueueOrder?: string | undefined;
  readonly defaultActivitySid?: string | undefined;
  readonly timeoutActivitySid?: string | undefined;
}

export interface TaskQueueSettings {
  readonly friendlyName?: string | undefined;
  /** Expression over worker attributes; `1==1` matches every worker. */
  readonly targetWorkers?: string | undefined;
  readonly maxReservedWorkers?: number | undefined;
  readonly taskOrder?: string | undefined;
  readonly reservationActivitySid?: string | undefined;
  readonly assignmentActivitySid?: string | undefined;
}

export interface WorkflowSettings {
  readonly friendlyName?: string | undefined;
  /** JSON text or the object itself. */
  readonly configuration?: string | object | undefined;
  /** Seconds. */
  readonly taskReservationTimeout?: number | undefined;
  readonly assignmentCallbackUrl?: string | undefined;
  readonly fallbackAssignmentCallbackUrl?: string | undefined;
  /** Restarts the workflow's pending tasks at the first filter. */
  readonly reEvaluateTasks?: boolean | undefined;
}

export type Named<Settings> = Settings & { readonly friendlyName: string };

const DEFAULT_TASK_CHANNELS = [
  ['default', 'Default'],
  ['voice', 'Voice'],
  ['chat', 'Programmable Chat'],
  ['sms', 'SMS'],
  ['video', 'Video'],
  ['email', 'Email'],
] as const;

/** Creates a workspace with the activities and task channels that Twilio gives to every new workspace. */
export function createWorkspace(core: Core, settings: Named<WorkspaceSettings>): Workspace {
  const workspace: Workspace = {
    ...core.newEntity('WS'),
    friendlyName: settings.friendlyName,
    eventCallbackUrl: '',
    eventsFilter: null,
    multiTaskEnabled: true,
    prioritizeQueueOrder: 'FIFO',
    defaultActivitySid: '',
    timeoutActivitySid: '',
    activities: new Map(),
    taskChannels: new Map(),
    taskQueues: new Map(),
    workflows: new Map(),
    workers: new Map(),
    tasks: new Map(),
    reservations: new Map(),
    transfers: new Map(),
    events: [],
  };
  const offline = createActivity(core, workspace, { friendlyName: 'Offline', available: false });
  createActivity(core, workspace, { friendlyName: 'Available', available: true });
  createActivity(core, workspace, { friendlyName: 'Unavailable', available: false });
  workspace.defaultActivitySid = offline.sid;
  workspace.timeoutActivitySid = offline.sid;
  for (const [uniqueName, friendlyName] of DEFAULT_TASK_CHANNELS) {
    createTaskChannel(core, workspace, { uniqueName, friendlyName });
  }
  core.workspaces.set(workspace.sid, workspace);
  applyWorkspaceSettings(workspace, settings);
  return workspace;
}

export function updateWorkspace(core: Core, workspace: Workspace, settings: WorkspaceSettings): void {
  applyWorkspaceSettings(workspace, settings);
  core.touch(workspace);
}

function applyWorkspaceSettings(workspace: Workspace, settings: WorkspaceSettings): void {
  const { defaultActivitySid, timeoutActivitySid, eventsFilter } = settings;
  if (defaultActivitySid !== undefined) {
    workspace.defaultActivitySid = lookUp(workspace, 'activities', defaultActivitySid).sid;
  }
  if (timeoutActivitySid !== undefined) {
    workspace.timeoutActivitySid = lookUp(workspace, 'activities', timeoutActivitySid).sid;
  }
  if (eventsFilter !== undefined) workspace.eventsFilter = eventsFilter === '' ? null : eventsFilter;
  workspace.friendlyName = settings.friendlyName ?? workspace.friendlyName;
  workspace.eventCallbackUrl = settings.eventCallbackUrl ?? workspace.eventCallbackUrl;
  workspace.multiTaskEnabled = settings.multiTaskEnabled ?? workspace.multiTaskEnabled;
  workspace.prioritizeQueueOrder = settings.prioritizeQueueOrder ?? workspace.prioritizeQueueOrder;
}

export function createActivity(
  core: Core,
  workspace: Workspace,
  {
    friendlyName,
    available = false,
  }: { readonly friendlyName: string; readonly available?: boolean | undefined },
): Activity {
  const activity: Activity = { ...core.newEntity('WA'), friendlyName, available };
  workspace.activities.set(activity.sid, activity);
  return activity;
}

export interface TaskChannelSettings {
  readonly uniqueName: string;
  readonly friendlyName: string;
  readonly channelOptimizedRouting?: boolean | undefined;
}

export function createTaskChannel(
  core: Core,
  workspace: Workspace,
  settings: TaskChannelSettings,
): TaskChannel {
  const { uniqueName, friendlyName, channelOptimizedRouting = false } = settings;
  if (findTaskChannel(workspace, uniqueName) !== undefined) {
    throw badRequest(`TaskChannel with uniqueName '${uniqueName}' already exists in this workspace`);
  }
  const channel: TaskChannel = {
    ...core.newEntity('TC'),
    friendlyName,
    uniqueName,
    channelOptimizedRouting,
  };
  workspace.taskChannels.set(channel.sid, channel);
  for (const worker of workspace.workers.values()) addWorkerChannel(core, worker, channel);
  return channel;
}

/** Throws 400/20001 when `targetWorkers` is not a valid expression. */
export function createTaskQueue(
  core: Core,
  workspace: Workspace,
  settings: Named<TaskQueueSettings>,
): TaskQueue {
  const { targetWorkers = '1==1' } = settings;
  const queue: TaskQueue = {
    ...core.newEntity('WQ'),
    friendlyName: settings.friendlyName,
    targetWorkers,
    matches: compileParameter(targetWorkers, 'TargetWorkers'),
    maxReservedWorkers: settings.maxReservedWorkers ?? 1,
    taskOrder: settings.taskOrder ?? 'FIFO',
    reservationActivitySid: settings.reservationActivitySid ?? null,
    assignmentActivitySid: settings.assignmentActivitySid ?? null,
  };
  workspace.taskQueues.set(queue.sid, queue);
  return queue;
}

export function updateTaskQueue(
  core: Core,
  workspace: Workspace,
  queue: TaskQueue,
  settings: TaskQueueSettings,
): void {
  if (settings.targetWorkers !== undefined) {
    queue.matches = compileParameter(settings.targetWorkers, 'TargetWorkers');
    queue.targetWorkers = settings.targetWorkers;
  }
  queue.friendlyName = settings.friendlyName ?? queue.friendlyName;
  queue.maxReservedWorkers = settings.maxReservedWorkers ?? queue.maxReservedWorkers;
  queue.taskOrder = settings.taskOrder ?? queue.taskOrder;
  queue.reservationActivitySid = settings.reservationActivitySid ?? queue.reservationActivitySid;
  queue.assignmentActivitySid = settings.assignmentActivitySid ?? queue.assignmentActivitySid;
  core.touch(queue);
  core.reroute(workspace);
}

/** Throws 400 while the queue has live tasks or a workflow names it. */
export function removeTaskQueue(workspace: Workspace, queue: TaskQueue): void {
  if ([...workspace.tasks.values()].some((task) => task.queue === queue && !hasEnded(task))) {
    throw badRequest(`Cannot delete TaskQueue ${queue.sid} because it has live tasks`);
  }
  if ([...workspace.workflows.values()].some((workflow) => workflow.configuration.includes(queue.sid))) {
    throw badRequest(`Cannot delete TaskQueue ${queue.sid} because a workflow uses it`);
  }
  workspace.taskQueues.delete(queue.sid);
}

export function createWorkflow(
  core: Core,
  workspace: Workspace,
  settings: Named<WorkflowSettings> & { readonly configuration: string | object },
): Workflow {
  const configuration = toJsonText(settings.configuration);
  const workflow: Workflow = {
    ...core.newEntity('WW'),
    friendlyName: settings.friendlyName,
    configuration,
    routing: parseWorkflow(configuration, (sid) => workspace.taskQueues.has(sid)),
    taskReservationTimeout: settings.taskReservationTimeout ?? 120,
    assignmentCallbackUrl: settings.assignmentCallbackUrl ?? null,
    fallbackAssignmentCallbackUrl: settings.fallbackAssignmentCallbackUrl ?? null,
  };
  workspace.workflows.set(workflow.sid, workflow);
  return workflow;
}

export function updateWorkflow(
  core: Core,
  workspace: Workspace,
  workflow: Workflow,
  settings: WorkflowSettings,
): void {
  if (settings.configuration !== undefined) {
    const configuration = toJsonText(settings.configuration);
    workflow.routing = parseWorkflow(configuration, (sid) => workspace.taskQueues.has(sid));
    workflow.configuration = configuration;
  }
  workflow.friendlyName = settings.friendlyName ?? workflow.friendlyName;
  workflow.taskReservationTimeout = settings.taskReservationTimeout ?? workflow.taskReservationTimeout;
  workflow.assignmentCallbackUrl = settings.assignmentCallbackUrl ?? workflow.assignmentCallbackUrl;
  workflow.fallbackAssignmentCallbackUrl =
    settings.fallbackAssignmentCallbackUrl ?? workflow.fallbackAssignmentCallbackUrl;
  core.touch(workflow);
  if (settings.reEvaluateTasks === true) {
    for (const task of workspace.tasks.values()) {
      if (task.workflow === workflow && task.status === 'pending') task.step = undefined;
    }
  }
  core.reroute(workspace);
}

/** Throws 400 while the workflow has live tasks. */
export function removeWorkflow(workspace: Workspace, workflow: Workflow): void {
  if ([...workspace.tasks.values()].some((task) => task.workflow === workflow && !hasEnded(task))) {
    throw badRequest(`Cannot delete Workflow ${workflow.sid} because it has live tasks`);
  }
  workspace.workflows.delete(workflow.sid);
}

const toJsonText = (configuration: string | object) =>
  typeof configuration === 'string' ? configuration : JSON.stringify(configuration);
