/**
 * REST endpoints of statistics, for the account and for supervisors in Flex:
 * https://www.twilio.com/docs/taskrouter/api/statistics
 */
import { badRequest } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiRequest, list, type Params, text } from '../router.js';
import {
  countCreated,
  countEntered,
  countReservations,
  countTaskEvents,
  countTimedOut,
  countWaitInQueue,
  type EventFilter,
  type Interval,
  intervalView,
  measureActivities,
  selectEvents,
} from './cumulative-statistics.js';
import { listTaskQueues, listWorkers } from './listings.js';
import { countByActivity, countQueue, countTasks, listLiveTasks } from './real-time-statistics.js';
import { readDateMs, readWholeNumber } from './request-params.js';
import { ok, type Rest, segment } from './rest-endpoints.js';
import { lookUp, type TaskQueue, type Worker, type Workflow, type Workspace } from './state.js';

const DEFAULT_MINUTES = 15;

/** https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics#bulk-retrieval-of-taskqueue-realtime-statistics */
const MAX_BULK_QUEUES = 50;

type StatisticsName = 'Statistics' | 'RealTimeStatistics' | 'CumulativeStatistics';

/** What an entity has: the members of its real-time and cumulative statistics, without URL and SIDs. */
interface Statistics {
  readonly realtime: (query: Params) => object;
  readonly cumulative: (query: Params) => object;
}

export function addStatistics(rest: Rest): void {
  addWorkspaceStatistics(rest);
  addQueueStatistics(rest);
  addWorkflowStatistics(rest);
  addWorkerStatistics(rest);
}

function addWorkspaceStatistics(rest: Rest): void {
  addThree(rest, '', (workspace) => ({
    sids: {},
    realtime: (query) => ({
      ...countTasks(listLiveTasks(workspace, text(query, 'TaskChannel')), now(rest)),
      activity_statistics: countByActivity(workspace, [...workspace.workers.values()]),
      total_workers: workspace.workers.size,
    }),
    cumulative: (query) => {
      const interval = readInterval(query, now(rest));
      const events = selectEvents(workspace, readFilter(query, interval));
      return {
        ...intervalView(interval),
        ...countReservations(events),
        ...countTaskEvents(events, readThresholds(query)),
        ...countCreated(events),
        ...countTimedOut(events),
      };
    },
  }));
}

function addQueueStatistics(rest: Rest): void {
  const statisticsOf = (workspace: Workspace, queue: TaskQueue): Statistics => ({
    realtime: (query) => ({
      ...countQueue(workspace, queue, now(rest), text(query, 'TaskChannel')),
      task_queue_sid: queue.sid,
    }),
    cumulative: (query) => {
      const interval = readInterval(query, now(rest));
      const events = selectEvents(workspace, { ...readFilter(query, interval), taskQueueSid: queue.sid });
      return {
        ...intervalView(interval),
        ...countReservations(events),
        ...countTaskEvents(events, readThresholds(query)),
        ...countEntered(events),
        ...countWaitInQueue(events),
        task_queue_sid: queue.sid,
      };
    },
  });
  const owner = (workspace: Workspace) => ({
    account_sid: rest.core.sandbox.account.accountSid,
    workspace_sid: workspace.sid,
  });

  rest.forSupervisors('GET', '/TaskQueues/Statistics', (workspace, request) =>
    buildPage(request, 'task_queues_statistics', listQueuesByName(workspace, request.query), (queue) => {
      const { realtime, cumulative } = statisticsOf(workspace, queue);
      return {
        ...owner(workspace),
        task_queue_sid: queue.sid,
        realtime: { ...owner(workspace), ...realtime(request.query) },
        cumulative: { ...owner(workspace), ...cumulative(request.query) },
      };
    }),
  );
  rest.forSupervisors('POST', '/TaskQueues/RealTimeStatistics', (workspace, request) => {
    const sids = list(request.body, 'TaskQueueSids') ?? [];
    if (sids.length === 0 || sids.length > MAX_BULK_QUEUES) {
      throw badRequest(`TaskQueueSids must have 1 to ${MAX_BULK_QUEUES} SIDs`);
    }
    const queues = sids.map((sid) => lookUp(workspace, 'taskQueues', sid));
    return {
      body: {
        ...owner(workspace),
        task_queue_data: queues.map((queue) => statisticsOf(workspace, queue).realtime({})),
        task_queue_response_count: queues.length,
        url: urlOf(request),
      },
    };
  });
  addThree(rest, '/TaskQueues/:queue', (workspace, request) => {
    const queue = lookUp(workspace, 'taskQueues', segment(request, 'queue'));
    return { sids: { task_queue_sid: queue.sid }, ...statisticsOf(workspace, queue) };
  });
}

