/**
 * Logs one line for each request, and one for each abandoned effect, replaced ledger, lost index item, failed sweep of a
 * chat and malformed settings document. From the fields of a request it logs only
 * SIDs, the transfer's id and the name of TaskRouter's event: no token, note or other text. From an error it
 * logs the message and the stack, but not the other values that the error holds.
 */
import {
  type FailureAnswer,
  failureAnswer,
  parseConversationSid,
  parseTaskSid,
  TASK_ROUTER_EVENTS,
  type TransferFailure,
} from '@chat-transfer/transfer-core';

interface AnsweredRequest {
  /** The path of its URL. */
  readonly endpoint: string;
  /** The fields of the request. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly answer: { readonly ok: true; readonly ignored?: string } | FailureAnswer;
  /** An error that the functions did not expect. */
  readonly bug?: unknown;
  readonly durationMs: number;
}

export function logRequest({ endpoint, event, answer, bug, durationMs }: AnsweredRequest): void {
  const { code: outcome = 'ok', message } = 'code' in answer ? answer : {};
  const ids = {
    eventType: TASK_ROUTER_EVENTS.find((name) => name === event.EventType),
    transferId: parseId(event.transferId),
    taskSid: parseTaskSid(event.taskSid ?? event.TaskSid),
    conversationSid: parseConversationSid(event.conversationSid ?? event.channelSid),
  };
  const line = JSON.stringify({
    endpoint,
    ...ids,
    outcome,
    ignored: 'ignored' in answer ? answer.ignored : undefined,
    message,
    durationMs,
    bug: bug === undefined ? undefined : describeBug(bug),
  });
  // Twilio's Debugger shows the lines that are written with `console.error`.
  if (bug === undefined) console.log(line);
  else console.error(line);
}

/** An effect that Twilio will never accept. It is skipped, so that it does not block the effects after it. */
export function logAbandonedEffect(conversationSid: string, effect: string, error: unknown): void {
  const message = error instanceof Error ? error.message : undefined;
  console.error(JSON.stringify({ outcome: 'abandoned', conversationSid, effect, message }));
}

/** A chat whose index item was not written. The scan of all ledgers finds it. */
export function logLostIndexItem(conversationSid: string, error: unknown): void {
  const message = error instanceof Error ? error.message : undefined;
  console.error(JSON.stringify({ outcome: 'not-indexed', conversationSid, message }));
}

interface FailedSweep {
  /** Absent when the sweep of all chats failed. */
  readonly conversationSid?: string;
  readonly failure?: TransferFailure;
  readonly error?: unknown;
}

/** A chat that a sweep could not repair. A later sweep tries again. */
export function logFailedSweep({ conversationSid, failure, error }: FailedSweep): void {
  const message = failure === undefined ? describeBug(error) : failureAnswer(failure).message;
  console.error(JSON.stringify({ outcome: 'sweep-failed', conversationSid, message }));
}

/** The settings document, or a part of it, that cannot be used. `problems` say where, without the values. */
export function logMalformedDocument(name: string, problems: readonly string[]): void {
  console.error(JSON.stringify({ outcome: 'malformed-document', name, problems }));
}

/** A ledger that the functions did not write, or cannot read. The one that replaced it was built from Twilio's records. */
export function logReplacedLedger(conversationSid: string, reason: string): void {
  console.error(JSON.stringify({ outcome: 'ledger-replaced', conversationSid, reason }));
}

/** A caller may send anything as an id, even a token. A value that does not look like an id is not logged. */
function parseId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : undefined;
}

/** Message and stack only: errors of the libraries also hold whole requests with their credentials. */
function describeBug(error: unknown, causes = 3): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  if (error.cause === undefined || causes === 0) return own;
  return `${own}\ncaused by ${describeBug(error.cause, causes - 1)}`;
}
