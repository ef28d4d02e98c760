/**
 * TaskRouter, as the functions use it: the only file that calls `client.taskrouter`.
 *
 * Task attributes are one JSON string that Flex and Studio also write. Every write here sends the ETag it read and
 * reads again on 412; a plain update would drop their keys.
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
import { type Attributes, parseAttributes } from './attributes';
import { allowStatus, call, callAllowing, callOnce, TwilioCallError } from './call';
import type { TwilioClient } from './client';

export interface TaskFacts {
  readonly sid: TaskSid;
  /** Parsed; `{}` when they are not an object. */
  readonly attributes: Attributes;
  readonly assignmentStatus: string;
  readonly taskChannel: string;
  readonly queueSid: string | undefined;
  readonly ageSeconds: number;
  /** For If-Match. */
  readonly etag: string | undefined;
}

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
  /** @param withdrawn SIDs of the reservations that are taken back */
  readonly change: (attributes: Attributes, withdrawn: readonly string[]) => Attributes;
  /** Whether an offer that is there may stay. */
  readonly mayStayPending: (reservation: ReservationFacts, attributes: Attributes) => boolean;
}

/** As many as a task of a whole day can have: every refusal and every ring-out is one. */
const RESERVATIONS_READ = 200;
const TASKS_READ = 50;

/** How often a write starts again when others keep changing the task. */
const WRITE_TRIES = 5;

export type TaskRouter = ReturnType<typeof createTaskRouter>;

