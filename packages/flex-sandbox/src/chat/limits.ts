/**
 * Limits and refusals of chat. Sizes: https://www.twilio.com/docs/conversations/conversations-limits and
 * …/conversations/attributes. Each code has a page https://www.twilio.com/docs/api/errors/CODE; the pages name
 * no HTTP status, so the statuses without a comment are assumed. The codes are those of Conversations.
 * programmable-chat-codes.ts has the others.
 */
import { ApiError, badRequest } from '../api-error.js';

const KIB = 1024;

export const ATTRIBUTE_LIMITS = { channel: 16 * KIB, member: 4 * KIB, message: 4 * KIB, user: 16 * KIB };

const MAX_BODY_BYTES = 32 * KIB;
const MAX_NAME_LENGTH = 256;
const CONVERSATION_SID = /^CH[0-9a-f]{32}$/i;
const USER_SID = /^US[0-9a-f]{32}$/i;

/**
 * Returns attributes as JSON text, the stored form. Accepts JSON text or any JSON value; `{}` when absent.
 * Throws 400/50304 for invalid JSON, 400/50303 when the text is too long. Both pages name channels only; the
 * dictionary has no other codes for the attributes of members, messages and users. `KB` is counted as 1,024
 * bytes of UTF-8 (assumed).
 */
export function serializeAttributes(attributes: unknown, limitBytes: number): string {
  if (attributes === undefined || attributes === null || attributes === '') return '{}';
  const json = typeof attributes === 'string' ? attributes : JSON.stringify(attributes);
  try {
    JSON.parse(json);
  } catch {
    throw badRequest('Attributes not valid JSON', 50304);
  }
  if (Buffer.byteLength(json) > limitBytes) throw badRequest('Attributes too long', 50303);
  return json;
}

/** Throws 400/50504 when the body is too long. */
export function requireBodyFits(body: string | null): void {
  if (body !== null && Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw badRequest('Message body parameter is too long', 50504);
  }
}

/** Throws 400/50003 when the friendly name is longer than 256 characters. */
export function requireFriendlyNameFits(friendlyName: string | null | undefined): void {
  if ((friendlyName ?? '').length > MAX_NAME_LENGTH) throw badRequest('Friendly name too long', 50003);
}

/** Throws 400/50390 for a unique name in the form of a conversation's SID. */
export function requireUniqueNameIsNoSid(uniqueName: string | null): void {
  if (uniqueName !== null && CONVERSATION_SID.test(uniqueName)) {
    throw badRequest('Unique name should not match conversation sid pattern', 50390);
  }
}

/** Throws 400/50207 for more than 256 characters, 400/50206 for the form of a user's SID. */
export function requireValidIdentity(identity: string): void {
  if (identity.length > MAX_NAME_LENGTH) throw badRequest('Identity too long', 50207);
  if (USER_SID.test(identity)) throw badRequest('Identity should not match user SID pattern', 50206);
}

/** A closed conversation is final. */
export const conversationClosedError = () =>
  badRequest("Can't update conversation as it's in final closed state", 50377);

/** `getConversationBySid` fails with this: https://help.twilio.com "Troubleshoot 403 Forbidden Errors". */
export const notAMemberError = () => new ApiError(403, 50430, 'Participant is not a member of conversation');

export const permissionDeniedError = () => new ApiError(403, 50107, 'User not authorized for command');

export const conversationNotFoundError = () => new ApiError(404, 50350, 'Conversation not found');

export const participantNotFoundError = () => new ApiError(404, 50432, 'Participant not found');

/** `@twilio/conversations` reports this code with the status 409 Conflict. */
export const uniqueNameTakenError = () =>
  new ApiError(409, 50353, 'Conversation with provided unique name already exists');

export const participantExistsError = () => new ApiError(409, 50433, 'Participant already exists');

export const alreadyInvitedError = () => new ApiError(409, 50212, 'User already invited');

export const userExistsError = () => new ApiError(409, 50201, 'User already exists');
