/** TaskRouter's event callback, read and turned into events of a conversation. Callbacks repeat and come out of order. */
import {
  type ChatTask,
  type ConversationEvent,
  isRetryable,
  type Ledger,
  parseChatTask,
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
import { adoptChat, type FirstContact } from '../conversation/adopt-chat';
import { changeConversation } from '../conversation/change-conversation';
import { findParkedConversation } from '../conversation/find-parked-conversation';
import { parseAgent } from '../twilio/agents';
import { failOrRethrow, TwilioCallError } from '../twilio/call';
import type { Services } from './services';

/** JSON text; anything else reads as `undefined`. */
const JsonSchema = v.pipe(
  v.string(),
  v.transform((text): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }),
);

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
  /** Whether the event meant anything to a chat. */
  readonly applied: boolean;
}

export async function applyTaskRouterEvent(
  services: Services,
  event: TaskRouterEvent,
): Promise<Result<EventAnswer>> {
  const { TaskSid: taskSid } = event;
  const chat = parseChatTask(event.TaskAttributes);
  if (taskSid === undefined || chat === undefined || isOurs(event))
    return succeed({ ok: true, applied: false });

  const at = event.TimestampMs ?? services.nowMs();
  const worker = agentIn(event, services.defaultAgentName);
  const events = toConversationEvents(event.EventType, {
    taskSid,
    chat,
    workerSid: event.WorkerSid,
    worker,
    at,
  });
  if (events.length === 0) return succeed({ ok: true, applied: false });

  const contact = { reportedTaskSid: taskSid, isNew: event.EventType === 'task.created' };
  const mayBePaused = ['reservation.wrapup', 'task.completed'].includes(event.EventType);
  const mustKnowUntil = services.nowMs() + MUST_KNOW_FOR_MS;
  const changed = await whileThereIsTime(services, () =>
    report(services, chat, { contact, events, mayBePaused, mustKnowUntil }),
  );
  return changed.ok ? succeed({ ok: true, applied: true }) : changed;
}

interface Report {
  readonly contact: FirstContact & { readonly reportedTaskSid: TaskSid };
  readonly events: readonly ConversationEvent[];
  /** It tells of an agent who is done, or has laid the chat aside. */
  readonly mayBePaused: boolean;
  /** Until then (ms since 1970) it fails when nobody can tell. */
  readonly mustKnowUntil: number;
}

async function report(
  services: Services,
  chat: ChatTask,
  { contact, events, mayBePaused, mustKnowUntil }: Report,
): Promise<Result<Ledger>> {
  const stored = await services.ledgers.read(chat);
  const [adopted, paused] = await Promise.all([
    adoptChat(services, stored, contact),
    mayBePaused
      ? findParkedConversation(services, stored.ledger, contact.reportedTaskSid).catch((error: unknown) => {
          if (!(error instanceof TwilioCallError) || services.nowMs() < mustKnowUntil) throw error;
          // Ended with a notice is better than open with nobody in it.
          return [];
        })
      : [],
  ]);
  return changeConversation(services, {
    conversation: chat,
    stored,
    events: [...adopted, ...paused, ...events],
    isReport: true,
  });
}

/** Then a chat of which nobody can tell whether it was laid aside counts as one that was not. */
const MUST_KNOW_FOR_MS = 1_500;

/** A function has ten seconds; a last try may take some of them. */
const TRY_FOR_MS = 4_000;
const FIRST_WAIT_MS = 400;

/** TaskRouter tells everything once, and nobody asks again: what may work another time is tried another time. */
async function whileThereIsTime<T>(
  { nowMs, sleep }: Services,
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const giveUpAt = nowMs() + TRY_FOR_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
    const result = await run().catch((error: unknown) => failOrRethrow(error));
    if (result.ok || !isRetryable(result.failure) || nowMs() + waitMs > giveUpAt) return result;
    await sleep(waitMs * (0.5 + Math.random() / 2));
  }
}

/** An offer that we took back ourselves is reported as declined. */
function isOurs({ EventType, ReservationSid = '', TaskAttributes }: TaskRouterEvent): boolean {
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

/** A task is made known before anything is said about it: its `task.created` may still be on the way. */
function toConversationEvents(eventType: string, facts: EventFacts): ConversationEvent[] {
  const { taskSid, chat, workerSid, worker, at } = facts;
  const { transferId } = chat;
  const known: ConversationEvent =
    transferId === undefined
      ? { type: 'task-tracked', taskSid, at }
      : { type: 'transfer-offered', transferId, taskSid, at };

  switch (eventType) {
    case 'task.created':
      // Whoever makes a transfer task records it; a second writer at that very moment would only be in the way.
      return transferId === undefined ? [known] : [];
    case 'reservation.accepted':
      return worker === undefined ? [] : [known, { type: 'task-accepted', taskSid, worker, at }];
    case 'reservation.rejected':
      return workerSid === undefined ? [] : [known, { type: 'offer-declined', taskSid, workerSid, at }];
    case 'reservation.timeout':
      return workerSid === undefined ? [] : [known, { type: 'offer-expired', taskSid, workerSid, at }];
    case 'task-queue.timeout':
      return [known, { type: 'offer-expired', taskSid, at }];
    case 'reservation.wrapup':
      return worker === undefined
        ? []
        : [known, { type: 'agent-left', taskSid, worker, alreadyWrapping: true, at }];
    case 'task.completed':
    case 'task.canceled':
    case 'task.deleted':
    case 'task.system-deleted':
      return [known, { type: 'task-closed', taskSid, at }];
    default:
      return [];
  }
}

function agentIn(
  { WorkerSid: sid, WorkerAttributes: attributes }: TaskRouterEvent,
  defaultName: string,
): WorkerRef | undefined {
  return sid === undefined ? undefined : parseAgent(sid, attributes, defaultName);
}