export function createTaskRouter(client: TwilioClient, workspaceSid: string) {
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);

  /** `undefined` when there is no such task (any more). */
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
        limit: RESERVATIONS_READ,
        ...(ofWorker === undefined ? {} : { workerSid: ofWorker }),
      }),
    );
    return (reservations ?? []).map(({ sid, workerSid, reservationStatus }) => ({
      sid,
      workerSid: must(parseWorkerSid(workerSid), workerSid),
      status: reservationStatus,
    }));
  };

  type TaskChange = NonNullable<Parameters<ReturnType<typeof workspace.tasks>['update']>[0]>;

  /**
   * Changes a task as it was read, reading again when others were faster. Answers the task as it was when there was
   * nothing to change about it, or `undefined` when there is none (any more).
   *
   * @param changeOf is told how often Twilio has refused a change as such, and not because others were faster
   */
  const changeTask = async (
    doing: string,
    taskSid: TaskSid,
    changeOf: (task: TaskFacts, refusals: number) => TaskChange | undefined,
    justRead?: TaskFacts,
  ): Promise<'changed' | TaskFacts | undefined> => {
    let refusals = 0;
    for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
      const task = tries === 1 && justRead !== undefined ? justRead : await fetchTask(taskSid);
      const change = task === undefined ? undefined : changeOf(task, refusals);
      if (task === undefined || change === undefined) return task;
      const ifMatch = task.etag === undefined ? {} : { ifMatch: task.etag };
      const writing = call(doing, () => workspace.tasks(taskSid).update({ ...change, ...ifMatch }));
      const written = await allowStatus([412], unlessOver(writing));
      if (written === true) return 'changed';
      // It may have got into another state while it was read; the next look says into which.
      if (written === false) refusals += 1;
    }
    throw new TwilioCallError(doing, 412, 20412, 'others kept changing it');
  };

  return {
    fetchTask,

    /** Newest first; `[]` when there is no such task. */
    listReservations: (taskSid: TaskSid) => listReservations(taskSid),

    /** Every task that still names the conversation. */
    async listConversationTasks(
      conversationSid: ConversationSid,
      backend: Backend,
    ): Promise<ReadonlyArray<Pick<TaskFacts, 'sid' | 'assignmentStatus' | 'attributes'>>> {
      const tasks = await call('list the tasks of the conversation', () =>
        workspace.tasks.list({
          evaluateTaskAttributes: conversationTasksExpression(conversationSid, backend),
          limit: TASKS_READ,
        }),
      );
      return tasks.map(({ sid, assignmentStatus, attributes }) => ({
        sid: asTaskSid(sid),
        assignmentStatus,
        attributes: parseAttributes(attributes),
      }));
    },

    /** A worker's attributes; `undefined` when there is no such worker. */
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

    /** The task made for a transfer, when an earlier try got that far. */
    async findTransferTask(transferId: string): Promise<TaskSid | undefined> {
      const [task] = await call('look for the transfer task', () =>
        workspace.tasks.list({ evaluateTaskAttributes: transferTaskExpression(transferId), limit: 1 }),
      );
      return task === undefined ? undefined : asTaskSid(task.sid);
    },

    /**
     * Moves the worker's accepted reservation to wrap-up; nothing to do when they hold none.
     * @param known a reservation of theirs that was accepted a moment ago
     */
    async wrapReservation(taskSid: TaskSid, workerSid: WorkerSid, known?: string): Promise<void> {
      const wrap = (sid: string) =>
        call('move the reservation to wrap-up', () =>
          workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'wrapping' }),
        );
      if (known !== undefined && (await unlessOver(wrap(known)))) return;
      const accepted = (await listReservations(taskSid, workerSid)).find(
        ({ status }) => status === 'accepted',
      );
      if (accepted !== undefined) await unlessOver(wrap(accepted.sid));
    },

    /**
     * Completes a task, its attributes changed before; one that is over already is fine, and answers `false`. Two calls,
     * because one that changes both is not to be relied on:
     * https://www.twilio.com/docs/taskrouter/api/task#update-a-task-resource
     */
    async completeTask(
      taskSid: TaskSid,
      change: (attributes: Attributes) => Attributes,
      justRead?: TaskFacts,
    ): Promise<boolean> {
      const rewrite = (task: TaskFacts) => {
        const attributes = JSON.stringify(change(task.attributes));
        return isOver(task) || attributes === JSON.stringify(task.attributes) ? undefined : { attributes };
      };
      const outcome = await changeTask('complete the task', taskSid, rewrite, justRead);
      if (outcome === undefined || (outcome !== 'changed' && isOver(outcome))) return false;
      return unlessOver(
        call('complete the task', () => workspace.tasks(taskSid).update({ assignmentStatus: 'completed' })),
      );
    },

    /**
     * Cancels a task unless somebody has accepted it, its attributes changed in the same call, so that nobody can accept
     * it in between. Answers whether it is over and nobody had.
     */
    async cancelTask(
      taskSid: TaskSid,
      reason: string,
      change: (attributes: Attributes) => Attributes,
    ): Promise<boolean> {
      const outcome = await changeTask('cancel the task', taskSid, (task, refusals) => {
        if (!isWaiting(task)) return undefined;
        const cancelled = { assignmentStatus: 'canceled' as const, reason };
        // One call that changes both is documented for nothing; should it be refused, the status is what matters.
        return refusals === 0
          ? { ...cancelled, attributes: JSON.stringify(change(task.attributes)) }
          : cancelled;
      });
      return outcome === 'changed' || outcome === undefined || outcome.assignmentStatus === 'canceled';
    },

    /**
     * Changes the attributes of a task that nobody has accepted, so that its workflow looks at it anew, and takes it
     * from those it rings for and may not. A task that is over, or accepted, is left alone.
     */
    async redirectTask(taskSid: TaskSid, { change, mayStayPending }: Redirection): Promise<void> {
      const ringing = (await listReservations(taskSid)).filter(({ status }) => status === 'pending');
      let withdrawn: readonly ReservationFacts[] = [];
      const rewrite = () =>
        changeTask('redirect the task', taskSid, (task) => {
          if (!isWaiting(task)) return undefined;
          withdrawn = ringing.filter((reservation) => !mayStayPending(reservation, task.attributes));
          const sids = withdrawn.map(({ sid }) => sid);
          return { attributes: JSON.stringify(change(task.attributes, sids)) };
        });
      if ((await rewrite()) !== 'changed') return;
      for (const { sid } of withdrawn) {
        await unlessOver(
          call('withdraw the offer', () =>
            workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'rejected' }),
          ),
        );
      }
      // Whether a task that rings for somebody is looked at anew is not documented; one that waits again is.
      if (withdrawn.length > 0) await rewrite();
    },
  };
}

const isOver = ({ assignmentStatus }: TaskFacts) => ['completed', 'canceled'].includes(assignmentStatus);
const isWaiting = ({ assignmentStatus }: TaskFacts) => ['pending', 'reserved'].includes(assignmentStatus);

/**
 * Waits for a change of state. 20001 (not in a state for it) and 20404 (gone) mean that somebody was there first:
 * `false`.
 */
async function unlessOver(running: Promise<unknown>): Promise<boolean> {
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
  return must(parseTaskSid(sid), sid);
}

function must<T>(parsed: T | undefined, sid: string): T {
  if (parsed === undefined) throw new Error(`TaskRouter gave ${sid} as a SID, which is none of the kind`);
  return parsed;
}
