/**
 * `chat-transfer.json`, a private asset of the functions: the settings that grow with the account. A variable of the
 * environment holds at most 450 bytes, which is some eight queues. See docs/decisions/0014-settings-document.md.
 */
import { NameInputSchema, NOTICE_KINDS, parseJson } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { logMalformedDocument } from './log';

const DOCUMENT_NAME = 'chat-transfer.json';

/** Queue SID → the name that customers may read: `{"WQ…":"Billing"}`. */
export const LabelsSchema = v.record(v.string(), NameInputSchema);

/**
 * Flex's channel type → the kinds of notices that its customers get as messages:
 * `{"sms":["agent-joined","chat-ended"]}`.
 */
export const TextedNoticesSchema = v.record(v.string(), v.array(v.picklist(NOTICE_KINDS)));
export type TextedNotices = v.InferOutput<typeof TextedNoticesSchema>;

/** What one place says about one setting. `name` is for messages; it contains no value. */
export type Reading<Value> =
  | { readonly kind: 'set'; readonly value: Value }
  | { readonly kind: 'unset' }
  | { readonly kind: 'malformed'; readonly name: string };

export interface SettingsDocument {
  readonly queue_labels: Reading<v.InferOutput<typeof LabelsSchema>>;
  readonly texted_notices: Reading<TextedNotices>;
}

/** https://www.twilio.com/docs/serverless/functions-assets/client#access-private-assets */
interface Asset {
  open(): string;
}
declare const Runtime: { getAssets(): Readonly<Record<string, Asset | undefined>> };

let latest: { readonly text: string | undefined; readonly document: SettingsDocument } | undefined;

/** Makes no call: Twilio deploys the asset with the functions. The text is parsed when the process first sees it. */
export function readSettingsDocument(): SettingsDocument {
  const text = Runtime.getAssets()[`/${DOCUMENT_NAME}`]?.open();
  if (latest === undefined || latest.text !== text) latest = { text, document: parseDocument(text) };
  return latest.document;
}

/** A misspelled key would be ignored without a word, so only the known keys are allowed. */
const KeysSchema = v.strictObject({
  queue_labels: v.optional(v.unknown()),
  texted_notices: v.optional(v.unknown()),
});
const QueueLabelsSchema = v.record(v.pipe(v.string(), v.regex(/^WQ[0-9a-f]{32}$/)), NameInputSchema);

/** Logs what is malformed. `text` is `undefined` if the account has no such asset. */
function parseDocument(text: string | undefined): SettingsDocument {
  if (text === undefined) return { queue_labels: { kind: 'unset' }, texted_notices: { kind: 'unset' } };
  const document = readPart(DOCUMENT_NAME, KeysSchema, parseJson(text));
  if (document.kind !== 'set') return { queue_labels: document, texted_notices: document };
  const { queue_labels: labels, texted_notices: notices } = document.value;
  return {
    queue_labels: readPart(`queue_labels in ${DOCUMENT_NAME}`, QueueLabelsSchema, labels, 'unset'),
    texted_notices: readPart(`texted_notices in ${DOCUMENT_NAME}`, TextedNoticesSchema, notices, 'unset'),
  };
}

/** @param ifAbsent what `undefined` means */
function readPart<Value>(
  name: string,
  schema: v.GenericSchema<unknown, Value>,
  part: unknown,
  ifAbsent: 'unset' | 'malformed' = 'malformed',
): Reading<Value> {
  if (part === undefined && ifAbsent === 'unset') return { kind: 'unset' };
  const result = v.safeParse(schema, part);
  if (result.success) return { kind: 'set', value: result.output };
  // Where and of what kind, but not valibot's message, which contains the value.
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'all of it'}: ${issue.type}`);
  logMalformedDocument(name, problems);
  return { kind: 'malformed', name };
}
