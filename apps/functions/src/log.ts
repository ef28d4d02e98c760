/**
 * What the functions log: one line for each request, and one for an effect that is given up. Of a request only SIDs,
 * the transfer's id and the event's name get there: no token, no note, no text. Of what was thrown, message and place,
 * never the values that hang on it.
 */
import {
  type FailureAnswer,
  parseConversationSid,
  parseTaskSid,
  TASK_ROUTER_EVENTS,
} from '@chat-transfer/transfer-core';
import type { TwilioEvent } from './requests/read-request';

interface AnsweredRequest {
  /** Its URL. */
  readonly endpoint: string;
  readonly event: TwilioEvent;
  readonly answer: { readonly ok: true } | FailureAnswer;
  /** What was thrown by mistake, if anything was. */
  readonly bug?: unknown;
  readonly durationMs: number;
}

export function logRequest({ endpoint, event, answer, bug, durationMs }: AnsweredRequest): void {
  const { code: outcome = 'ok', message } = 'code' in answer ? answer : {};
  const about = {
    eventType: TASK_ROUTER_EVENTS.find((name) => name === event.EventType),
    transferId: idIn(event.transferId),
    taskSid: parseTaskSid(event.taskSid ?? event.TaskSid),
    conversationSid: parseConversationSid(event.conversationSid ?? event.channelSid),
  };
  const thrown = bug === undefined ? {} : { bug: describeBug(bug) };
  const line = JSON.stringify({ endpoint, ...about, outcome, message, durationMs, ...thrown });
  // What goes to `error` reaches Twilio's Debugger.
  if (bug === undefined) console.log(line);
  else console.error(line);
}

/** An effect that Twilio will never take: it is left out, so that what comes after it is not held up. */
export function logGivenUp(conversationSid: string, effect: string, error: unknown): void {
  const message = error instanceof Error ? error.message : undefined;
  console.error(JSON.stringify({ outcome: 'given-up', conversationSid, effect, message }));
}

/** Anything may stand where an id belongs, a token too: what does not look like one is not logged. */
function idIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : undefined;
}

/** Errors of the libraries carry whole requests, credentials and all, beside their message. */
function describeBug(error: unknown, causes = 3): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  if (error.cause === undefined || causes === 0) return own;
  return `${own}\ncaused by ${describeBug(error.cause, causes - 1)}`;
}
