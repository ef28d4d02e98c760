/**
 * TaskRouter's REST API: https://www.twilio.com/docs/taskrouter/api. An endpoint reads the parameters,
 * applies the rules and returns the result. Only the account may call it, except for what Flex's Queues view reads.
 * Workers use the event bridge.
 */
import { notFound } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiRequest, flag, requireText, text } from '../router.js';
import { createWorkspace, updateWorkspace, type WorkspaceSettings } from './configuration.js';
import type { Core } from './core.js';
import { addActivities, addTaskChannels, addTaskQueues, addWorkflows } from './rest-configuration.js';
import { created, createRest, NO_CONTENT, ok, type Rest, segment } from './rest-endpoints.js';
import { addStatistics } from './rest-statistics.js';
import { addReservations, addTasks, addWorkers } from './rest-work.js';
import { removeTask } from './tasks.js';

export function addRest(core: Core): void {
  const rest = createRest(core);
  addWorkspaces(rest);
  addActivities(rest);
  addTaskChannels(rest);
  addTaskQueues(rest);
  addWorkflows(rest);
  addWorkers(rest);
  addTasks(rest);
  addReservations(rest);
  addEvents(rest);
  addStatistics(rest);
}

function addWorkspaces({ core, views, on, inWorkspace }: Rest): void {
  on('GET', '', (request) => {
    const name = text(request.query, 'FriendlyName');
    const workspaces = [...core.workspaces.values()].filter(
      (workspace) => name === undefined || workspace.friendlyName === name,
    );
    return buildPage(request, 'workspaces', workspaces, views.workspace);
  });
  on('POST', '', (request) => {
    const friendlyName = requireText(request.body, 'FriendlyName');
    return created(
      views.workspace(createWorkspace(core, { ...readWorkspaceSettings(request), friendlyName })),
    );
  });
  inWorkspace('GET', '', (workspace) => ok(views.workspace(workspace)));
  inWorkspace('POST', '', (workspace, request) => {
    updateWorkspace(core, workspace, {
      ...readWorkspaceSettings(request),
      // A new workspace has no activities that these could name.
      defaultActivitySid: text(request.body, 'DefaultActivitySid'),
      timeoutActivitySid: text(request.body, 'TimeoutActivitySid'),
    });
    return ok(views.workspace(workspace));
  });
  inWorkspace('DELETE', '', (workspace) => {
    for (const task of workspace.tasks.values()) removeTask(core, task);
    core.workspaces.delete(workspace.sid);
    return NO_CONTENT;
  });
}

function addEvents({ views, inWorkspace }: Rest): void {
  inWorkspace('GET', '/Events', (workspace, request) => {
    const filters = ['EventType', 'TaskSid', 'WorkerSid', 'ReservationSid', 'TaskQueueSid', 'WorkflowSid'];
    const events = workspace.events.filter((event) =>
      filters.every((name) => {
        const expected = text(request.query, name);
        return expected === undefined || event.data[name] === expected;
      }),
    );
    return buildPage(request, 'events', events, views.event);
  });
  inWorkspace('GET', '/Events/:event', (workspace, request) => {
    const event = workspace.events.find(({ sid }) => sid === segment(request, 'event'));
    if (event === undefined) throw notFound(request.path);
    return ok(views.event(event));
  });
}

const readWorkspaceSettings = ({ body }: ApiRequest): WorkspaceSettings => ({
  friendlyName: text(body, 'FriendlyName'),
  eventCallbackUrl: text(body, 'EventCallbackUrl'),
  eventsFilter: text(body, 'EventsFilter'),
  multiTaskEnabled: flag(body, 'MultiTaskEnabled'),
  prioritizeQueueOrder: text(body, 'PrioritizeQueueOrder'),
});
