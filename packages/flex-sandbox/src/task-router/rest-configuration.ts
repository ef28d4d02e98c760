/** REST endpoints of activities, task channels, queues and workflows. */
import { badRequest, notFound } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiRequest, flag, requireText, text } from '../router.js';
import {
  createActivity,
  createTaskChannel,
  createTaskQueue,
  createWorkflow,
  removeTaskQueue,
  removeWorkflow,
  type TaskQueueSettings,
  updateTaskQueue,
  updateWorkflow,
  type WorkflowSettings,
} from './configuration.js';
import { listTaskQueues } from './listings.js';
import { readWholeNumber } from './request-params.js';
import { created, NO_CONTENT, ok, type Rest, segment } from './rest-endpoints.js';
import { findTaskChannel, lookUp, type TaskChannel, type Workspace } from './state.js';

export function addActivities({ core, views, inWorkspace }: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest) =>
    lookUp(workspace, 'activities', segment(request, 'activity'));
  inWorkspace('GET', '/Activities', (workspace, request) => {
    const name = text(request.query, 'FriendlyName');
    const available = flag(request.query, 'Available');
    const activities = [...workspace.activities.values()].filter(
      (activity) =>
        (name === undefined || activity.friendlyName === name) &&
        (available === undefined || activity.available === available),
    );
    return buildPage(request, 'activities', activities, (activity) => views.activity(workspace, activity));
  });
  inWorkspace('POST', '/Activities', (workspace, request) => {
    const friendlyName = requireText(request.body, 'FriendlyName');
    const available = flag(request.body, 'Available');
    return created(views.activity(workspace, createActivity(core, workspace, { friendlyName, available })));
  });
  inWorkspace('GET', '/Activities/:activity', (workspace, request) =>
    ok(views.activity(workspace, find(workspace, request))),
  );
  inWorkspace('POST', '/Activities/:activity', (workspace, request) => {
    const activity = find(workspace, request);
    activity.friendlyName = text(request.body, 'FriendlyName') ?? activity.friendlyName;
    core.touch(activity);
    return ok(views.activity(workspace, activity));
  });
  inWorkspace('DELETE', '/Activities/:activity', (workspace, request) => {
    const activity = find(workspace, request);
    const isUsed = [...workspace.workers.values()].some((worker) => worker.activity === activity);
    if (isUsed || [workspace.defaultActivitySid, workspace.timeoutActivitySid].includes(activity.sid)) {
      throw badRequest(`Cannot delete Activity ${activity.sid} because it is in use`);
    }
    workspace.activities.delete(activity.sid);
    return NO_CONTENT;
  });
}

export function addTaskChannels({ core, views, inWorkspace, forSupervisors }: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest): TaskChannel => {
    const channel = findTaskChannel(workspace, segment(request, 'channel'));
    if (channel === undefined) throw notFound(request.path);
    return channel;
  };
  forSupervisors('GET', '/TaskChannels', (workspace, request) =>
    buildPage(request, 'channels', [...workspace.taskChannels.values()], (channel) =>
      views.taskChannel(workspace, channel),
    ),
  );
  inWorkspace('POST', '/TaskChannels', (workspace, request) => {
    const channel = createTaskChannel(core, workspace, {
      friendlyName: requireText(request.body, 'FriendlyName'),
      uniqueName: requireText(request.body, 'UniqueName'),
      channelOptimizedRouting: flag(request.body, 'ChannelOptimizedRouting'),
    });
    return created(views.taskChannel(workspace, channel));
  });
  inWorkspace('GET', '/TaskChannels/:channel', (workspace, request) =>
    ok(views.taskChannel(workspace, find(workspace, request))),
  );
  inWorkspace('POST', '/TaskChannels/:channel', (workspace, request) => {
    const channel = find(workspace, request);
    channel.friendlyName = text(request.body, 'FriendlyName') ?? channel.friendlyName;
    core.touch(channel);
    return ok(views.taskChannel(workspace, channel));
  });
}