function addWorkflowStatistics(rest: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest): Workflow =>
    lookUp(workspace, 'workflows', segment(request, 'workflow'));
  addThree(rest, '/Workflows/:workflow', (workspace, request) => {
    const workflow = find(workspace, request);
    return {
      sids: { workflow_sid: workflow.sid },
      realtime: (query) => {
        const tasks = listLiveTasks(workspace, text(query, 'TaskChannel'));
        return countTasks(
          tasks.filter((task) => task.workflow === workflow),
          now(rest),
        );
      },
      cumulative: (query) => {
        const interval = readInterval(query, now(rest));
        const events = selectEvents(workspace, { ...readFilter(query, interval), workflowSid: workflow.sid });
        return {
          ...intervalView(interval),
          ...countReservations(events),
          ...countTaskEvents(events, readThresholds(query)),
          ...countEntered(events),
          ...countTimedOut(events),
        };
      },
    };
  });
}

function addWorkerStatistics(rest: Rest): void {
  const cumulativeOf = (workspace: Workspace, workers: readonly Worker[], query: Params) => {
    const interval = readInterval(query, now(rest));
    const workerSids = new Set(workers.map(({ sid }) => sid));
    return {
      ...intervalView(interval),
      ...countReservations(selectEvents(workspace, { ...readFilter(query, interval), workerSids })),
      activity_durations: measureActivities(workspace, workers, interval),
    };
  };
  addThree(rest, '/Workers', (workspace, request, name) => {
    const filters = name === 'Statistics' ? ['FriendlyName', 'TaskQueueSid', 'TaskQueueName'] : [];
    const workers = listWorkers(workspace, pick(request.query, filters));
    return {
      sids: {},
      realtime: () => ({
        activity_statistics: countByActivity(workspace, workers),
        total_workers: workers.length,
      }),
      cumulative: (query) => cumulativeOf(workspace, workers, query),
    };
  });
  rest.forSupervisors('GET', '/Workers/:worker/Statistics', (workspace, request) => {
    const worker = lookUp(workspace, 'workers', segment(request, 'worker'));
    return ok({
      account_sid: rest.core.sandbox.account.accountSid,
      workspace_sid: workspace.sid,
      worker_sid: worker.sid,
      cumulative: cumulativeOf(workspace, [worker], request.query),
      url: urlOf(request),
    });
  });
}

/** Adds `Statistics`, `RealTimeStatistics` and `CumulativeStatistics` below a path of the workspace. */
function addThree(
  rest: Rest,
  path: string,
  find: (
    workspace: Workspace,
    request: ApiRequest,
    name: StatisticsName,
  ) => Statistics & { readonly sids: Readonly<Record<string, string>> },
): void {
  const add = (name: StatisticsName, members: (statistics: Statistics, query: Params) => object) =>
    rest.forSupervisors('GET', `${path}/${name}`, (workspace, request) => {
      const { sids, ...statistics } = find(workspace, request, name);
      return ok({
        account_sid: rest.core.sandbox.account.accountSid,
        workspace_sid: workspace.sid,
        ...sids,
        ...members(statistics, request.query),
        url: urlOf(request),
      });
    });
  add('Statistics', ({ realtime, cumulative }, query) => ({
    realtime: realtime(query),
    cumulative: cumulative(query),
  }));
  add('RealTimeStatistics', ({ realtime }, query) => realtime(query));
  add('CumulativeStatistics', ({ cumulative }, query) => cumulative(query));
}

const listQueuesByName = (workspace: Workspace, query: Params) =>
  listTaskQueues(workspace, pick(query, ['FriendlyName']));

const pick = (params: Params, names: readonly string[]): Params =>
  Object.fromEntries(names.map((name) => [name, params[name]]));

const now = ({ core }: Rest) => core.sandbox.clock.nowMs();

const urlOf = ({ host, path }: ApiRequest) => `https://${host}${path}`;

/**
 * The last 15 minutes, `Minutes`, or `StartDate` to `EndDate`. Throws 400/20001 for both: "Minutes cannot be used in
 * combination with StartDate and EndDate".
 */
function readInterval(query: Params, nowMs: number): Interval {
  const minutes = readWholeNumber(query, 'Minutes');
  const startMs = readDateMs(query, 'StartDate');
  const endMs = readDateMs(query, 'EndDate');
  if (minutes !== undefined && (startMs !== undefined || endMs !== undefined)) {
    throw badRequest('Minutes cannot be used in combination with StartDate and EndDate');
  }
  const intervalEndMs = endMs ?? nowMs;
  return {
    startMs: startMs ?? intervalEndMs - (minutes ?? DEFAULT_MINUTES) * 60_000,
    endMs: intervalEndMs,
  };
}

const readFilter = (query: Params, interval: Interval): EventFilter => ({
  ...interval,
  taskChannel: text(query, 'TaskChannel'),
});

/** The seconds in `SplitByWaitTime`, such as `5,30`. */
const readThresholds = (query: Params): number[] =>
  (list(query, 'SplitByWaitTime') ?? []).map(Number).filter(Number.isFinite);
