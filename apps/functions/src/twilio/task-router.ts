/**
 * TaskRouter, as the functions use it: the only file that calls `client.taskrouter`.
 *
 * Task attributes are one JSON string that Flex and Studio also write. Every write here sends the ETag it read and
 * reads again on 412; a plain update would drop their keys.
 */
import {
  parseTaskSid,
  type TaskSid,
  transferTaskExpression,
  type WorkerSid,
} from '@chat-transfer/transfer-core';
import { type Attributes, parseAttributes } from './attributes';
import { call, callUnless, TwilioCallError } from './call';
import type { TwilioClient } from './client';

export interface TaskFacts {
  readonly sid: string;
  /** Parsed; `{}` when they are not an object. */
  readonly attributes: Attributes;
  readonly assignmentStatus: string;
  readonly taskChannel: string;
  /** For If-Match. */
  readonly etag: string | undefined;
}

export interface ReservationFacts {
  readonly sid: string;
  readonly workerSid: string;
  readonly status: string;
}

export interface NewTask {
  readonly attributes: Attributes;
  readonly workflowSid: string;
  readonly taskChannel: string;
}

/** How often a write starts again when others keep changing the task. */
const WRITE_TRIES = 5;

export type TaskRouter = ReturnType<typeof createTaskRouter>;

export function createTaskRouter(client: TwilioClient, workspaceSid: string) {
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);

  /** `undefined` when there is no such task (any more). */
  const fetchTask = async (taskSid: TaskSid): Promise<TaskFacts | undefined> => {
    const answer = await callUnless([404], 'fetch the task', () =>
      workspace.tasks(taskSid).fetchWithHttpInfo(),
    );
    if (answer === undefined) return undefined;
    const { body: task, headers } = answer;
    return {
      sid: task.sid,
      attributes: parseAttributes(task.attributes),
      assignmentStatus: task.assignmentStatus,
      taskChannel: task.taskChannelUniqueName,
      etag: headers?.etag,
    };
  };

  return {
    fetchTask,

    /** Newest first; `[]` when there is no such task. */
    async listReservations(taskSid: TaskSid): Promise<readonly ReservationFacts[]> {
      const reservations = await callUnless([404], 'list the reservations of the task', () =>
        workspace.tasks(taskSid).reservations.list({ limit: 50 }),
      );
      return (reservations ?? []).map(({ sid, workerSid, reservationStatus }) => ({
        sid,
        workerSid,
        status: reservationStatus,
      }));
    },

    /** A worker's attributes; `undefined` when there is no such worker. */
    async fetchWorkerAttributes(workerSid: WorkerSid) {
      const worker = await callUnless([404], 'fetch the worker', () => workspace.workers(workerSid).fetch());
      return worker === undefined ? undefined : parseAttributes(worker.attributes);
    },

    async queueExists(queueSid: string): Promise<boolean> {
      const queue = await callUnless([404], 'fetch the queue', () => workspace.taskQueues(queueSid).fetch());
      return queue !== undefined;
    },

    async createTask({ attributes, workflowSid, taskChannel }: NewTask): Promise<TaskSid> {
      const task = await call('create the transfer task', () =>
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

    /** Moves the worker's accepted reservation to wrap-up; nothing to do when they hold none. */
    async wrapReservation(taskSid: TaskSid, workerSid: WorkerSid): Promise<void> {
      const reservations = await callUnless([404], 'list the reservations of the agent', () =>
        workspace.tasks(taskSid).reservations.list({ workerSid, limit: 20 }),
      );
      const accepted = reservations?.find(({ reservationStatus }) => reservationStatus === 'accepted');
      if (accepted === undefined) return;
      await unlessOver('move the reservation to wrap-up', () =>
        workspace.tasks(taskSid).reservations(accepted.sid).update({ reservationStatus: 'wrapping' }),
      );
    },

    /** Completes a task with its attributes changed in the same call; a task that is over already is fine. */
    async completeTask(taskSid: TaskSid, change: (attributes: Attributes) => Attributes): Promise<void> {
      for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
        const task = await fetchTask(taskSid);
        if (task === undefined || isOver(task)) return;
        const written = await callUnless([412], 'complete the task', () =>
          unlessOver('complete the task', async () => {
            await workspace.tasks(taskSid).update({
              assignmentStatus: 'completed',
              attributes: JSON.stringify(change(task.attributes)),
              ...(task.etag === undefined ? {} : { ifMatch: task.etag }),
            });
          }),
        );
        if (written !== undefined) return;
      }
      throw new TwilioCallError('complete the task', 412, 20412, 'others kept changing it');
    },

    /** Cancels a task that nobody has accepted; one that is over, or accepted meanwhile, is left alone. */
    async cancelTask(taskSid: TaskSid, reason: string): Promise<void> {
      await unlessOver('cancel the task', () =>
        workspace.tasks(taskSid).update({ assignmentStatus: 'canceled', reason }),
      );
    },
  };
}

const isOver = (task: TaskFacts) => ['completed', 'canceled'].includes(task.assignmentStatus);

/**
 * Runs a change of state. 20001 (not in a state for it) and 20404 (gone) mean that somebody was there first; what
 * we want is so already. Answers `true`, also then.
 */
async function unlessOver(doing: string, run: () => Promise<unknown>): Promise<true> {
  try {
    await call(doing, run);
  } catch (error) {
    const already = error instanceof TwilioCallError && [20001, 20404].includes(error.twilioCode ?? 0);
    if (!already) throw error;
  }
  return true;
}

function asTaskSid(sid: string): TaskSid {
  const taskSid = parseTaskSid(sid);
  if (taskSid === undefined) throw new Error(`TaskRouter named a task ${sid}, which is no task SID`);
  return taskSid;
}
