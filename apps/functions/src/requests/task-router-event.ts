/**
 * Applies TaskRouter's event callbacks to conversations. Callbacks may repeat and arrive out of order. The attributes of
 * the task say which chat the event is about. If the chat's ledger does not know the task, a record of Twilio must tie it
 * to the chat.
 */
import {
  type ChatTask,
  fail,
  isRetryable,
  type Ledger,
  parseChatTask,
  parseJson,
  type Result,
  succeed,
  TaskSidSchema,
  WorkerSidSchema,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { backoffMs } from '../backoff';
import type { FirstContact } from '../conversation/adopt-chat';
import { changeConversation } from '../conversation/change-conversation';
import { findEvidence, knowsTask } from '../conversation/find-evidence';
import { parseAgent } from '../twilio/agents';
import { failOrRethrow } from '../twilio/call';
import {
  type EventFacts,
  isOwnWithdrawal,
  isPossibleParking,
  toConversationEvents,
} from './conversation-events';
import { type Report, saveFirstReport, saveReport } from './save-report';
import type { Services } from './services';

/** JSON text. Any other text becomes `undefined`. */
const JsonSchema = v.pipe(v.string(), v.transform(parseJson));

export const TaskRouterEventSchema = v.object({
  EventType: v.string(),
  /** Milliseconds since 1970, as text. */
  TimestampMs: v.optional(v.pipe(v.string(), v.transform(Number), v.finite())),
  TaskSid: v.optional(TaskSidSchema),
  TaskAttributes: v.optional(JsonSchema),
  TaskChannelUniqueName: v.optional(v.string()),
  ReservationSid: v.optional(v.string()),
  WorkerSid: v.optional(WorkerSidSchema),
  WorkerAttributes: v.optional(JsonSchema),
});
export type TaskRouterEvent = v.InferOutput<typeof TaskRouterEventSchema>;

export interface EventAnswer {
  readonly ok: true;
  /** Whether the event is about a chat and was applied to it. */
  readonly applied: boolean;
  /** Why an event that names a chat was not applied. The log shows it. */
  readonly ignored?: 'no-evidence';
}

const NOT_APPLIED: EventAnswer = { ok: true, applied: false };

/** Applies the event to its conversation, with retries: TaskRouter does not send it again after a failure. */
export async function applyTaskRouterEvent(
  services: Services,
  event: TaskRouterEvent,
): Promise<Result<EventAnswer>> {
  const { TaskSid: taskSid, EventType: eventType } = event;
  const chat = parseChatTask(event.TaskAttributes, event.TaskChannelUniqueName);
  if (taskSid === undefined || chat === undefined) return succeed(NOT_APPLIED);
  if (isOwnWithdrawal(eventType, event.ReservationSid, event.TaskAttributes)) return succeed(NOT_APPLIED);

  const facts: EventFacts = {
    taskSid,
    transferId: chat.transferId,
    workerSid: event.WorkerSid,
    worker:
      event.WorkerSid === undefined
        ? undefined
        : parseAgent(event.WorkerSid, event.WorkerAttributes, services.defaultAgentName),
    at: event.TimestampMs ?? services.nowMs(),
  };
  if (toConversationEvents(eventType, facts).length === 0) return succeed(NOT_APPLIED);

  return retryWithinLimit(services, () => applyReportedEvent(services, { eventType, chat, facts }));
}

/** What an event says about the agent of its task. */
const REPORTED_AGENT: Readonly<Record<string, FirstContact['reports']>> = {
  'reservation.accepted': 'accepted',
  'reservation.wrapup': 'left',
};

interface ReportedEvent {
  readonly eventType: string;
  /** The chat that the task's attributes name. */
  readonly chat: ChatTask;
  readonly facts: EventFacts;
}

async function applyReportedEvent(
  services: Services,
  { eventType, chat, facts }: ReportedEvent,
): Promise<Result<EventAnswer>> {
  const { taskSid } = facts;
  const stored = await services.ledgers.read({ conversationSid: chat.conversationSid });
  const isNew = eventType === 'task.created';
  const report = (transferId: string | undefined): Report => ({
    taskSid,
    events: toConversationEvents(eventType, { ...facts, transferId }),
    isCompletion: eventType === 'task.completed',
    isCancellation: eventType === 'task.canceled',
    isPossibleParking: isPossibleParking(eventType),
    contact: { reports: REPORTED_AGENT[eventType], isNew },
  });

  const { ledger } = stored;
  if (knowsTask(ledger, taskSid)) {
    return toAnswer(await saveReport(services, stored, report(ledger.tasks[taskSid]?.transferId)));
  }
  const source = isNew ? { source: 'task-created' as const } : {};
  const evidence = await findEvidence(services, ledger, { taskSid, chat, ...source });
  switch (evidence.kind) {
    case 'found': {
      const located = { ...stored, ledger: evidence.ledger };
      return toAnswer(await saveFirstReport(services, located, report(chat.transferId)));
    }
    case 'being-created': {
      // If the run that creates the task has lost Twilio's answer, the outbox finds the task. The next attempt knows it.
      const run = { conversation: ledger, stored, events: [], isReport: true };
      const continued = await changeConversation(services, run);
      return continued.ok ? fail({ code: 'busy' }) : continued;
    }
    case 'none':
      return succeed({ ok: true, applied: false, ignored: 'no-evidence' });
  }
}

const toAnswer = (saved: Result<Ledger>): Result<EventAnswer> =>
  saved.ok ? succeed({ ok: true, applied: true }) : saved;

/** A Twilio Function has ten seconds. No attempt begins so late that it might not end within them. */
const RETRY_WITHIN_MS = 4_000;
const BACKOFF = { firstMs: 400 };

/** Runs again after a retryable failure, until the time is over. */
async function retryWithinLimit<T>(
  { budget, sleep }: Services,
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await run().catch((error: unknown) => failOrRethrow(error));
    if (result.ok || !isRetryable(result.failure)) return result;
    const waitMs = backoffMs(attempt, BACKOFF);
    if (budget.elapsedMs() + waitMs > RETRY_WITHIN_MS) return result;
    await sleep(waitMs);
  }
}
