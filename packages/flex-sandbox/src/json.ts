/** Reads JSON objects that come from clients: attributes, request bodies, payloads. */

/** A shallow copy of a plain object; `undefined` for any other value. */
export function asJsonObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The object in a JSON text; `undefined` when the text is invalid or holds another value. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The object in a JSON text; `{}` when the text is absent, invalid or holds another value. */
export function parseJsonObjectOrEmpty(text: string | undefined): Record<string, unknown> {
  return parseJsonObject(text ?? '') ?? {};
}
