/** The reads every request of a worker starts with, side by side: who asks, the task, its reservations, the ledger. */
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
  /** What the task says of its chat. */
  readonly chat: ChatTask;
}

/** What a right is decided on. */
export interface RightFacts {
  readonly caller: FlexCaller;
  readonly reservations: readonly ReservationFacts[];
  readonly ledger: Ledger;
}

/**
 * Who may not act learns nothing: a task that does not exist, another's task and a wrong conversation all answer
 * `not-allowed`. Only who may act is told more.
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

/** What a reservation is, or was, through which a worker took the task. */
const HELD = new Set(['accepted', 'wrapping', 'completed']);

/**
 * The agent a request is about: the caller, or the agent of the task for whom a supervisor acts. Public names are kept
 * from when somebody joined, so that they never change.
 */
export async function findRequestAgent(
  services: Services,
  authorized: Authorized,
): Promise<WorkerRef | undefined> {
  const { caller, task, reservations, stored } = authorized;
  const known = stored.ledger.tasks[task.sid]?.worker;
  const isOwn =
    known?.sid === caller.workerSid ||
    reservations.some(({ workerSid, status }) => workerSid === caller.workerSid && HELD.has(status));
  if (known !== undefined && (!isOwn || known.sid === caller.workerSid)) return known;
  if (!isOwn) return findAgent(services, task.sid, reservations);
  const attributes = await services.taskRouter.fetchWorkerAttributes(caller.workerSid);
  return {
    sid: caller.workerSid,
    identity: caller.identity,
    publicName: publicNameOf(attributes, services.defaultAgentName),
  };
}
