/**
 * The fixture of the TaskRouter tests: a sandbox with only TaskRouter, and Twilio's own clients.
 * The workspace has one queue for all workers and one workflow that routes to it.
 */
import {
  Worker as SdkWorker,
  Workspace as SdkWorkspace,
  Supervisor,
  type WorkerOptions,
  type WorkspaceOptions,
} from 'twilio-taskrouter';
import type { WebSocket } from 'ws';
import { restClient } from '../rest-client.js';
import { startSandboxFixture } from '../sandbox-fixture.js';
import type { TaskQueue, Worker, Workflow } from './state.js';
import { addTaskRouter } from './task-router.js';

export interface TaskRouterFixtureOptions {
  readonly eventCallbackUrl?: string;
  readonly eventsFilter?: string;
  readonly assignmentCallbackUrl?: string;
  /** Runs after a request to the event bridge has taken effect, before the response is sent. */
  readonly beforeResponse?: (wrappedUrl: string) => Promise<void>;
}

export interface WorkerSetUp {
  readonly attributes?: object;
  /** Default `Available`. */
  readonly activity?: string;
  /** How many chats at the same time; default 1. */
  readonly capacity?: number;
}

export type TaskRouterFixture = Awaited<ReturnType<typeof startTaskRouterFixture>>;

export async function startTaskRouterFixture(options: TaskRouterFixtureOptions = {}) {
  const { sandbox, close } = await startSandboxFixture(async (request, next) => {
    const reply = await next();
    await options.beforeResponse?.(String(request.body.url));
    return reply;
  });
  const { clock, tokens } = sandbox;
  const taskRouter = addTaskRouter(sandbox);
  const client = restClient(sandbox.url);
  const serverSockets: WebSocket[] = [];
  const openSocket = sandbox.sockets.get('event-bridge');
  sandbox.sockets.set('event-bridge', (opened) => {
    serverSockets.push(opened.socket);
    openSocket?.(opened);
  });

  const workspace = taskRouter.createWorkspace({
    friendlyName: 'Support',
    eventCallbackUrl: options.eventCallbackUrl,
    eventsFilter: options.eventsFilter,
  });
  const queue = taskRouter.createTaskQueue(workspace, { friendlyName: 'Everyone' });
  const workflow = taskRouter.createWorkflow(workspace, {
    friendlyName: 'Everyone',
    configuration: { task_routing: { default_filter: { queue: queue.sid } } },
    assignmentCallbackUrl: options.assignmentCallbackUrl,
  });
  const rest = client.taskrouter.v1.workspaces(workspace.sid);
  const sdkWorkers: SdkWorker[] = [];
  const bridgeUrl = `${sandbox.url}/event-bridge.twilio.com/v1/wschannels`;
  const servers = { ebServer: bridgeUrl, wsServer: bridgeUrl.replace('http:', 'ws:') };

  const tokenOf = (worker: Worker, roles: readonly string[] = ['agent'], lifetimeMs = 3_600_000) =>
    tokens.issueFlexToken({
      identity: worker.friendlyName,
      workerSid: worker.sid,
      workspaceSid: workspace.sid,
      roles,
      lifetimeMs,
    });

  async function waitUntilReady<T extends SdkWorker>(worker: T): Promise<T> {
    sdkWorkers.push(worker);
    await new Promise<void>((resolve, reject) => {
      worker.once('ready', () => resolve());
      worker.once('error', reject);
    });
    return worker;
  }

  return {
    sandbox,
    taskRouter,
    client,
    /** The workspace in Twilio's REST client. */
    rest,
    workspace,
    queue,
    workflow,
    bridgeUrl,
    tokenOf,

    /** Runs the scheduled routing, then advances the clock. */
    advance(byMs = 0): void {
      clock.advance(0);
      if (byMs > 0) clock.advance(byMs);
    },

    activity(name: string) {
      for (const activity of workspace.activities.values())
        if (activity.friendlyName === name) return activity;
      throw new Error(`There is no activity ${name}`);
    },

    addWorker(
      name: string,
      { attributes = {}, activity = 'Available', capacity = 1 }: WorkerSetUp = {},
    ): Worker {
      const worker = taskRouter.createWorker(workspace, {
        friendlyName: name,
        attributes,
        activitySid: this.activity(activity).sid,
      });
      taskRouter.setCapacity(worker, 'chat', capacity);
      return worker;
    },

    addQueue: (name: string, targetWorkers?: string): TaskQueue =>
      taskRouter.createTaskQueue(workspace, { friendlyName: name, targetWorkers }),

    addWorkflow: (routing: object, taskReservationTimeout?: number): Workflow =>
      taskRouter.createWorkflow(workspace, {
        friendlyName: 'Test workflow',
        configuration: { task_routing: routing },
        taskReservationTimeout,
      }),

    /** Creates a chat task by REST and routes it. */
    async addTask(
      attributes: object = {},
      { workflowSid = workflow.sid, priority = 0, timeout = 3600 } = {},
    ) {
      const task = await rest.tasks.create({
        attributes: JSON.stringify(attributes),
        taskChannel: 'chat',
        workflowSid,
        priority,
        timeout,
      });
      clock.advance(0);
      return task;
    },

    /** Returns the task's reservations as worker name and status: `alice pending`. */
    async reservations(taskSid: string): Promise<string[]> {
      const reservations = await rest.tasks(taskSid).reservations.list();
      return reservations.map(({ workerName, reservationStatus }) => `${workerName} ${reservationStatus}`);
    },

    /** Accepts or rejects the worker's pending reservation by REST. */
    async answerOffer(worker: Worker, reservationStatus: 'accepted' | 'rejected'): Promise<void> {
      const [pending] = await rest.workers(worker.sid).reservations.list({ reservationStatus: 'pending' });
      if (pending === undefined) throw new Error(`${worker.friendlyName} has no pending reservation`);
      // Items of a list lack their own SID in helper library 6.2.0, so they cannot be updated directly.
      await rest.workers(worker.sid).reservations(pending.sid).update({ reservationStatus });
      clock.advance(0);
    },

    /** Connects the worker SDK and waits until it is ready. */
    connect: (worker: Worker, sdkOptions: WorkerOptions = {}) =>
      waitUntilReady(new SdkWorker(tokenOf(worker), { ...servers, logLevel: 'silent', ...sdkOptions })),

    connectSupervisor: (worker: Worker) =>
      waitUntilReady(new Supervisor(tokenOf(worker, ['supervisor']), { ...servers, logLevel: 'silent' })),

    sdkWorkspace: (worker: Worker, sdkOptions: WorkspaceOptions = {}) =>
      new SdkWorkspace(tokenOf(worker), { ...servers, logLevel: 'silent', ...sdkOptions }, workspace.sid),

    /** The server's sockets of the event bridge, including sockets that are closing. */
    openSockets: (): readonly WebSocket[] =>
      serverSockets.filter((socket) => socket.readyState !== socket.CLOSED),

    async close(): Promise<void> {
      for (const worker of sdkWorkers) worker.disconnect();
      await close();
    },
  };
}
