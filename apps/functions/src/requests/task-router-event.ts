/** Applies TaskRouter's event callbacks to conversations. Callbacks may repeat and arrive out of order. */
import {
  type ChatTask,
  type ConversationEvent,
  isRetryable,
  type Ledger,
  parseChatTask,
  parseJson,
  parseWithdrawnReservations,
  type Result,
  succeed,
  type TaskSid,
  TaskSidSchema,
  type WorkerRef,
  type WorkerSid,
  WorkerSidSchema,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { backoffMs } from '../backoff';
import { adoptChat, type FirstContact } from '../conversation/adopt-chat';
import { changeConversation } from '../conversation/change-conversation';
import { findParkedConversation } from '../conversation/find-parked-conversation';
import { parseAgent } from '../twilio/agents';
import { failOrRethrow, TwilioCallError } from '../twilio/call';
import type { Services } from './services';

/** JSON text. Any other text becomes `undefined`. */
const JsonSchema = v.pipe(v.string(), v.transform(parseJson));

export const TaskRouterEventSchema = v.object({
  EventType: v.string(),
  /** Milliseconds since 1970, as text. */
  TimestampMs: v.optional(v.pipe(v.string(), v.transform(Number), v.finite())),
  TaskSid: v.optional(TaskSidSchema),
  TaskAttributes: v.optional(JsonSchema),
  ReservationSid: v.optional(v.string()),
  WorkerSid: v.optional(WorkerSidSchema),
  WorkerAttributes: v.optional(JsonSchema),
});
export type TaskRouterEvent = v.InferOutput<typeof TaskRouterEventSchema>;

export interface EventAnswer {
  readonly ok: true;
  /** Whether the event is about a chat and was applied to it. */
  readonly applied: boolean;
}

/** Applies the event to its conversation, with retries: TaskRouter does not send it again after a failure. */
export async function applyTaskRouterEvent(
  services: Services,
  event: TaskRouterEvent,
): Promise<Result<EventAnswer>> {
  const { TaskSid: taskSid } = event;
  const chat = parseChatTask(event.TaskAttributes);
  if (taskSid === undefined || chat === undefined || isOwnWithdrawal(event))
    return succeed({ ok: true, applied: false });

  const at = event.TimestampMs ?? services.nowMs();
  const worker = parseEventAgent(event, services.defaultAgentName);
  const events = toConversationEvents(event.EventType, {
    taskSid,
    chat,
    workerSid: event.WorkerSid,
    worker,
    at,
  });
  if (events.length === 0) return succeed({ ok: true, applied: false });

  const contact = {
    reportedTaskSid: taskSid,
    reports: REPORTED_AGENT[event.EventType],
    isNew: event.EventType === 'task.created',
  };
  const mayBeParked = ['reservation.wrapup', 'task.completed'].includes(event.EventType);
  const changed = await retryWithinLimit(services, () =>
    applyReport(services, chat, { contact, events, mayBeParked }),
  );
  return changed.ok ? succeed({ ok: true, applied: true }) : changed;
}

/** What an event says about the agent of its task. */
const REPORTED_AGENT: Readonly<Record<string, FirstContact['reports']>> = {
  'reservation.accepted': 'accepted',
  'reservation.wrapup': 'left',
};

interface Report {
  readonly contact: FirstContact & { readonly reportedTaskSid: TaskSid };
  readonly events: readonly ConversationEvent[];
  /** Whether the agent may have parked the chat: TaskRouter sends the same event when they are done. */
  readonly mayBeParked: boolean;
}

async function applyReport(
  services: Services,
  chat: ChatTask,
  { contact, events, mayBeParked }: Report,
): Promise<Result<Ledger>> {
  const stored = await services.ledgers.read(chat);
  const [adopted, parked] = await Promise.all([
    adoptChat(services, stored, contact),
    mayBeParked
      ? findParkedConversation(services, stored.ledger, contact.reportedTaskSid).catch((error: unknown) => {
          const mayRetry = services.budget.elapsedMs() < ASSUME_NOT_PARKED_AFTER_MS;
          if (!(error instanceof TwilioCallError) || mayRetry) throw error;
          // A chat that ends with a notice is better for the customer than an open chat without an agent.
          return [];
        })
      : [],
  ]);
  return changeConversation(services, {
    conversation: chat,
    stored,
    events: [...adopted, ...parked, ...events],
    isReport: true,
  });
}

/**
 * From this time of the request on, a chat counts as not parked when Twilio does not say. Before it, the report
 * fails and is retried.
 */
const ASSUME_NOT_PARKED_AFTER_MS = 1_500;

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

/** Whether the functions withdrew the offer. TaskRouter reports that as declined by the agent. */
function isOwnWithdrawal({ EventType, ReservationSid = '', TaskAttributes }: TaskRouterEvent): boolean {
  return (
    EventType === 'reservation.rejected' &&
    parseWithdrawnReservations(TaskAttributes).includes(ReservationSid)
  );
}

interface EventFacts {
  readonly taskSid: TaskSid;
  readonly chat: ChatTask;
  readonly workerSid: WorkerSid | undefined;
  readonly worker: WorkerRef | undefined;
  readonly at: number;
}

/** The conversation's events. The first one records the task, because its `task.created` may arrive later. */
function toConversationEvents(eventType: string, facts: EventFacts): ConversationEvent[] {
  const { taskSid, chat, workerSid, worker, at } = facts;
  const { transferId } = chat;
  const recorded: ConversationEvent =
    transferId === undefined
      ? { type: 'task-tracked', taskSid, at }
      : { type: 'transfer-offered', transferId, taskSid, at };

  switch (eventType) {
    case 'task.created':
      // The run that creates a transfer task records it. Another write at that moment would only conflict.
      return transferId === undefined ? [recorded] : [];
    case 'reservation.accepted':
      return worker === undefined ? [] : [recorded, { type: 'task-accepted', taskSid, worker, at }];
    case 'reservation.rejected':
      return workerSid === undefined ? [] : [recorded, { type: 'offer-declined', taskSid, workerSid, at }];
    case 'reservation.timeout':
      return workerSid === undefined ? [] : [recorded, { type: 'offer-expired', taskSid, workerSid, at }];
    case 'task-queue.timeout':
      return [recorded, { type: 'offer-expired', taskSid, at }];
    case 'reservation.wrapup':
      return worker === undefined
        ? []
        : [recorded, { type: 'agent-left', taskSid, worker, alreadyWrapping: true, at }];
    case 'task.completed':
    case 'task.canceled':
    case 'task.deleted':
    case 'task.system-deleted':
      return [recorded, { type: 'task-closed', taskSid, at }];
    default:
      return [];
  }
}

function parseEventAgent(
  { WorkerSid: sid, WorkerAttributes: attributes }: TaskRouterEvent,
  defaultName: string,
): WorkerRef | undefined {
  return sid === undefined ? undefined : parseAgent(sid, attributes, defaultName);
}
