/**
 * Limits and error codes of Sync. The limits: https://www.twilio.com/docs/sync/limits. Each code has a page
 * https://www.twilio.com/docs/api/errors/CODE. Status 413 for 54006 and the messages are those of the live
 * API. Data is measured as sent and as compact JSON, in bytes of UTF-8; which of the two Twilio measures is
 * assumed, so the sandbox refuses both.
 */
import { ApiError, badRequest, tooManyRequests } from '../api-error.js';
import { asJsonObject } from '../json.js';

/**
 * "Up to 20/s per object, burst window: 10s", for writes and for reads. Read as: at most 200 in any ten seconds
 * (assumed).
 */
export const OBJECT_RATE = { requests: 200, windowMs: 10_000 };

const MAX_DATA_BYTES = 16 * 1024;
const MAX_TTL_SECONDS = 31_536_000;
/** https://www.twilio.com/docs/sync/api/document-resource; the page of code 54302 says 256. */
const MAX_NAME_LENGTH = 320;
const MAX_IDENTITY_LENGTH = 256;
const SID_PATTERN = /^[A-Z]{2}[a-f0-9]{32}$/;
/** Revisions are hexadecimal. A client sends -1 for "only when there is no item yet". */
const REVISION_PATTERN = /^-?[0-9a-f]+$/i;

/** The code for a null `Data` and for another revision than the expected one. */
interface DataCodes {
  readonly name: string;
  readonly nullData: number;
  readonly otherRevision: number;
}

export const DOCUMENT_CODES: DataCodes = { name: 'Document', nullData: 54101, otherRevision: 54103 };
export const MAP_ITEM_CODES: DataCodes = { name: 'Map Item', nullData: 54206, otherRevision: 54205 };

/**
 * Returns the object in `data`, which is an object or its JSON text; `undefined` when `data` is absent.
 * Throws 400/54008 for other JSON, 413/54006 when it is larger than 16 KiB.
 */
export function parseData(data: unknown, { name, nullData }: DataCodes): unknown {
  if (data === undefined) return undefined;
  const json = typeof data === 'string' ? data : JSON.stringify(data);
  const content = parseJson(json);
  if (content === null) throw badRequest(`Invalid ${name} data: it cannot be null`, nullData);
  if (asJsonObject(content) === undefined) throw invalidBodyError();
  const bytes = Math.max(Buffer.byteLength(json), Buffer.byteLength(JSON.stringify(content)));
  if (bytes > MAX_DATA_BYTES) throw new ApiError(413, 54006, 'Request entity too large');
  return content;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw invalidBodyError();
  }
}

const invalidBodyError = () =>
  badRequest('Invalid request body: the type of one of the attributes is invalid', 54008);

/** Returns a TTL in ms; 0 means never. Throws 400/54011 unless it is 0 to 31,536,000 whole seconds. */
export function parseTtlMs(ttl: string | undefined): number | undefined {
  if (ttl === undefined || ttl === '') return undefined;
  const seconds = Number(ttl);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_TTL_SECONDS) {
    throw badRequest('Invalid TTL', 54011);
  }
  return seconds * 1000;
}

/** Throws 400/54302 for an empty or too long unique name, and for one that looks like a SID. */
export function requireValidName(uniqueName: string | undefined): void {
  if (uniqueName === undefined) return;
  if (uniqueName === '' || uniqueName.length > MAX_NAME_LENGTH || SID_PATTERN.test(uniqueName)) {
    throw badRequest('Invalid unique name', 54302);
  }
}

/** Throws 400/54351 for an empty or too long identity. */
export function requireValidIdentity(identity: string): string {
  if (identity === '' || identity.length > MAX_IDENTITY_LENGTH) throw badRequest('Invalid identity', 54351);
  return identity;
}

/**
 * `ifMatch` is a revision, with or without quotes; `*` and `undefined` match every revision.
 * Throws 400/54003 when it is no revision, 412 when it is not the current one.
 */
export function requireRevision(
  current: string,
  ifMatch: string | undefined,
  { name, otherRevision }: DataCodes,
): void {
  const expected = ifMatch?.replace(/^W\//, '').replaceAll('"', '');
  if (expected === undefined || expected === '*') return;
  if (!REVISION_PATTERN.test(expected)) throw badRequest('Invalid If-Match header', 54003);
  if (expected === current) return;
  throw new ApiError(412, otherRevision, `The revision of the ${name} does not match the expected revision`);
}

/** Throws 400/54010 when a request has none of its optional parameters. */
export function requireSomeParameter(...values: readonly unknown[]): void {
  if (values.every((value) => value === undefined)) throw badRequest('No parameters specified', 54010);
}

/** 429/54009. */
export const rateLimitError = () => tooManyRequests(54009, 'Rate limit exceeded');

/** 403/54007: https://www.twilio.com/docs/api/errors/54007. */
export const accessForbiddenError = () => new ApiError(403, 54007, 'Access forbidden for identity');
