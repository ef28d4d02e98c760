/**
 * The first step of a worker's request: reads caller, task, reservations and ledger, and checks the right. Then it checks
 * that the task belongs to the chat, and that its agent is in the chat.
 */
import {
  type ConversationEvent,
  fail,
  type Ledger,
  parseChatTask,
  publicNameOf,
  type Result,
  succeed,
  type TaskRequest,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import { adoptChat } from '../conversation/adopt-chat';
import { findEvidence } from '../conversation/find-evidence';
import type { StoredLedger } from '../ledger/ledger-store';
import { findAgent } from '../twilio/agents';
import type { FlexCaller } from '../twilio/flex-token';
import type { ReservationFacts, TaskFacts } from '../twilio/task-router';
import type { Services } from './services';

export interface Authorized {
  readonly task: TaskFacts;
  readonly reservations: readonly ReservationFacts[];
  /** The ledger, with the location of the chat. */
  readonly stored: StoredLedger;
  /** The agent that the request acts for: the caller, or the agent of the task when the caller is a supervisor. */
  readonly agent: WorkerRef;
  /** What the ledger does not yet know about an older chat. */
  readonly adopted: readonly ConversationEvent[];
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
  services: Services,
  { token, taskSid, conversationSid }: TaskRequest,
  mayAct: (facts: RightFacts) => boolean,
): Promise<Result<Authorized>> {
  const { validateFlexToken, taskRouter, ledgers } = services;
  const [caller, task, reservations, stored] = await Promise.all([
    validateFlexToken(token),
    taskRouter.fetchTask(taskSid),
    taskRouter.listReservations(taskSid),
    ledgers.read({ conversationSid }),
  ]);
  if (!caller.ok) return caller;
  const allowed = mayAct({ caller: caller.value, reservations, ledger: stored.ledger });
  if (task === undefined || !allowed) return fail({ code: 'not-allowed' });

  const chat = parseChatTask(task.attributes, task.taskChannel);
  if (chat === undefined) return fail({ code: 'not-a-chat', taskSid });
  if (chat.conversationSid !== conversationSid) return fail({ code: 'not-allowed' });

  const [evidence, agent] = await Promise.all([
    findEvidence(services, stored.ledger, { taskSid, chat }),
    findRequestAgent(services, { caller: caller.value, task, reservations, ledger: stored.ledger }),
  ]);
  if (evidence.kind === 'being-created') return fail({ code: 'joining' });
  if (evidence.kind === 'none' || agent === undefined) return fail({ code: 'not-allowed' });

  const located = { ...stored, ledger: evidence.ledger };
  const [adopted, isJoining] = await Promise.all([
    adoptChat(services, located, { task, worker: agent }),
    isStillJoining(services, located.ledger, { task, reservations, agent }),
  ]);
  if (isJoining) return fail({ code: 'joining' });
  return succeed({ task, reservations, stored: located, agent, adopted });
}

/** Statuses of a reservation that a worker has accepted. */
const ACCEPTED_STATUSES = new Set(['accepted', 'wrapping', 'completed']);

/** An agent whom the ledger knows keeps the public name from when they joined. */
async function findRequestAgent(
  services: Services,
  { caller, task, reservations, ledger }: RightFacts & Pick<Authorized, 'task'>,
): Promise<WorkerRef | undefined> {
  const recorded = ledger.tasks[task.sid]?.worker;
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

/**
 * Whether the agent has accepted the task and is not in the chat. Makes no call when the ledger knows the agent of the
 * task. An agent in wrap-up need not be in the chat, because Flex's own wrap-up removes them.
 */
async function isStillJoining(
  { backends }: Services,
  ledger: Ledger,
  { task, reservations, agent }: Pick<Authorized, 'task' | 'reservations' | 'agent'>,
): Promise<boolean> {
  if (ledger.tasks[task.sid]?.worker?.sid === agent.sid) return false;
  const hasAccepted = reservations.some(
    ({ workerSid, status }) => workerSid === agent.sid && status === 'accepted',
  );
  return hasAccepted && (await backends[ledger.backend].joinedAt(ledger, agent.identity)) === undefined;
}
