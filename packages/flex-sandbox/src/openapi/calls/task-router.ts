/** One call, or more, of every operation of TaskRouter. */
import type { Api } from '../recorder.js';
import { first, type Resource } from '../resource.js';

export async function callTaskRouter(api: Api): Promise<void> {
  const workspace = await callWorkspaces(api);
  const available = await callActivities(api, `${workspace}/Activities`);
  await callTaskChannels(api, `${workspace}/TaskChannels`);
  const queue = await callTaskQueues(api, `${workspace}/TaskQueues`, available);
  const workflow = await callWorkflows(api, `${workspace}/Workflows`, queue);
  const worker = await callWorkers(api, `${workspace}/Workers`, available);
  await callTasks(api, `${workspace}/Tasks`, workflow);
  await callReservations(api, workspace, worker);
  await callEvents(api, `${workspace}/Events`);
  await callStatistics(api, workspace, { queue, workflow, worker });

  for (const task of await api.list(`${workspace}/Tasks`)) await api.delete(`${workspace}/Tasks/${task.sid}`);
  await api.delete(`${workspace}/Workflows/${workflow.sid}`);
  await api.delete(`${workspace}/TaskQueues/${queue.sid}`);
  await api.delete(`${workspace}/Workers/${worker.sid}`);
  await api.delete(workspace);
}

async function callWorkspaces(api: Api): Promise<string> {
  const { sid } = await api.post('/v1/Workspaces', {
    FriendlyName: 'Second',
    EventCallbackUrl: 'http://127.0.0.1:9/events',
    EventsFilter: 'task.created',
    MultiTaskEnabled: 'true',
    PrioritizeQueueOrder: 'FIFO',
  });
  const workspace = `/v1/Workspaces/${sid}`;
  await api.list('/v1/Workspaces');
  await api.get('/v1/Workspaces', { FriendlyName: 'Second' });
  await api.get(workspace);
  await api.post(workspace, { FriendlyName: 'Support', EventCallbackUrl: '', EventsFilter: '' });
  return workspace;
}

/** Returns an activity in which workers get tasks. */
async function callActivities(api: Api, path: string): Promise<Resource> {
  const available = await api.post(path, { FriendlyName: 'At work', Available: 'true' });
  await api.list(path);
  await api.get(path, { FriendlyName: 'At work', Available: 'true' });
  await api.get(`${path}/${available.sid}`);
  await api.post(`${path}/${available.sid}`, { FriendlyName: 'Working' });
  const lunch = await api.post(path, { FriendlyName: 'Lunch' });
  await api.delete(`${path}/${lunch.sid}`);
  return available;
}

async function callTaskChannels(api: Api, path: string): Promise<void> {
  const { sid } = await api.post(path, {
    FriendlyName: 'Fax',
    UniqueName: 'fax',
    ChannelOptimizedRouting: 'true',
  });
  await api.list(path);
  await api.get(`${path}/${sid}`);
  await api.post(`${path}/${sid}`, { FriendlyName: 'Telefax' });
}

async function callTaskQueues(api: Api, path: string, activity: Resource): Promise<Resource> {
  const queue = await api.post(path, { FriendlyName: 'All', TargetWorkers: '1==1' });
  await api.post(path, {
    FriendlyName: 'Ordered',
    TargetWorkers: '1==1',
    MaxReservedWorkers: '2',
    TaskOrder: 'LIFO',
    ReservationActivitySid: activity.sid,
    AssignmentActivitySid: activity.sid,
  });
  await api.list(path);
  await api.get(path, { FriendlyName: 'All' });
  await api.get(`${path}/${queue.sid}`);
  await api.post(`${path}/${queue.sid}`, { FriendlyName: 'Everyone' });
  return queue;
}

async function callWorkflows(api: Api, path: string, queue: Resource): Promise<Resource> {
  const configuration = JSON.stringify({ task_routing: { default_filter: { queue: queue.sid } } });
  const workflow = await api.post(path, { FriendlyName: 'Chats', Configuration: configuration });
  const other = await api.post(path, {
    FriendlyName: 'Calls',
    Configuration: configuration,
    AssignmentCallbackUrl: 'http://127.0.0.1:9/assignment',
    FallbackAssignmentCallbackUrl: 'http://127.0.0.1:9/fallback',
    TaskReservationTimeout: '30',
  });
  await api.list(path);
  await api.get(path, { FriendlyName: 'Chats' });
  await api.get(`${path}/${workflow.sid}`);
  await api.post(`${path}/${workflow.sid}`, { TaskReservationTimeout: '60', ReEvaluateTasks: 'true' });
  await api.delete(`${path}/${other.sid}`);
  return workflow;
}

