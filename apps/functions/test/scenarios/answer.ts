/** What the functions may answer to an agent, a customer or TaskRouter. */
import type { FunctionAnswer } from '../support/twilio-runtime';

export interface SentRequest {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  /** `undefined` from a function that crashed. */
  readonly answers: Array<FunctionAnswer | undefined>;
}

export const describeRequest = ({
  path,
  fields: { taskSid, transferId, mode, targetSid },
}: SentRequest): string =>
  [path, taskSid, transferId, mode, targetSid].filter((part) => part !== undefined).join(' ');

export const describeAnswer = (answer: FunctionAnswer | undefined): string =>
  answer === undefined ? 'crashed' : `${answer.status} ${JSON.stringify(answer.body)}`;

/** Whether the sender retries: there is no answer, or the answer says that a retry may help. */
export const mayRetry = ({ answers }: SentRequest): boolean => {
  const last = answers.at(-1);
  return last === undefined || last.body.retryable === true;
};

/** Failures that need a cause outside the functions: a fault at Twilio, or another run. */
const NEEDS_CAUSE: readonly unknown[] = ['twilio-failed', 'busy', 'internal'];

/** Rule 8. `allowed`: the failures that have a cause. */
export function checkFailure(
  { status, body, log }: FunctionAnswer,
  what: string,
  allowed: readonly unknown[],
): void {
  if (status === 200 || !NEEDS_CAUSE.includes(body.code) || allowed.includes(body.code)) return;
  const answer = `${status} ${JSON.stringify(body)} ${log.join('\n')}`;
  throw new Error(`Rule 8: ${what} failed without a cause: ${answer}`);
}

/** Rule 6, for the log. */
export function checkLog({ log }: FunctionAnswer, { path, fields: { token, note } }: SentRequest): void {
  const text = log.join('\n');
  if ((token !== undefined && text.includes(token)) || (note !== undefined && text.includes(note))) {
    throw new Error(`Rule 6: ${path} logged a token or a note: ${text}`);
  }
}

/** Rule 2: a start that has succeeded answers the same again, until TaskRouter deletes its task. */
export function checkSameAnswer({ path, answers }: SentRequest): void {
  const answer = answers.at(-1);
  const first = answers.find((earlier) => earlier?.status === 200);
  if (path !== '/transfer/start' || answer === undefined || first === undefined || first === answer) return;
  const isSame = first.body.transferTaskSid === answer.body.transferTaskSid;
  if (isSame || ['not-allowed', 'twilio-failed', 'busy'].includes(String(answer.body.code))) return;
  throw new Error(
    `Rule 2: ${path} answered ${describeAnswer(answer)} to the same request, after ${describeAnswer(first)}`,
  );
}
