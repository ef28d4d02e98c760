/** JSON from outside, where what is wanted is an object: attributes, bodies, payloads. */

/** The members of an object; `undefined` for any other value. */
export function asJsonObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The members of the object that this text is; `undefined` when it is something else, or no JSON. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** As `parseJsonObject`, for where anything else is as good as an object without members. */
export function parseJsonObjectOrEmpty(text: string | undefined): Record<string, unknown> {
  return parseJsonObject(text ?? '') ?? {};
}
