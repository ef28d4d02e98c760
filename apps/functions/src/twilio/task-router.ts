/**
 * TaskRouter, as the functions use it: the only file that calls `client.taskrouter`.
 *
 * Task attributes are one JSON string that Flex and Studio also write. Every write here sends the ETag that
 * it read, and on 412 reads the task again. An update without the ETag could overwrite their changes.
 */
import {
  type Backend,
  type ConversationSid,
  conversationTasksExpression,
  parseTaskSid,
  parseWorkerSid,
  type TaskSid,
  transferTaskExpression,
  type WorkerSid,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { type Attributes, parseAttributes } from './attributes';
import { TwilioCallError } from './call';
import { changeUnlessLate, mayBeLate } from './change-unless-late';
import type { Twilio } from './client';

export interface TaskFacts {
  readonly sid: TaskSid;
  /** Parsed; `{}` when they are not a JSON object. */
  readonly attributes: Attributes;
  readonly assignmentStatus: string;
  readonly taskChannel: string;
  readonly priority: number;
  readonly queueSid: string | undefined;
  readonly ageSeconds: number;
  /** For If-Match. */
  readonly etag: string | undefined;
}

/** A task in a list of TaskRouter. */
export type ListedTask = Pick<TaskFacts, 'sid' | 'attributes' | 'ageSeconds' | 'taskChannel'>;

export interface ReservationFacts {
  readonly sid: string;
  readonly workerSid: WorkerSid;
  readonly status: string;
  /** Milliseconds since 1970, to the second. */
  readonly createdAt: number;
  /** When its status changed last: milliseconds since 1970, to the second. */
  readonly updatedAt: number;
}

export interface WorkerFacts {
  /** Parsed; `{}` when they are not a JSON object. */
  readonly attributes: Attributes;
  /** Whether TaskRouter offers tasks to the worker, as far as their activity decides. */
  readonly isAvailable: boolean;
}

/** A worker's capacity for one kind of task. https://www.twilio.com/docs/taskrouter/api/worker-channel */
export interface WorkerCapacity {
  /** The unique name of the task channel. */
  readonly taskChannel: string;
  readonly hasRoom: boolean;
}

export interface NewTask {
  readonly attributes: Attributes;
  readonly workflowSid: string;
  readonly taskChannel: string;
  readonly priority: number;
}

export interface Redirection {
  /**
   * `undefined` if the attributes have no room for the change.
   * @param withdrawn SIDs of the reservations that will be withdrawn
   */
  readonly change: (attributes: Attributes, withdrawn: readonly string[]) => Attributes | undefined;
  /** Whether a pending reservation may stay. */
  readonly mayStayPending: (reservation: ReservationFacts, attributes: Attributes) => boolean;
}

/** Enough for a task that is offered for a whole day. Every declined or expired offer is one reservation. */
const MAX_RESERVATIONS = 200;
const MAX_TASKS = 50;
const MAX_EVENTS = 50;
const MAX_TASK_CHANNELS = 100;

/** TaskRouter's log keeps attributes for 30 days. */
const LOG_LIFETIME_MINUTES = 30 * 24 * 60;

const EventDataSchema = v.object({ task_attributes: v.string() });

const MAX_WRITE_ATTEMPTS = 5;

export type TaskRouter = ReturnType<typeof createTaskRouter>;

export function createTaskRouter({ client, calls }: Twilio, workspaceSid: string) {
  const { call, callAllowing, callOnce, callOptional } = calls;
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);

  /** `undefined` when the task does not exist. */
  const fetchTask = async (taskSid: TaskSid): Promise<TaskFacts | undefined> => {
    const answer = await callAllowing([404], 'fetch the task', () =>
      workspace.tasks(taskSid).fetchWithHttpInfo(),
    );
    if (answer === undefined) return undefined;
    const { body: task, headers } = answer;
    return {
      sid: taskSid,
      attributes: parseAttributes(task.attributes),
      assignmentStatus: task.assignmentStatus,
      taskChannel: task.taskChannelUniqueName,
      priority: task.priority,
      queueSid: task.taskQueueSid ?? undefined,
      ageSeconds: task.age,
      etag: headers?.etag,
    };
  };

  const listReservations = async (
    taskSid: TaskSid,
    ofWorker?: WorkerSid,
  ): Promise<readonly ReservationFacts[]> => {
    const reservations = await callAllowing([404], 'list the reservations of the task', () =>
      workspace.tasks(taskSid).reservations.list({
        limit: MAX_RESERVATIONS,
        ...(ofWorker === undefined ? {} : { workerSid: ofWorker }),
      }),
    );
    return (reservations ?? []).map(({ sid, workerSid, reservationStatus, dateCreated, dateUpdated }) => ({
      sid,
      workerSid: requireSid(parseWorkerSid(workerSid), workerSid),
      status: reservationStatus,
      createdAt: dateCreated.getTime(),
      updatedAt: dateUpdated.getTime(),
    }));
  };

  const listLoggedAttributes = async (
    taskSid: TaskSid,
    eventType: 'task.created' | 'task.updated',
  ): Promise<readonly Attributes[]> => {
    const events = await call('read the log of the task', () =>
      workspace.events.list({
        taskSid,
        eventType,
        // By default, Twilio reads the last 15 minutes only.
        minutes: LOG_LIFETIME_MINUTES,
        pageSize: MAX_EVENTS,
        limit: MAX_EVENTS,
      }),
    );
    return events.flatMap(({ eventData }) => {
      const parsed = v.safeParse(EventDataSchema, eventData);
      return parsed.success ? [parseAttributes(parsed.output.task_attributes)] : [];
    });
  };

  type TaskChange = NonNullable<Parameters<ReturnType<typeof workspace.tasks>['update']>[0]>;

  /**
   * Changes a task, and reads it again when another writer was faster or Twilio refused the change. Returns the task as it
   * was read when `buildChange` returns `undefined`, and `undefined` when the task does not exist. Throws the refusal of a
   * change that the task, read again, still needs.
   *
   * @param buildChange `refusals`: how often Twilio refused the change for another reason than its ETag
   */
  const changeTask = async (
    doing: string,
    taskSid: TaskSid,
    buildChange: (task: TaskFacts, refusals: number) => TaskChange | undefined,
    justRead?: TaskFacts,
  ): Promise<'changed' | TaskFacts | undefined> => {
    let refusals = 0;
    let refused: TaskChange | undefined;
    for (let attempt = 1; attempt <= MAX_WRITE_ATTEMPTS; attempt += 1) {
      const task = attempt === 1 && justRead !== undefined ? justRead : await fetchTask(taskSid);
      const change = task === undefined ? undefined : buildChange(task, refusals);
      if (task === undefined || change === undefined) return task;
      const ifMatch = task.etag === undefined ? {} : { ifMatch: task.etag };
      try {
        await call(doing, () => workspace.tasks(taskSid).update({ ...change, ...ifMatch }));
        return 'changed';
      } catch (error) {
        const isOutdated = error instanceof TwilioCallError && error.status === 412;
        if (!isOutdated && !mayBeLate(error)) throw error;
        if (isOutdated) continue;
        // The task may have changed its state since it was read. If it has not, Twilio refuses the change itself.
        if (JSON.stringify(change) === JSON.stringify(refused)) throw error;
        refused = change;
        refusals += 1;
      }
    }
    throw new TwilioCallError(doing, 412, 20412, 'other programs changed the task at every attempt');
  };

  /** `undefined` when the worker does not exist. */
  const fetchWorker = async (workerSid: WorkerSid): Promise<WorkerFacts | undefined> => {
    const worker = await callAllowing([404], 'fetch the worker', () => workspace.workers(workerSid).fetch());
    return worker && { attributes: parseAttributes(worker.attributes), isAvailable: worker.available };
  };

  return {
    fetchTask,
    fetchWorker,

    /** Newest first; `[]` when the task does not exist. */
    listReservations: (taskSid: TaskSid) => listReservations(taskSid),

    /**
     * The tasks whose attributes name the conversation. An agent can name any conversation in the attributes of their
     * own tasks, so the list proves nothing. TaskRouter allows three such lists a second.
     */
    async listConversationTasks(
      conversationSid: ConversationSid,
      backend: Backend,
    ): Promise<readonly ListedTask[]> {
      const tasks = await call('list the tasks of the conversation', () =>
        workspace.tasks.list({
          evaluateTaskAttributes: conversationTasksExpression(conversationSid, backend),
          limit: MAX_TASKS,
        }),
      );
      return tasks.map(({ sid, attributes, age, taskChannelUniqueName }) => ({
        sid: asTaskSid(sid),
        attributes: parseAttributes(attributes),
        ageSeconds: age,
        taskChannel: taskChannelUniqueName,
      }));
    },

    /**
     * The attributes that a task had when it was created, also after it was deleted. TaskRouter's log has them for 30
     * days, and no agent can change it. `undefined` when the log has none.
     * https://www.twilio.com/docs/taskrouter/api/event
     */
    readFirstAttributes: async (taskSid: TaskSid): Promise<Attributes | undefined> =>
      (await listLoggedAttributes(taskSid, 'task.created'))[0],

    /** The attributes in all logged updates of a task, in no order. The log keeps them like `readFirstAttributes`. */
    listUpdatedAttributes: (taskSid: TaskSid): Promise<readonly Attributes[]> =>
      listLoggedAttributes(taskSid, 'task.updated'),

    /** A worker's attributes; `undefined` when the worker does not exist. */
    fetchWorkerAttributes: async (workerSid: WorkerSid): Promise<Attributes | undefined> =>
      (await fetchWorker(workerSid))?.attributes,

    /** The worker's capacities, one for each task channel. `undefined` when Twilio does not say. */
    async listCapacities(workerSid: WorkerSid): Promise<readonly WorkerCapacity[] | undefined> {
      const channels = await callOptional("read the worker's capacity", () =>
        workspace.workers(workerSid).workerChannels.list({ limit: MAX_TASK_CHANNELS }),
      );
      return channels?.map(
        ({ taskChannelUniqueName: taskChannel, available, assignedTasks, configuredCapacity }) => ({
          taskChannel,
          hasRoom: available && assignedTasks < configuredCapacity,
        }),
      );
    },

    /** A workflow's configuration, as JSON text. `undefined` when Twilio does not say. */
    readWorkflow: async (workflowSid: string): Promise<string | undefined> =>
      (await callOptional('read the workflow', () => workspace.workflows(workflowSid).fetch()))
        ?.configuration,

    async queueExists(queueSid: string): Promise<boolean> {
      const queue = await callAllowing([404], 'fetch the queue', () =>
        workspace.taskQueues(queueSid).fetch(),
      );
      return queue !== undefined;
    },

    async createTask({ attributes, ...values }: NewTask): Promise<TaskSid> {
      const task = await callOnce('create the transfer task', () =>
        workspace.tasks.create({ attributes: JSON.stringify(attributes), ...values }),
      );
      return asTaskSid(task.sid);
    },

    /** The tasks of a transfer, oldest first: more than one if a call that got no answer created another. */
    async listTransferTasks(transferId: string): Promise<readonly TaskSid[]> {
      const tasks = await call('look for the transfer task', () =>
        workspace.tasks.list({
          evaluateTaskAttributes: transferTaskExpression(transferId),
          ordering: 'DateCreated:asc',
          limit: MAX_TASKS,
        }),
      );
      return tasks.map(({ sid }) => asTaskSid(sid));
    },

    /**
     * Moves the worker's accepted reservation to wrap-up. Does nothing when they have none.
     * @param justAcceptedSid a reservation of the worker that was accepted when the caller read it
     */
    async wrapReservation(taskSid: TaskSid, workerSid: WorkerSid, justAcceptedSid?: string): Promise<void> {
      const findAccepted = async () =>
        (await listReservations(taskSid, workerSid)).find(({ status }) => status === 'accepted')?.sid;
      await changeUnlessLate(justAcceptedSid ?? (await findAccepted()), findAccepted, (sid) =>
        call('move the reservation to wrap-up', () =>
          workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'wrapping' }),
        ),
      );
    },

    /**
     * Changes the attributes of a task and completes it. `false` when it was completed, cancelled or deleted
     * before, or when its attributes could not be changed: Flex may have closed the chat with it. Attributes and status
     * change in two calls, because one update of both is not reliable:
     * https://www.twilio.com/docs/taskrouter/api/task#update-a-task-resource
     */
    async completeTask(
      taskSid: TaskSid,
      change: (attributes: Attributes) => Attributes,
      justRead?: TaskFacts,
    ): Promise<boolean> {
      const buildChange = (task: TaskFacts) => {
        const attributes = JSON.stringify(change(task.attributes));
        const isUnchanged = attributes === JSON.stringify(task.attributes);
        return isClosed(task) || isUnchanged ? undefined : { attributes };
      };
      let areChanged = true;
      try {
        const outcome = await changeTask('complete the task', taskSid, buildChange, justRead);
        if (outcome === undefined || (outcome !== 'changed' && isClosed(outcome))) return false;
      } catch (error) {
        // An agent must be able to complete a task even if Twilio refuses its attributes. The caller opens the chat again.
        if (!mayBeLate(error)) throw error;
        areChanged = false;
      }
      const findOpen = async () => {
        const task = await fetchTask(taskSid);
        return task === undefined || isClosed(task) ? undefined : taskSid;
      };
      const isCompleted = await changeUnlessLate(taskSid, findOpen, () =>
        call('complete the task', () => workspace.tasks(taskSid).update({ assignmentStatus: 'completed' })),
      );
      return isCompleted && areChanged;
    },

    /** Changes the attributes of a task. Does nothing when the task is closed or deleted, or has them already. */
    async changeAttributes(
      taskSid: TaskSid,
      change: (attributes: Attributes) => Attributes,
      justRead?: TaskFacts,
    ): Promise<void> {
      const buildChange = (task: TaskFacts) => {
        const changed = change(task.attributes);
        return isClosed(task) || changed === task.attributes
          ? undefined
          : { attributes: JSON.stringify(changed) };
      };
      await changeTask('change the attributes of the task', taskSid, buildChange, justRead);
    },

    /**
     * Cancels a task unless an agent has accepted it. Its attributes change in the same call, so that no
     * agent can accept in between. Returns whether the task is cancelled or deleted.
     */
    async cancelTask(
      taskSid: TaskSid,
      reason: string,
      change: (attributes: Attributes) => Attributes,
    ): Promise<boolean> {
      const outcome = await changeTask('cancel the task', taskSid, (task, refusals) => {
        if (!isWaiting(task)) return undefined;
        const cancelled = { assignmentStatus: 'canceled' as const, reason };
        // An update of both in one call is not documented. If Twilio refuses it, only the status is updated.
        return refusals === 0
          ? { ...cancelled, attributes: JSON.stringify(change(task.attributes)) }
          : cancelled;
      });
      return outcome === 'changed' || outcome === undefined || outcome.assignmentStatus === 'canceled';
    },

    /**
     * Changes the attributes of a task that no agent has accepted, so that its workflow evaluates it again.
     * Withdraws the pending reservations that may not stay. Does nothing for an accepted or closed task.
     */
    async redirectTask(taskSid: TaskSid, { change, mayStayPending }: Redirection): Promise<void> {
      const pending = (await listReservations(taskSid)).filter(({ status }) => status === 'pending');
      let withdrawn: readonly ReservationFacts[] = [];
      const changeAttributes = () =>
        changeTask('redirect the task', taskSid, (task) => {
          if (!isWaiting(task)) return undefined;
          withdrawn = pending.filter((reservation) => !mayStayPending(reservation, task.attributes));
          const changed = change(
            task.attributes,
            withdrawn.map(({ sid }) => sid),
          );
          return changed && { attributes: JSON.stringify(changed) };
        });
      if ((await changeAttributes()) !== 'changed') return;
      for (const { sid } of withdrawn) {
        const findPending = async () =>
          (await listReservations(taskSid)).find(
            (reservation) => reservation.sid === sid && reservation.status === 'pending',
          )?.sid;
        await changeUnlessLate(sid, findPending, () =>
          call('withdraw the offer', () =>
            workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'rejected' }),
          ),
        );
      }
      // The task must be evaluated again without these reservations. Twilio documents that for a waiting
      // task, but not for one with a pending reservation.
      if (withdrawn.length > 0) await changeAttributes();
    },
  };
}

const isClosed = ({ assignmentStatus }: TaskFacts) => ['completed', 'canceled'].includes(assignmentStatus);
const isWaiting = ({ assignmentStatus }: TaskFacts) => ['pending', 'reserved'].includes(assignmentStatus);

function asTaskSid(sid: string): TaskSid {
  return requireSid(parseTaskSid(sid), sid);
}

function requireSid<T>(parsed: T | undefined, sid: string): T {
  if (parsed === undefined)
    throw new Error(`Failed to read TaskRouter's answer: ${sid} is not a SID of this kind`);
  return parsed;
}
