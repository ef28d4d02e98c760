/**
 * Finds the worker that a Flex token belongs to. Flex tokens are opaque, so only Twilio can validate them.
 * https://github.com/twilio/twilio-flex-token-validator calls the same endpoint.
 */
import { fail, parseWorkerSid, type Result, succeed, type WorkerSid } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { allowStatus, TwilioCallError } from './call';
import type { Twilio } from './client';

export interface FlexCaller {
  readonly workerSid: WorkerSid;
  /** The worker's identity in chats. */
  readonly identity: string;
  /** Whether the worker may act for other agents. */
  readonly isSupervisor: boolean;
}

const ValidationSchema = v.variant('valid', [
  v.object({
    valid: v.literal(true),
    worker_sid: v.string(),
    identity: v.string(),
    roles: v.fallback(v.array(v.string()), []),
  }),
  v.object({ valid: v.literal(false), code: v.optional(v.number()) }),
]);

/** "Access Token expired": https://www.twilio.com/docs/api/errors/20104 */
const EXPIRED = 20104;

/**
 * Flex's roles that may act for other agents:
 * https://www.twilio.com/docs/flex/admin-guide/core-concepts/users-and-roles
 */
const SUPERVISOR_ROLES = new Set(['supervisor', 'admin']);

export type FlexTokenValidator = (token: string) => Promise<Result<FlexCaller>>;

export function createFlexTokenValidator({ client, calls }: Twilio, accountSid: string): FlexTokenValidator {
  return async (token) => {
    const doing = 'validate the Flex token';
    const answer = await allowStatus(
      [400],
      calls.call(doing, async () => {
        const response = await client.request({
          method: 'post',
          uri: `https://iam.twilio.com/v1/Accounts/${accountSid}/Tokens/validate`,
          headers: { 'Content-Type': 'application/json' },
          data: { token },
        });
        if (response.statusCode >= 400) {
          throw new TwilioCallError(doing, response.statusCode, undefined, response.body);
        }
        return response;
      }),
    );
    // 400: the token is malformed.
    if (answer === undefined) return fail({ code: 'token-invalid' });
    const body: unknown = typeof answer.body === 'string' ? JSON.parse(answer.body) : answer.body;
    const validation = v.safeParse(ValidationSchema, body);
    if (!validation.success) return fail({ code: 'token-invalid' });
    if (!validation.output.valid) {
      return fail({ code: validation.output.code === EXPIRED ? 'token-expired' : 'token-invalid' });
    }
    const workerSid = parseWorkerSid(validation.output.worker_sid);
    if (workerSid === undefined) return fail({ code: 'token-invalid' });
    const { identity, roles } = validation.output;
    return succeed({ workerSid, identity, isSupervisor: roles.some((role) => SUPERVISOR_ROLES.has(role)) });
  };
}