async function callWorkers(api: Api, path: string, available: Resource): Promise<Resource> {
  const attributes = JSON.stringify({ contact_uri: 'client:alice' });
  const worker = await api.post(path, { FriendlyName: 'alice', Attributes: attributes });
  await api.post(path, { FriendlyName: 'bob' });
  await api.list(path);
  await api.get(path, {
    FriendlyName: 'alice',
    TargetWorkersExpression: '1==1',
    Ordering: 'FriendlyName:desc',
  });
  await api.get(`${path}/${worker.sid}`);
  await api.post(`${path}/${worker.sid}`, { ActivitySid: available.sid });

  const channels = `${path}/${worker.sid}/Channels`;
  await api.list(channels);
  await api.get(`${channels}/chat`);
  await api.post(`${channels}/chat`, { Capacity: '3', Available: 'true' });
  return worker;
}

async function callTasks(api: Api, path: string, workflow: Resource): Promise<void> {
  const task = await api.post(path, {
    WorkflowSid: workflow.sid,
    TaskChannel: 'chat',
    Attributes: JSON.stringify({ customer: 'Dana' }),
    Priority: '5',
    Timeout: '600',
  });
  await api.post(path, { WorkflowSid: workflow.sid, TaskChannel: 'chat' });
  await api.list(path);
  await api.get(path, { AssignmentStatus: ['pending', 'reserved'], WorkflowSid: workflow.sid });
  await api.get(`${path}/${task.sid}`);
  await api.post(`${path}/${task.sid}`, { Priority: '6', Attributes: JSON.stringify({ customer: 'Erin' }) });
  const cancelled = await api.post(path, { WorkflowSid: workflow.sid });
  await api.post(`${path}/${cancelled.sid}`, { AssignmentStatus: 'canceled', Reason: 'the customer left' });
  await api.delete(`${path}/${cancelled.sid}`);
}

/** The worker has a reservation for each of two tasks by now. */
async function callReservations(api: Api, workspace: string, worker: Resource): Promise<void> {
  const ofWorker = `${workspace}/Workers/${worker.sid}/Reservations`;
  const [accepted, ...others] = await api.list(ofWorker, { ReservationStatus: 'pending' });
  await api.get(`${ofWorker}/${accepted?.sid}`);
  await api.post(`${ofWorker}/${accepted?.sid}`, { ReservationStatus: 'accepted' });

  const second = first(others);
  const ofTask = `${workspace}/Tasks/${second.text('task_sid')}/Reservations`;
  await api.get(`${ofTask}/${second.sid}`);
  // Rejected, the task is offered to the same worker again: two reservations.
  await api.post(`${ofTask}/${second.sid}`, { ReservationStatus: 'rejected' });
  await api.list(ofTask);
  await api.get(ofTask, { ReservationStatus: 'pending', WorkerSid: worker.sid });
}

async function callEvents(api: Api, path: string): Promise<void> {
  const event = first(await api.list(path));
  await api.get(path, { EventType: 'task.created' });
  await api.get(`${path}/${event.sid}`);
}

async function callStatistics(
  api: Api,
  workspace: string,
  { queue, workflow, worker }: Readonly<Record<'queue' | 'workflow' | 'worker', Resource>>,
): Promise<void> {
  const interval = { Minutes: '60', TaskChannel: 'chat' };
  const withSplit = { ...interval, SplitByWaitTime: '5,30' };
  const ofQueue = `${workspace}/TaskQueues/${queue.sid}`;
  const ofWorkflow = `${workspace}/Workflows/${workflow.sid}`;
  for (const path of [workspace, ofQueue, ofWorkflow]) {
    await api.get(`${path}/Statistics`, withSplit);
    await api.get(`${path}/CumulativeStatistics`, withSplit);
    await api.get(`${path}/RealTimeStatistics`, { TaskChannel: 'chat' });
  }
  await api.list(`${workspace}/TaskQueues/Statistics`, withSplit);
  await api.post(`${workspace}/TaskQueues/RealTimeStatistics`, { TaskQueueSids: [queue.sid] });

  const ofWorkers = `${workspace}/Workers`;
  await api.get(`${ofWorkers}/Statistics`, interval);
  await api.get(`${ofWorkers}/CumulativeStatistics`, interval);
  await api.get(`${ofWorkers}/RealTimeStatistics`, { TaskChannel: 'chat' });
  await api.get(`${ofWorkers}/${worker.sid}/Statistics`, interval);
}
