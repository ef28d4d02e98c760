/**
 * Limits and error codes of chat. The limits (https://www.twilio.com/docs/conversations/conversations-limits)
 * and the codes 50504, 50377 and 50384 are documented. Other codes without a link are assumed.
 */
import { ApiError, badRequest } from '../api-error.js';

const KIB = 1024;

export const ATTRIBUTE_LIMITS = { channel: 16 * KIB, member: 4 * KIB, message: 4 * KIB, user: 4 * KIB };

const MAX_BODY_BYTES = 32 * KIB;

/**
 * Returns attributes as JSON text, the stored form. Accepts JSON text or any JSON value; `{}` when absent.
 * Throws 400/50301 for invalid JSON, 400/50506 when the text is too long.
 */
export function serializeAttributes(attributes: unknown, limitBytes: number): string {
  if (attributes === undefined || attributes === null || attributes === '') return '{}';
  const json = typeof attributes === 'string' ? attributes : JSON.stringify(attributes);
  try {
    JSON.parse(json);
  } catch {
    throw badRequest('Attributes must be valid JSON', 50301);
  }
  if (Buffer.byteLength(json) > limitBytes) {
    throw badRequest(`Attributes are larger than ${limitBytes / KIB} KiB`, 50506);
  }
  return json;
}

/** Throws 400/50504 when the body is too long. */
export function requireBodyFits(body: string | null): void {
  if (body !== null && Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw badRequest('Message body is too long', 50504);
  }
}

/** A closed conversation is final: https://www.twilio.com/docs/api/errors/50377. The status is assumed. */
export const conversationClosedError = () =>
  badRequest("Can't update conversation as it's in final closed state", 50377);

/** `getConversationBySid` fails with this: https://help.twilio.com "Troubleshoot 403 Forbidden Errors". */
export const notAMemberError = () => new ApiError(403, 50430, 'Participant is not a member of conversation');

/** https://www.twilio.com/docs/api/errors/50107 */
export const permissionDeniedError = () => new ApiError(403, 50107, 'Not permitted');
