/**
 * The failures of the functions: code, facts, HTTP status, and whether the same request may succeed later.
 * `describeFailure` writes for developers. The plugin has the sentences that agents read.
 */
import { TASK_ATTRIBUTES_BUDGET } from './task-attributes/budget';
import type { TransferState } from './transfer';

export type TransferFailure =
  /** The request does not match the contract. `problems` name fields, never values. */
  | { readonly code: 'bad-input'; readonly problems: readonly string[] }
  /** The token is missing, or Twilio does not know it. */
  | { readonly code: 'token-invalid' }
  /** The token has expired. */
  | { readonly code: 'token-expired' }
  /**
   * The caller has no live reservation on the task, or Twilio's records do not tie the task to the chat. The failure does
   * not reveal whether the task exists.
   */
  | { readonly code: 'not-allowed' }
  /** The agent has accepted the task, and Flex has not yet added them to the chat. */
  | { readonly code: 'joining' }
  /** The task is not a chat that can be transferred. */
  | { readonly code: 'not-a-chat'; readonly taskSid: string }
  | { readonly code: 'target-not-found'; readonly targetSid: string }
  /** The target is the agent who requests the transfer. */
  | { readonly code: 'target-is-self' }
  /** The target is in this chat already. `name` is their public name. */
  | { readonly code: 'target-in-chat'; readonly name: string }
  /** The keys of other programs on the task leave no room for a transfer. `length`: of the attributes, in characters. */
  | { readonly code: 'task-full'; readonly taskSid: string; readonly length: number }
  /** The target agent is in an activity in which TaskRouter offers no tasks. `name` is their public name. */
  | { readonly code: 'target-unavailable'; readonly name: string }
  /** The target agent has as many tasks of this kind as they can take. `name` is their public name. */
  | { readonly code: 'target-at-capacity'; readonly name: string }
  /** The workflow of transfers has no rule for the target queue. */
  | { readonly code: 'queue-without-rule'; readonly queueSid: string }
  /** Another transfer of this chat is open. `startedAt` is in ms since 1970. */
  | { readonly code: 'transfer-open'; readonly startedBy: string; readonly startedAt: number }
  /** A transfer with this id exists and has another task, target or mode. */
  | { readonly code: 'transfer-id-reused'; readonly transferId: string }
  /** An agent accepted the transfer before it was cancelled. `name` is their public name, if it is known. */
  | { readonly code: 'transfer-accepted'; readonly name?: string }
  /** The transfer has ended. It cannot be cancelled, and a request with its id starts no other transfer. */
  | { readonly code: 'transfer-over'; readonly state: TransferState }
  | { readonly code: 'chat-ended' }
  | { readonly code: 'session-invalid' }
  | { readonly code: 'origin-not-allowed' }
  /** A setting of the functions is missing or malformed. */
  | { readonly code: 'not-configured'; readonly setting: string }
  /** The Sync service of the ledgers can be opened by browsers. */
  | { readonly code: 'ledger-service-unsafe'; readonly reason: 'default-service' | 'acl-off' }
  /** A newer version of the functions wrote the ledger of this chat. */
  | { readonly code: 'ledger-newer'; readonly version: number }
  /** Other requests kept changing the ledger, or execute its outbox. */
  | { readonly code: 'busy' }
  /** The transfer may be saved, and its task does not exist. It is created, or the transfer fails with a notice. */
  | { readonly code: 'start-pending' }
  /** Twilio refused a call or did not answer. `doing` completes "Failed to …"; the other facts are Twilio's. */
  | {
      readonly code: 'twilio-failed';
      readonly doing: string;
      readonly status?: number;
      readonly twilioCode?: number;
    }
  /** A bug. The log has the cause. */
  | { readonly code: 'internal' };

export type FailureCode = TransferFailure['code'];

/** Why a target that exists cannot be offered a chat now. */
export type TargetRefusal = Extract<
  TransferFailure,
  { code: 'target-unavailable' | 'target-at-capacity' | 'queue-without-rule' }
>;

/** The HTTP status of the answer. */
export const FAILURE_STATUS: Readonly<Record<FailureCode, number>> = {
  'bad-input': 400,
  'token-invalid': 401,
  'token-expired': 401,
  'not-allowed': 403,
  joining: 503,
  'not-a-chat': 422,
  'target-not-found': 422,
  'target-is-self': 422,
  'target-in-chat': 409,
  'task-full': 422,
  'target-unavailable': 409,
  'target-at-capacity': 409,
  'queue-without-rule': 422,
  'transfer-open': 409,
  'transfer-id-reused': 409,
  'transfer-accepted': 409,
  'transfer-over': 409,
  'chat-ended': 409,
  'session-invalid': 401,
  'origin-not-allowed': 403,
  'not-configured': 500,
  'ledger-service-unsafe': 500,
  'ledger-newer': 409,
  busy: 503,
  'start-pending': 503,
  'twilio-failed': 502,
  internal: 500,
};