export function addTaskQueues({ core, views, inWorkspace, forSupervisors, limitExpression }: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest) =>
    lookUp(workspace, 'taskQueues', segment(request, 'queue'));
  forSupervisors('GET', '/TaskQueues', (workspace, request) => {
    limitExpression(request.query, 'EvaluateWorkerAttributes');
    return buildPage(request, 'task_queues', listTaskQueues(workspace, request.query), (queue) =>
      views.taskQueue(workspace, queue),
    );
  });
  inWorkspace('POST', '/TaskQueues', (workspace, request) => {
    const friendlyName = requireText(request.body, 'FriendlyName');
    const queue = createTaskQueue(core, workspace, { ...readTaskQueueSettings(request), friendlyName });
    return created(views.taskQueue(workspace, queue));
  });
  inWorkspace('GET', '/TaskQueues/:queue', (workspace, request) =>
    ok(views.taskQueue(workspace, find(workspace, request))),
  );
  inWorkspace('POST', '/TaskQueues/:queue', (workspace, request) => {
    const queue = find(workspace, request);
    updateTaskQueue(core, workspace, queue, readTaskQueueSettings(request));
    return ok(views.taskQueue(workspace, queue));
  });
  inWorkspace('DELETE', '/TaskQueues/:queue', (workspace, request) => {
    removeTaskQueue(workspace, find(workspace, request));
    return NO_CONTENT;
  });
}

export function addWorkflows({ core, views, inWorkspace }: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest) =>
    lookUp(workspace, 'workflows', segment(request, 'workflow'));
  inWorkspace('GET', '/Workflows', (workspace, request) => {
    const name = text(request.query, 'FriendlyName');
    const workflows = [...workspace.workflows.values()].filter(
      (workflow) => name === undefined || workflow.friendlyName === name,
    );
    return buildPage(request, 'workflows', workflows, (workflow) => views.workflow(workspace, workflow));
  });
  inWorkspace('POST', '/Workflows', (workspace, request) => {
    const workflow = createWorkflow(core, workspace, {
      ...readWorkflowSettings(request),
      friendlyName: requireText(request.body, 'FriendlyName'),
      configuration: requireText(request.body, 'Configuration'),
    });
    return created(views.workflow(workspace, workflow));
  });
  inWorkspace('GET', '/Workflows/:workflow', (workspace, request) =>
    ok(views.workflow(workspace, find(workspace, request))),
  );
  inWorkspace('POST', '/Workflows/:workflow', (workspace, request) => {
    const workflow = find(workspace, request);
    const reEvaluateTasks = flag(request.body, 'ReEvaluateTasks');
    updateWorkflow(core, workspace, workflow, { ...readWorkflowSettings(request), reEvaluateTasks });
    return ok(views.workflow(workspace, workflow));
  });
  inWorkspace('DELETE', '/Workflows/:workflow', (workspace, request) => {
    removeWorkflow(workspace, find(workspace, request));
    return NO_CONTENT;
  });
}

const readTaskQueueSettings = ({ body }: ApiRequest): TaskQueueSettings => ({
  friendlyName: text(body, 'FriendlyName'),
  targetWorkers: text(body, 'TargetWorkers'),
  maxReservedWorkers: readWholeNumber(body, 'MaxReservedWorkers'),
  taskOrder: text(body, 'TaskOrder'),
  reservationActivitySid: text(body, 'ReservationActivitySid'),
  assignmentActivitySid: text(body, 'AssignmentActivitySid'),
});

const readWorkflowSettings = ({ body }: ApiRequest): WorkflowSettings => ({
  friendlyName: text(body, 'FriendlyName'),
  configuration: text(body, 'Configuration'),
  taskReservationTimeout: readWholeNumber(body, 'TaskReservationTimeout'),
  assignmentCallbackUrl: text(body, 'AssignmentCallbackUrl'),
  fallbackAssignmentCallbackUrl: text(body, 'FallbackAssignmentCallbackUrl'),
});
