/** What the functions may answer to an agent, a customer or TaskRouter. */
import type { FunctionAnswer } from '../support/twilio-runtime';

export interface SentRequest {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  /** `undefined` where the function died. */
  readonly answers: Array<FunctionAnswer | undefined>;
}

export const describeRequest = ({
  path,
  fields: { taskSid, transferId, mode, targetSid },
}: SentRequest): string =>
  [path, taskSid, transferId, mode, targetSid].filter((part) => part !== undefined).join(' ');

export const describeAnswer = (answer: FunctionAnswer | undefined): string =>
  answer === undefined ? 'died' : `${answer.status} ${JSON.stringify(answer.body)}`;

/** Whether the sender was told, or must believe, that trying again may help. */
export const isWorthRepeating = ({ answers }: SentRequest): boolean => {
  const last = answers.at(-1);
  return last === undefined || last.body.retryable === true;
};

/** Failures that only something wrong at Twilio, or somebody else in the way, can cause. */
const TROUBLE: readonly unknown[] = ['twilio-failed', 'busy', 'internal'];

/** 8. `allowed`: what of it something wrong has caused. */
export function checkTrouble(
  { status, body, log }: FunctionAnswer,
  what: string,
  allowed: readonly unknown[],
): void {
  if (status === 200 || !TROUBLE.includes(body.code) || allowed.includes(body.code)) return;
  const answer = `${status} ${JSON.stringify(body)} ${log.join('\n')}`;
  throw new Error(`Invariant 8: ${what} failed though nothing was wrong: ${answer}`);
}

/** 6, as far as the log goes. */
export function checkLog({ log }: FunctionAnswer, { path, fields: { token, note } }: SentRequest): void {
  const logged = log.join('\n');
  if ((token !== undefined && logged.includes(token)) || (note !== undefined && logged.includes(note))) {
    throw new Error(`Invariant 6: ${path} logged a token or a note: ${logged}`);
  }
}

/** 2: a start that has succeeded answers the same for ever, until TaskRouter forgets its task. */
export function checkSameAnswer({ path, answers }: SentRequest): void {
  const answer = answers.at(-1);
  const first = answers.find((earlier) => earlier?.status === 200);
  if (path !== '/transfer/start' || answer === undefined || first === undefined || first === answer) return;
  const isSame = first.body.transferTaskSid === answer.body.transferTaskSid;
  if (isSame || ['not-allowed', 'twilio-failed', 'busy'].includes(String(answer.body.code))) return;
  throw new Error(
    `Invariant 2: ${path} sent again answered ${describeAnswer(answer)} after ${describeAnswer(first)}`,
  );
}
