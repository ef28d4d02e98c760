/**
 * The first step of a worker's request: reads caller, task, reservations and ledger, and checks the right.
 */
import {
  type ChatTask,
  fail,
  type Ledger,
  parseChatTask,
  publicNameOf,
  type Result,
  recordLocation,
  succeed,
  type TaskRequest,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import type { StoredLedger } from '../ledger/ledger-store';
import { findAgent } from '../twilio/agents';
import type { FlexCaller } from '../twilio/flex-token';
import type { ReservationFacts, TaskFacts } from '../twilio/task-router';
import type { Services } from './services';

export interface Authorized {
  readonly caller: FlexCaller;
  readonly task: TaskFacts;
  readonly reservations: readonly ReservationFacts[];
  readonly stored: StoredLedger;
  /** The chat that the task names. */
  readonly chat: ChatTask;
}

/** The facts that a right depends on. */
export interface RightFacts {
  readonly caller: FlexCaller;
  readonly reservations: readonly ReservationFacts[];
  readonly ledger: Ledger;
}

/**
 * A caller without the right learns nothing: a task that does not exist, another agent's task and a wrong
 * conversation all answer `not-allowed`. Only a caller with the right gets a more exact failure.
 */
export async function authorize(
  { validateFlexToken, taskRouter, ledgers }: Services,
  { token, taskSid, conversationSid }: TaskRequest,
  mayAct: (facts: RightFacts) => boolean,
): Promise<Result<Authorized>> {
  const [caller, task, reservations, stored] = await Promise.all([
    validateFlexToken(token),
    taskRouter.fetchTask(taskSid),
    taskRouter.listReservations(taskSid),
    ledgers.read({ conversationSid }),
  ]);
  if (!caller.ok) return caller;
  const allowed = mayAct({ caller: caller.value, reservations, ledger: stored.ledger });
  if (task === undefined || !allowed) return fail({ code: 'not-allowed' });

  const chat = parseChatTask(task.attributes);
  if (chat === undefined) return fail({ code: 'not-a-chat', taskSid });
  if (chat.conversationSid !== conversationSid) return fail({ code: 'not-allowed' });
  const located = { ...stored, ledger: recordLocation(stored.ledger, chat) };
  return succeed({ caller: caller.value, task, reservations, stored: located, chat });
}

/** Statuses of a reservation that a worker has accepted. */
const ACCEPTED_STATUSES = new Set(['accepted', 'wrapping', 'completed']);

/**
 * The agent that a request acts for: the caller, or the agent of the task when the caller is a supervisor. An
 * agent whom the ledger knows keeps the public name from when they joined.
 */
export async function findRequestAgent(
  services: Services,
  authorized: Authorized,
): Promise<WorkerRef | undefined> {
  const { caller, task, reservations, stored } = authorized;
  const recorded = stored.ledger.tasks[task.sid]?.worker;
  const isOwn =
    recorded?.sid === caller.workerSid ||
    reservations.some(
      ({ workerSid, status }) => workerSid === caller.workerSid && ACCEPTED_STATUSES.has(status),
    );
  if (recorded !== undefined && (!isOwn || recorded.sid === caller.workerSid)) return recorded;
  if (!isOwn) return findAgent(services, task.sid, reservations);
  const attributes = await services.taskRouter.fetchWorkerAttributes(caller.workerSid);
  return {
    sid: caller.workerSid,
    identity: caller.identity,
    publicName: publicNameOf(attributes, services.defaultAgentName),
  };
}
