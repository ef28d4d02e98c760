/** Sends an action's request to the functions, and tells the agent if it fails. */
import type { Outcome, RequestFailure } from '../failure-notification';
import type { ApiResult } from '../transfer-api';

/** What the actions show to the agent. */
export interface AgentNotifications {
  /** Shows or hides the message that the request for a transfer takes longer than usual. */
  setStillTrying(isTrying: boolean): void;
  /** For an agent in wrap-up, who does not see the notice in the chat. */
  showTransferCancelled(): void;
  showFailure(outcome: Outcome, failure: RequestFailure): void;
  /** Hides the failures of earlier clicks. They would cover the button that the agent clicks again. */
  dismissFailures(): void;
}

/**
 * Returns the answer to `sendRequest`.
 * @throws when the answer is a failure, after showing it to the agent. Flex then enables its button again and skips
 *   the after-listeners of other plugins.
 */
export async function callFunctions<Answer>(
  notifications: AgentNotifications,
  outcome: Outcome | ((failure: RequestFailure) => Outcome),
  sendRequest: () => Promise<ApiResult<Answer>>,
): Promise<Answer> {
  notifications.dismissFailures();
  const result = await sendRequest();
  if (result.ok) return result.answer;
  const { failure } = result;
  notifications.showFailure(typeof outcome === 'string' ? outcome : outcome(failure), failure);
  throw new Error(`Chat transfer (${failure.code}): ${failure.message}`);
}
