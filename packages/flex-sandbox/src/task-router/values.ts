/** Values as callers send them: attributes as JSON text or an object, and versions as ETags. */
import { ApiError, badRequest } from '../api-error.js';
import { parseJsonObject } from '../json.js';
import type { Entity } from './state.js';

/** JSON text, or the object itself (the event bridge sends objects). */
export type AttributesInput = string | object;

/** Attributes as JSON text. Throws 400/20001 unless they are an object. */
export function parseAttributes(input: AttributesInput): string {
  if (typeof input === 'object') return JSON.stringify(input);
  if (parseJsonObject(input) === undefined) throw badRequest('Attributes must be a valid JSON object');
  return input;
}

/** The members of attributes; their text was checked when it came in. */
export function readAttributes({ attributes }: { readonly attributes: string }): Record<string, unknown> {
  return JSON.parse(attributes);
}

/** Throws 412/20412 when the caller meant another version. REST sends `"3"`, the worker SDK `3`. */
export function checkVersion(entity: Entity, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  const wanted = ifMatch.replace(/^W\//, '').replaceAll('"', '').trim();
  if (wanted === String(entity.version)) return;
  throw new ApiError(
    412,
    20412,
    `Precondition Failed: If-Match ${ifMatch} does not match the current ETag "${entity.version}"`,
  );
}
