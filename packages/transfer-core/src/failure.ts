/**
 * Everything that is expected to go wrong, each with a code, the HTTP status of its answer, and whether the
 * same request may succeed later. `describeFailure` is for developers; what an agent reads is in the plugin.
 */
import type { TransferState } from './transfer';

export type TransferFailure =
  /** The request does not fit the contract. `problems` name fields, never values. */
  | { readonly code: 'bad-input'; readonly problems: readonly string[] }
  /** No token, or one that Twilio does not know. */
  | { readonly code: 'token-invalid' }
  /** The token was good once: sign in again. */
  | { readonly code: 'token-expired' }
  /** No live reservation on the task. Says nothing about whether the task exists. */
  | { readonly code: 'not-allowed' }
  /** The task is not a chat that this product transfers. */
  | { readonly code: 'not-a-chat'; readonly taskSid: string }
  | { readonly code: 'target-not-found'; readonly targetSid: string }
  /** The target is the agent who asks. */
  | { readonly code: 'target-is-self' }
  /** The target takes part in this chat already. */
  | { readonly code: 'target-in-chat'; readonly name: string }
  /** Another transfer of this chat waits for an answer. `startedAt` is in ms since 1970. */
  | { readonly code: 'transfer-open'; readonly startedBy: string; readonly startedAt: number }
  /** This `transferId` belongs to a transfer with other values. */
  | { readonly code: 'transfer-id-reused'; readonly transferId: string }
  /** Somebody accepted the transfer before it could be cancelled; their public name, when it is known. */
  | { readonly code: 'transfer-accepted'; readonly name?: string }
  /** The transfer has ended: it cannot be cancelled, and its id starts no other one. */
  | { readonly code: 'transfer-over'; readonly state: TransferState }
  | { readonly code: 'chat-ended' }
  | { readonly code: 'session-invalid' }
  | { readonly code: 'origin-not-allowed' }
  /** A setting of the functions is missing or malformed. */
  | { readonly code: 'not-configured'; readonly setting: string }
  /** Others changed the ledger all the time, or hold its outbox. */
  | { readonly code: 'busy' }
  /** Twilio refused or could not be reached. `status` and `twilioCode` as Twilio gave them. */
  | {
      readonly code: 'twilio-failed';
      readonly doing: string;
      readonly status?: number;
      readonly twilioCode?: number;
    }
  /** A bug of ours; the log has its cause. */
  | { readonly code: 'internal' };

export type FailureCode = TransferFailure['code'];

/** The HTTP status of the answer. */
export const FAILURE_STATUS: Readonly<Record<FailureCode, number>> = {
  'bad-input': 400,
  'token-invalid': 401,
  'token-expired': 401,
  'not-allowed': 403,
  'not-a-chat': 422,
  'target-not-found': 422,
  'target-is-self': 422,
  'target-in-chat': 409,
  'transfer-open': 409,
  'transfer-id-reused': 409,
  'transfer-accepted': 409,
  'transfer-over': 409,
  'chat-ended': 409,
  'session-invalid': 401,
  'origin-not-allowed': 403,
  'not-configured': 500,
  busy: 503,
  'twilio-failed': 502,
  internal: 500,
};

/** Whether the same request may succeed when it is sent again. What Twilio refused once, it refuses again. */
export function isRetryable(failure: TransferFailure): boolean {
  if (failure.code !== 'twilio-failed') return failure.code === 'busy';
  const { status } = failure;
  return status === undefined || [408, 412, 429].includes(status) || status >= 500;
}

/** One or two sentences for a developer: what failed, why, what to do. Holds no token, note or message text. */
export function describeFailure(failure: TransferFailure): string {
  switch (failure.code) {
    case 'bad-input':
      return `Failed to read the request: ${failure.problems.join('; ')}. Send what the contract asks for.`;
    case 'token-invalid':
      return 'Failed to recognise the caller: the Flex token is missing or unknown. Send the token of the signed-in worker.';
    case 'token-expired':
      return 'Failed to recognise the caller: the Flex token has expired. Refresh it, or sign in again.';
    case 'not-allowed':
      return 'Failed to act on the task: the caller holds no live reservation on it.';
    case 'not-a-chat':
      return `Failed to act on task ${failure.taskSid}: it is not a chat. Use Flex's own actions for it.`;
    case 'target-not-found':
      return `Failed to transfer to ${failure.targetSid}: the workspace has no such worker or queue.`;
    case 'target-is-self':
      return 'Failed to transfer: the target is the agent who asks. Choose another agent or a queue.';
    case 'target-in-chat':
      return `Failed to transfer: ${failure.name} takes part in this chat already.`;
    case 'transfer-open':
      return `Failed to transfer: ${failure.startedBy} started a transfer of this chat at ${new Date(failure.startedAt).toISOString()} that nobody has answered yet.`;
    case 'transfer-id-reused':
      return `Failed to transfer: ${failure.transferId} belongs to a transfer with other values. Make a new id for every click.`;
    case 'transfer-accepted':
      return `Failed to cancel the transfer: ${failure.name ?? 'somebody'} accepted it first.`;
    case 'transfer-over':
      return `Nothing was done: the transfer is over (${failure.state}). Make a new id for a new transfer.`;
    case 'chat-ended':
      return 'Failed to transfer: the chat has ended.';
    case 'session-invalid':
      return 'Failed to recognise the customer: the webchat session is missing, forged or expired. Start a new chat.';
    case 'origin-not-allowed':
      return 'Failed to answer this page: its origin is not listed. Add it to ALLOWED_ORIGINS.';
    case 'not-configured':
      return `Failed to start: ${failure.setting} is missing or malformed. Set it in the environment of the functions.`;
    case 'busy':
      return 'Failed to change the conversation: others kept changing it. Send the same request again.';
    case 'twilio-failed': {
      const facts = [failure.status, failure.twilioCode].filter((fact) => fact !== undefined).join('/');
      const advice = isRetryable(failure) ? 'Send the same request again.' : 'Twilio’s Debugger says why.';
      return `Failed to ${failure.doing}: Twilio answered ${facts || 'nothing'}. ${advice}`;
    }
    case 'internal':
      return 'Failed for a reason we did not expect. The log of the functions has the cause.';
  }
}

/** What can be expected to fail returns this; bugs are thrown. */
export type Result<T, Failure = TransferFailure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export const succeed = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = <Failure = TransferFailure>(
  failure: Failure,
): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure,
});
