/**
 * The codes of Programmable Chat, whose dictionary has its own numbers for some refusals that Conversations has
 * too. The operations throw the codes of Conversations; Chat v2 REST converts them with `toChatError`.
 */
import { ApiError } from '../api-error.js';

/** https://www.twilio.com/docs/api/errors has a page for each code. */
const BY_CONVERSATIONS_CODE: ReadonlyMap<number, readonly [code: number, message: string]> = new Map([
  [50350, [50300, 'Channel not found']],
  [50353, [50307, 'Channel with provided unique name already exists']],
  [50390, [50306, 'Unique name should not match channel SID pattern']],
  [50432, [50402, 'Member not found']],
  [50433, [50404, 'Member already exists']],
]);

/** Returns the refusal with Programmable Chat's code, or the same error when both products share the code. */
export function toChatError(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const [code, message] = BY_CONVERSATIONS_CODE.get(error.code) ?? [];
  return code === undefined || message === undefined ? error : new ApiError(error.status, code, message);
}
