/**
 * Saves what TaskRouter reports about a task. TaskRouter does not report it again, so a report about a task that the
 * ledger knows is saved after one read and before any other call: a call that fails or hangs cannot lose it.
 */
import {
  type ConversationEvent,
  fail,
  type Ledger,
  type Result,
  type TaskSid,
  transferDeadline,
} from '@chat-transfer/transfer-core';
import { adoptChat, type FirstContact } from '../conversation/adopt-chat';
import { changeConversation } from '../conversation/change-conversation';
import { findNewChat } from '../conversation/find-new-chat';
import { findParkedConversation, mayBeParked } from '../conversation/find-parked-conversation';
import { applyEvents } from '../ledger/apply-events';
import type { StoredLedger } from '../ledger/ledger-store';
import { updateLedger } from '../ledger/update-ledger';
import { findLostAcceptance } from '../outbox/find-lost-acceptance';
import { TwilioCallError } from '../twilio/call';
import type { Services } from './services';

export interface Report {
  readonly taskSid: TaskSid;
  readonly events: readonly ConversationEvent[];
  /** Whether the task is completed, so that an agent has accepted it. */
  readonly isCompletion: boolean;
  /** Whether the task is cancelled. It had no agent, so no agent has parked the chat with it. */
  readonly isCancellation: boolean;
  /** Whether the agent may have parked the chat: TaskRouter sends the same event when they are done. */
  readonly isPossibleParking: boolean;
  /** What the event says about the agent of the task, and whether the task is new. */
  readonly contact: Pick<FirstContact, 'reports' | 'isNew'>;
}

/** Saves a report about a task that the ledger knows. Fails like `changeConversation`. */
export async function saveReport(
  services: Services,
  stored: StoredLedger,
  reported: Report,
): Promise<Result<Ledger>> {
  const { ledger } = stored;
  const report = reported.isCompletion ? await withLostAcceptance(services, ledger, reported) : reported;
  const isEnding = endsChat(ledger, report.events);
  const needsParking =
    (isEnding && !report.isCancellation) || (report.isPossibleParking && mayBeParked(ledger, report.taskSid));
  const isChecked = ledger.backend === 'conversations' && needsParking;
  if (!isChecked && !hasPassedDeadline(ledger, services.nowMs())) {
    return changeConversation(services, {
      conversation: ledger,
      stored,
      events: report.events,
      isReport: true,
    });
  }
  // Closing is final. Until Twilio says whether the chat is parked, it is saved as parked, which keeps it open.
  const { taskSid } = report;
  const assumed: ConversationEvent[] =
    isChecked && isEnding ? [{ type: 'chat-parked', taskSid, isAssumed: true, at: services.nowMs() }] : [];
  const saved = await saveEvents(services, stored, [...assumed, ...report.events]);
  if (saved === undefined) return fail({ code: 'busy' });
  const parking = isChecked ? await readParking(services, ledger, report, isEnding) : [];
  return changeConversation(services, {
    conversation: saved.ledger,
    stored: saved,
    events: parking,
    isReport: true,
  });
}

/**
 * Saves a report about a task that the ledger does not know. The caller has found evidence that the task belongs to the
 * chat, and `stored` holds the location of the chat.
 */
export async function saveFirstReport(
  services: Services,
  stored: StoredLedger,
  report: Report,
): Promise<Result<Ledger>> {
  const { ledger } = stored;
  const [adopted, begun, parking] = await Promise.all([
    adoptChat(services, stored, { ...report.contact, reportedTaskSid: report.taskSid }),
    findNewChat(services, ledger, report.events),
    report.isPossibleParking ? readParking(services, ledger, report, false) : [],
  ]);
  const known = applyEvents(ledger, adopted);
  const reported =
    report.isCompletion && known.ok ? await withLostAcceptance(services, known.value, report) : report;
  const events = [...adopted, ...begun, ...parking, ...reported.events];
  return changeConversation(services, { conversation: ledger, stored, events, isReport: true });
}

async function withLostAcceptance(services: Services, ledger: Ledger, report: Report): Promise<Report> {
  const lost = await findLostAcceptance(services, ledger, report.taskSid);
  // The first event records the task.
  const [recorded, ...others] = report.events;
  return recorded === undefined ? report : { ...report, events: [recorded, ...lost, ...others] };
}

/** Whether the functions would ask TaskRouter about the open transfer before they save. */
const hasPassedDeadline = ({ transfer }: Ledger, nowMs: number): boolean =>
  transfer !== undefined && nowMs >= transferDeadline(transfer);

function endsChat(ledger: Ledger, events: readonly ConversationEvent[]): boolean {
  const after = applyEvents(ledger, events);
  return ledger.ended === undefined && after.ok && after.value.ended?.by === 'last-agent';
}

/** Writes the ledger without running its outbox. `undefined` when other runs wrote it at every attempt. */
async function saveEvents(
  services: Services,
  stored: StoredLedger,
  events: readonly ConversationEvent[],
): Promise<StoredLedger | undefined> {
  const after = applyEvents(stored.ledger, events);
  if (after.ok && after.value === stored.ledger) return stored;
  return updateLedger(services, stored, { events, change: (ledger) => ledger });
}

/** From this time of the request on, a chat counts as not parked when Twilio does not say. */
const ASSUME_NOT_PARKED_AFTER_MS = 1_500;
const PARKING_RETRY_MS = 300;

/** @param isAssumed whether the ledger says that the chat is parked, although Twilio has not said so */
async function readParking(
  services: Services,
  ledger: Ledger,
  { taskSid, events }: Report,
  isAssumed: boolean,
): Promise<ConversationEvent[]> {
  const leftAt = events.at(-1)?.at;
  const asked = isAssumed ? { ...ledger, parkedBy: taskSid, assumedParkedAt: services.nowMs() } : ledger;
  for (;;) {
    try {
      return await findParkedConversation(services, asked, taskSid, leftAt);
    } catch (error) {
      if (!(error instanceof TwilioCallError)) throw error;
      if (services.budget.elapsedMs() >= ASSUME_NOT_PARKED_AFTER_MS) {
        // A chat that ends with a notice is better for the customer than an open chat without an agent.
        return isAssumed ? [{ type: 'chat-not-parked', taskSid, at: services.nowMs() }] : [];
      }
    }
    await services.sleep(PARKING_RETRY_MS);
  }
}
