/**
 * Sizes and shapes that chat accepts. The limits are documented
 * (https://www.twilio.com/docs/conversations/conversations-limits); so are 50504, 50377 and 50384. The other numbers
 * are assumed.
 */
import { ApiError, badRequest } from '../api-error.js';

const KIB = 1024;

export const ATTRIBUTE_LIMITS = { channel: 16 * KIB, member: 4 * KIB, message: 4 * KIB, user: 4 * KIB };

const LONGEST_BODY = 32 * KIB;

/** Attributes as they are stored: JSON text. Takes that or any JSON value; nothing becomes `{}`. */
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

export function requireBodyFits(body: string | null): void {
  if (body !== null && Buffer.byteLength(body) > LONGEST_BODY) {
    throw badRequest('Message body is too long', 50504);
  }
}

/** https://www.twilio.com/docs/api/errors/50377: a closed conversation stays closed. The status is assumed. */
export const conversationClosedError = () =>
  badRequest("Can't update conversation as it's in final closed state", 50377);

export const notAMemberError = () =>
  // 50430 is what getConversationBySid gets: https://help.twilio.com "Troubleshoot 403 Forbidden Errors".
  new ApiError(403, 50430, 'Participant is not a member of conversation');

/** The number is assumed: Twilio documents only "usually a 403 Permission Denied error". */
export const permissionDeniedError = () => new ApiError(403, 50403, 'User is not permitted to do this');
