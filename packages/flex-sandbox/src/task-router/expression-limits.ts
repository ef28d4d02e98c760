/**
 * The rates of lists that TaskRouter filters by an expression: three requests a second for each list.
 * https://www.twilio.com/en-us/changelog/taskrouter-endpoint-rate-limit-correction
 */
import { tooManyRequests } from '../api-error.js';
import type { Clock } from '../clock.js';
import { createRateLimiter } from '../rate-limiter.js';
import { type Params, text } from '../router.js';

type ExpressionParameter = 'EvaluateTaskAttributes' | 'TargetWorkersExpression' | 'EvaluateWorkerAttributes';

/** Throws 429/20429 when the request filters by the parameter and is one too many. */
export type LimitExpression = (params: Params, name: ExpressionParameter) => void;

export function createExpressionLimits(clock: Clock): LimitExpression {
  const isAllowed = createRateLimiter(clock, { requests: 3, windowMs: 1000 });
  return (params, name) => {
    if (text(params, name) !== undefined && !isAllowed(name)) throw tooManyRequests();
  };
}
