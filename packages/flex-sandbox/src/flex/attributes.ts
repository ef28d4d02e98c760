/** Attributes as Flex keeps them on channels and tasks: an object, written as JSON text. */

/** `{}` for text that is not the JSON of an object. */
export function readAttributes(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
}
