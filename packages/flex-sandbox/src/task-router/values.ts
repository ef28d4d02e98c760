/** Reads values as callers send them: attributes as JSON text or an object, versions as If-Match. */
import { ApiError, badRequest } from '../api-error.js';
import { parseJsonObject } from '../json.js';
import type { Entity } from './state.js';

/** JSON text or the object itself. The event bridge sends objects. */
export type AttributesInput = string | object;

/** Returns attributes as JSON text. Throws 400/20001 for text that is not a JSON object. */
export function parseAttributes(input: AttributesInput): string {
  if (typeof input === 'object') return JSON.stringify(input);
  if (parseJsonObject(input) === undefined) throw badRequest('Attributes must be a valid JSON object');
  return input;
}

/** Cannot be raised: https://www.twilio.com/docs/taskrouter/limits. Counted in UTF-16 units (assumed). */
const MAX_TASK_ATTRIBUTES_LENGTH = 4096;

/** Like `parseAttributes`, but throws 400/20001 also for more than 4,096 characters. */
export function parseTaskAttributes(input: AttributesInput): string {
  const attributes = parseAttributes(input);
  if (attributes.length > MAX_TASK_ATTRIBUTES_LENGTH) {
    throw badRequest(`Attributes must have at most ${MAX_TASK_ATTRIBUTES_LENGTH} characters`);
  }
  return attributes;
}

/** Parses stored attributes. `parseAttributes` has validated their text. */
export function readAttributes({ attributes }: { readonly attributes: string }): Record<string, unknown> {
  return JSON.parse(attributes);
}

/** Throws 412/20412 when If-Match names another version. REST sends `"3"`, the worker SDK sends `3`. */
export function checkVersion(entity: Entity, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  const expected = ifMatch.replace(/^W\//, '').replaceAll('"', '').trim();
  if (expected === String(entity.version)) return;
  throw new ApiError(
    412,
    20412,
    `Precondition Failed: If-Match ${ifMatch} does not match the current ETag "${entity.version}"`,
  );
}