/** Whether the same request may succeed later. A refusal by Twilio (other 4xx) is permanent. */
export function isRetryable(failure: TransferFailure): boolean {
  if (failure.code !== 'twilio-failed') {
    return ['joining', 'busy', 'start-pending'].includes(failure.code);
  }
  const { status } = failure;
  return status === undefined || [408, 412, 429].includes(status) || status >= 500;
}

/** Returns one or two sentences for developers: what failed, why, what to do. They hold no token, note or message text. */
export function describeFailure(failure: TransferFailure): string {
  switch (failure.code) {
    case 'bad-input':
      return `Failed to read the request: ${failure.problems.join('; ')}. See the contract in transfer-core.`;
    case 'token-invalid':
      return 'Failed to identify the caller: the Flex token is missing or unknown. Send the token of the signed-in worker.';
    case 'token-expired':
      return 'Failed to identify the caller: the Flex token has expired. Refresh it, or sign in again.';
    case 'not-allowed':
      return "Failed to act on the task: the caller has no live reservation on it, or Twilio's records do not tie it to the chat.";
    case 'joining':
      return 'Failed to act on the task: Flex has not yet added its agent to the chat. Send the same request again.';
    case 'not-a-chat':
      return `Failed to act on task ${failure.taskSid}: it is not a chat. Use Flex's own actions for it.`;
    case 'target-not-found':
      return `Failed to transfer to ${failure.targetSid}: the workspace has no such worker or queue.`;
    case 'target-is-self':
      return 'Failed to transfer: the target is the agent who requests it. Choose another agent or a queue.';
    case 'target-in-chat':
      return `Failed to transfer: ${failure.name} is in this chat already.`;
    case 'task-full':
      return `Failed to transfer task ${failure.taskSid}: its attributes have ${failure.length} characters, and TaskRouter stores ${TASK_ATTRIBUTES_BUDGET}. Keep less data on the task.`;
    case 'target-unavailable':
      return `Failed to transfer: ${failure.name} is in an activity in which TaskRouter offers no tasks. Choose another agent or a queue.`;
    case 'target-at-capacity':
      return `Failed to transfer: ${failure.name} has no capacity left on this task channel. Choose another agent or a queue.`;
    case 'queue-without-rule':
      return `Failed to transfer to ${failure.queueSid}: the workflow "Chat Transfer" has no rule for this queue. Update the workflow.`;
    case 'transfer-open':
      return `Failed to transfer: ${failure.startedBy} started a transfer of this chat at ${new Date(failure.startedAt).toISOString()}, and it is still open.`;
    case 'transfer-id-reused':
      return `Failed to transfer: ${failure.transferId} is the id of a different transfer. Create a new id for every click.`;
    case 'transfer-accepted':
      return `Failed to cancel the transfer: ${failure.name ?? 'another agent'} accepted it first.`;
    case 'transfer-over':
      return `Failed to start or cancel the transfer: it has ended (${failure.state}). Create a new id for a new transfer.`;
    case 'chat-ended':
      return 'Failed to transfer: the chat has ended.';
    case 'session-invalid':
      return 'Failed to identify the customer: the webchat session is missing, forged or expired. Start a new chat.';
    case 'origin-not-allowed':
      return 'Failed to answer this page: its origin is not allowed. Add it to ALLOWED_ORIGINS.';
    case 'not-configured':
      return `Failed to read the settings: ${failure.setting} is missing or malformed. GET /health of the functions lists every such setting.`;
    case 'ledger-service-unsafe':
      return failure.reason === 'default-service'
        ? "Failed to read the ledger: TWILIO_SYNC_SERVICE_SID names the account's default Sync service, which every Flex token can open. Create a Sync service with AclEnabled, and set its SID."
        : 'Failed to read the ledger: the Sync service of TWILIO_SYNC_SERVICE_SID has ACLs off, so every token with a grant for it can write ledgers. Set its AclEnabled.';
    case 'ledger-newer':
      return `Failed to read the ledger: a newer version of the functions wrote it (format ${failure.version}). Deploy that version again.`;
    case 'busy':
      return 'Failed to change the conversation: other requests kept changing it. Send the same request again.';
    case 'start-pending':
      return 'Failed to confirm the transfer: Twilio does not answer. Send the same request again. If it is not sent again, the chat shows within two minutes what became of the transfer.';
    case 'twilio-failed': {
      const facts = [failure.status, failure.twilioCode].filter((fact) => fact !== undefined).join('/');
      const advice = isRetryable(failure)
        ? 'Send the same request again.'
        : 'See the Twilio Debugger for the reason.';
      return `Failed to ${failure.doing}: Twilio answered ${facts || 'nothing'}. ${advice}`;
    }
    case 'internal':
      return 'Failed to handle the request: unexpected error. See the log of the functions.';
  }
}

/** The result of an operation with expected failures. Bugs are thrown. */
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
