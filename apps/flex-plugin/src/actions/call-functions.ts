/** Sends an action's request to the functions, and tells the agent if it fails or if a part of its work follows later. */
import type { WorkPart } from '@chat-transfer/transfer-core';
import type { Outcome, RequestFailure } from '../failure-notification';
import type { ApiResult } from '../transfer-api';

/** What the actions show to the agent. */
export interface AgentNotifications {
  /** Shows or hides the message that the request for a transfer takes longer than usual. */
  setStillTrying(isTrying: boolean): void;
  /** For an agent in wrap-up, who does not see the notice in the chat. */
  showTransferCancelled(): void;
  /** For a request that has succeeded, while its notices are not in the chat yet. */
  showNoticesPending(): void;
  showFailure(outcome: Outcome, failure: RequestFailure): void;
  /** Hides the failures of earlier clicks. They would cover the button that the agent clicks again. */
  dismissFailures(): void;
}

/** The sentence that says what did not happen, and the one for a request whose result the page cannot know. */
export interface Outcomes {
  readonly failed: Outcome;
  readonly unknown: Outcome;
}

/** Without an answer, the functions may have done what the request asks. */
const UNKNOWN: ReadonlySet<RequestFailure['code']> = new Set(['unreachable', 'start-pending']);

export function showFailure(
  notifications: AgentNotifications,
  { failed, unknown }: Outcomes,
  failure: RequestFailure,
): void {
  notifications.showFailure(UNKNOWN.has(failure.code) ? unknown : failed, failure);
}

/**
 * Returns the answer to `sendRequest`.
 * @throws when the answer is a failure, after showing it to the agent. Flex then enables its button again and skips
 *   the after-listeners of other plugins.
 */
export async function callFunctions<Answer extends { readonly pending: readonly WorkPart[] }>(
  notifications: AgentNotifications,
  outcomes: Outcomes,
  sendRequest: () => Promise<ApiResult<Answer>>,
): Promise<Answer> {
  notifications.dismissFailures();
  return readAnswer(notifications, outcomes, await sendRequest());
}

/**
 * The same for a request about the agent's own task. Returns false if the task is no part of the chat that its attributes
 * name, such as a callback on a task channel of the account. Only the functions know that: they answer `not-allowed`.
 */
export async function callForOwnTask<Answer extends { readonly pending: readonly WorkPart[] }>(
  notifications: AgentNotifications,
  outcomes: Outcomes,
  sendRequest: () => Promise<ApiResult<Answer>>,
): Promise<boolean> {
  notifications.dismissFailures();
  const result = await sendRequest();
  if (!result.ok && result.failure.code === 'not-allowed') return false;
  readAnswer(notifications, outcomes, result);
  return true;
}

function readAnswer<Answer extends { readonly pending: readonly WorkPart[] }>(
  notifications: AgentNotifications,
  outcomes: Outcomes,
  result: ApiResult<Answer>,
): Answer {
  if (result.ok) {
    if (result.answer.pending.includes('notices')) notifications.showNoticesPending();
    return result.answer;
  }
  const { failure } = result;
  showFailure(notifications, outcomes, failure);
  throw new Error(`Chat transfer (${failure.code}): ${failure.message}`);
}
