/** Attributes as Twilio stores them, on tasks, workers and channels alike: one JSON object, as text. */
export type Attributes = Readonly<Record<string, unknown>>;

/** `{}` when the text is no JSON object: what others wrote there is not ours to fail on. */
export function parseAttributes(json: string): Attributes {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
}
