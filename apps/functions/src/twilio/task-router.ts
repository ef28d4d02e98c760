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
import { allowStatus, TwilioCallError } from './call';
import type { Twilio } from './client';

export interface TaskFacts {
  readonly sid: TaskSid;
  /** Parsed; `{}` when they are not a JSON object. */
  readonly attributes: Attributes;
  readonly assignmentStatus: string;
  readonly taskChannel: string;
  readonly queueSid: string | undefined;
  readonly ageSeconds: number;
  /** For If-Match. */
  readonly etag: string | undefined;
}

/** A task in a list of TaskRouter. */
export type ListedTask = Pick<TaskFacts, 'sid' | 'attributes' | 'ageSeconds'>;

export interface ReservationFacts {
  readonly sid: string;
  readonly workerSid: WorkerSid;
  readonly status: string;
}

export interface NewTask {
  readonly attributes: Attributes;
  readonly workflowSid: string;
  readonly taskChannel: string;
}

export interface Redirection {
  /** @param withdrawn SIDs of the reservations that will be withdrawn */
  readonly change: (attributes: Attributes, withdrawn: readonly string[]) => Attributes;
  /** Whether a pending reservation may stay. */
  readonly mayStayPending: (reservation: ReservationFacts, attributes: Attributes) => boolean;
}

/** Enough for a task that is offered for a whole day. Every declined or expired offer is one reservation. */
const MAX_RESERVATIONS = 200;
const MAX_TASKS = 50;
const MAX_EVENTS = 50;

/** TaskRouter's log keeps attributes for 30 days. */
const LOG_LIFETIME_MINUTES = 30 * 24 * 60;

const EventDataSchema = v.object({ task_attributes: v.string() });

const MAX_WRITE_ATTEMPTS = 5;

export type TaskRouter = ReturnType<typeof createTaskRouter>;

export function createTaskRouter({ client, calls }: Twilio, workspaceSid: string) {
  const { call, callAllowing, callOnce } = calls;
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
    return (reservations ?? []).map(({ sid, workerSid, reservationStatus }) => ({
      sid,
      workerSid: requireSid(parseWorkerSid(workerSid), workerSid),
      status: reservationStatus,
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
   * Changes a task, and reads it again when another writer was faster. Returns the task as it was read when
   * `buildChange` returns `undefined`, and `undefined` when the task does not exist.
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
    for (let attempt = 1; attempt <= MAX_WRITE_ATTEMPTS; attempt += 1) {
      const task = attempt === 1 && justRead !== undefined ? justRead : await fetchTask(taskSid);
      const change = task === undefined ? undefined : buildChange(task, refusals);
      if (task === undefined || change === undefined) return task;
      const ifMatch = task.etag === undefined ? {} : { ifMatch: task.etag };
      const writing = call(doing, () => workspace.tasks(taskSid).update({ ...change, ...ifMatch }));
      const isWritten = await allowStatus([412], tryChange(writing));
      if (isWritten === true) return 'changed';
      // The task may have changed its state since it was read. The next read shows it.
      if (isWritten === false) refusals += 1;
    }
    throw new TwilioCallError(doing, 412, 20412, 'other programs changed the task at every attempt');
  };

  return {
    fetchTask,

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
      return tasks.map(({ sid, attributes, age }) => ({
        sid: asTaskSid(sid),
        attributes: parseAttributes(attributes),
        ageSeconds: age,
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
    async fetchWorkerAttributes(workerSid: WorkerSid) {
      const worker = await callAllowing([404], 'fetch the worker', () =>
        workspace.workers(workerSid).fetch(),
      );
      return worker === undefined ? undefined : parseAttributes(worker.attributes);
    },

    async queueExists(queueSid: string): Promise<boolean> {
      const queue = await callAllowing([404], 'fetch the queue', () =>
        workspace.taskQueues(queueSid).fetch(),
      );
      return queue !== undefined;
    },

    async createTask({ attributes, workflowSid, taskChannel }: NewTask): Promise<TaskSid> {
      const task = await callOnce('create the transfer task', () =>
        workspace.tasks.create({ attributes: JSON.stringify(attributes), workflowSid, taskChannel }),
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
      const wrap = (sid: string) =>
        call('move the reservation to wrap-up', () =>
          workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'wrapping' }),
        );
      if (justAcceptedSid !== undefined && (await tryChange(wrap(justAcceptedSid)))) return;
      const accepted = (await listReservations(taskSid, workerSid)).find(
        ({ status }) => status === 'accepted',
      );
      if (accepted !== undefined) await tryChange(wrap(accepted.sid));
    },

    /**
     * Changes the attributes of a task and completes it. `false` when it was completed, cancelled or deleted
     * before. Attributes and status change in two calls, because one update of both is not reliable:
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
      const outcome = await changeTask('complete the task', taskSid, buildChange, justRead);
      if (outcome === undefined || (outcome !== 'changed' && isClosed(outcome))) return false;
      return tryChange(
        call('complete the task', () => workspace.tasks(taskSid).update({ assignmentStatus: 'completed' })),
      );
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
          const sids = withdrawn.map(({ sid }) => sid);
          return { attributes: JSON.stringify(change(task.attributes, sids)) };
        });
      if ((await changeAttributes()) !== 'changed') return;
      for (const { sid } of withdrawn) {
        await tryChange(
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

/** `false` when a change came too late: 20001 (the state forbids it) or 20404 (gone). */
async function tryChange(running: Promise<unknown>): Promise<boolean> {
  try {
    await running;
    return true;
  } catch (error) {
    const isLate = error instanceof TwilioCallError && [20001, 20404].includes(error.twilioCode ?? 0);
    if (!isLate) throw error;
    return false;
  }
}

function asTaskSid(sid: string): TaskSid {
  return requireSid(parseTaskSid(sid), sid);
}

function requireSid<T>(parsed: T | undefined, sid: string): T {
  if (parsed === undefined)
    throw new Error(`Failed to read TaskRouter's answer: ${sid} is not a SID of this kind`);
  return parsed;
}
