/** The reads every request of a worker starts with, side by side: who asks, the task, its reservations, the ledger. */
import {
  type ChatTask,
  fail,
  type Ledger,
  parseChatTask,
  publicNameOf,
  type Result,
  succeed,
  type TaskRequest,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import type { StoredLedger } from './ledger-store';
import type { Services } from './services';
import type { FlexCaller } from './twilio/flex-token';
import type { ReservationFacts, TaskFacts } from './twilio/task-router';

export interface Authorized {
  readonly caller: FlexCaller;
  readonly task: TaskFacts;
  readonly chat: ChatTask;
  readonly stored: StoredLedger;
}

/** What a right is decided on. */
export interface RightFacts {
  readonly caller: FlexCaller;
  readonly reservations: readonly ReservationFacts[];
  readonly ledger: Ledger;
}

/**
 * Who may not act learns nothing: a task that does not exist, another's task and a wrong conversation all answer
 * `not-allowed`. Only the holder of a reservation is told more.
 */
export async function authorize(
  { flexTokens, taskRouter, ledgers }: Services,
  { token, taskSid, conversationSid }: TaskRequest,
  mayAct: (facts: RightFacts) => boolean,
): Promise<Result<Authorized>> {
  const [caller, task, reservations, stored] = await Promise.all([
    flexTokens(token),
    taskRouter.fetchTask(taskSid),
    taskRouter.listReservations(taskSid),
    ledgers.read(conversationSid),
  ]);
  if (!caller.ok) return caller;
  const allowed = mayAct({ caller: caller.value, reservations, ledger: stored.ledger });
  if (task === undefined || !allowed) return fail({ code: 'not-allowed' });

  const chat = parseChatTask(task.attributes);
  if (chat === undefined) return fail({ code: 'not-a-chat', taskSid });
  if (chat.conversationSid !== conversationSid) return fail({ code: 'not-allowed' });
  return succeed({ caller: caller.value, task, chat, stored });
}

/** The caller as the ledger knows them; their public name is kept from when they joined, so that it never changes. */
export async function workerOf(
  { taskRouter, settings }: Services,
  { caller, stored }: Authorized,
  taskSid: TaskRequest['taskSid'],
): Promise<WorkerRef> {
  const known = stored.ledger.tasks[taskSid]?.worker;
  if (known?.sid === caller.workerSid) return known;
  const attributes = await taskRouter.fetchWorkerAttributes(caller.workerSid);
  return {
    sid: caller.workerSid,
    identity: caller.identity,
    publicName: publicNameOf(attributes, settings.defaultAgentName),
  };
}
