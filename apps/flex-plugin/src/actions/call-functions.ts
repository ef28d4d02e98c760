/** The one way in which an action of Flex asks the functions: tell the agent when it fails, and let Flex know. */
import type { Outcome, RequestFailure } from '../failure-notification';
import type { ApiResult } from '../transfer-api';

/** What the actions show to the agent. */
export interface AgentNotifications {
  /** A transfer takes longer than one waits without a word; or it does so no more. */
  stillTrying(trying: boolean): void;
  /** To whoever does not see the notice in the chat. */
  transferCancelled(): void;
  failed(outcome: Outcome, failure: RequestFailure): void;
  /** Takes back what an earlier press showed; it would cover the button that is pressed again. */
  dismissFailures(): void;
}

/**
 * @throws when the answer is a failure, after the agent has been told: Flex then makes its button usable again
 *   and runs no after-listeners of other plugins
 */
export async function callFunctions<Answer>(
  notifications: AgentNotifications,
  outcome: Outcome,
  request: () => Promise<ApiResult<Answer>>,
): Promise<Answer> {
  notifications.dismissFailures();
  const result = await request();
  if (result.ok) return result.answer;
  notifications.failed(outcome, result.failure);
  throw new Error(`Chat transfer (${result.failure.code}): ${result.failure.message}`);
}
