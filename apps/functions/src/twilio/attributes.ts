/** Attributes of tasks, workers and channels. Twilio stores them as the text of one JSON object. */
import { parseJson } from '@chat-transfer/transfer-core';

export type Attributes = Readonly<Record<string, unknown>>;

/** `{}` when the text is not a JSON object. Other programs write attributes too, so this must not fail. */
export function parseAttributes(json: string): Attributes {
  const parsed = parseJson(json);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
}
