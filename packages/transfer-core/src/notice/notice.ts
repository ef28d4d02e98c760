/**
 * A notice: a message in the conversation about a transfer or about who is in the chat.
 *
 * Its message attributes hold a kind with parameters and no sentence, so that each reader sees it in their language.
 * Customers can read these attributes, so they hold public names only.
 */
import * as v from 'valibot';
import { parseJson } from '../parse';
import { MAX_NAME_LENGTH } from '../plain-text';

/** The author of every notice. No client gets a token for this identity. `parseNotice` accepts no other author. */
export const NOTICE_AUTHOR = 'chat-transfer';

/** The size limit of message attributes: https://www.twilio.com/docs/conversations-classic/attributes */
export const NOTICE_BUDGET_BYTES = 4096;

const NameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH));

/** An agent by public name, or a queue by its public label. A queue without a label reads "another team". */
export const NoticePartySchema = v.variant('kind', [
  v.object({ kind: v.literal('agent'), name: NameSchema }),
  v.object({ kind: v.literal('queue'), label: v.optional(NameSchema) }),
]);
export type NoticeParty = v.InferOutput<typeof NoticePartySchema>;

export const TransferModeSchema = v.picklist(['warm', 'cold']);
export type TransferMode = v.InferOutput<typeof TransferModeSchema>;

const head = { v: v.literal(1), id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)) };

/** The key of an agent whom the notice introduces: see introduction.ts. Notices of earlier versions have none. */
const AuthorKeySchema = v.exactOptional(v.pipe(v.string(), v.maxLength(64)));

/** Set when the chat has no agent, and the transfer task looks for another one. */
const LookingSchema = v.exactOptional(v.literal(true));

export const NoticeSchema = v.variant('kind', [
  v.object({ ...head, kind: v.literal('agent-joined'), name: NameSchema, authorKey: AuthorKeySchema }),
  v.object({ ...head, kind: v.literal('agent-left'), name: NameSchema, authorKey: AuthorKeySchema }),
  v.object({
    ...head,
    kind: v.literal('transfer-started'),
    mode: TransferModeSchema,
    from: NameSchema,
    fromKey: AuthorKeySchema,
    to: NoticePartySchema,
  }),
  v.object({ ...head, kind: v.literal('transfer-declined'), to: NoticePartySchema, looking: LookingSchema }),
  v.object({
    ...head,
    kind: v.literal('transfer-unanswered'),
    to: NoticePartySchema,
    looking: LookingSchema,
  }),
  v.object({ ...head, kind: v.literal('transfer-cancelled'), name: NameSchema, looking: LookingSchema }),
  v.object({ ...head, kind: v.literal('transfer-failed'), to: NoticePartySchema }),
  v.object({ ...head, kind: v.literal('customer-left') }),
  v.object({ ...head, kind: v.literal('chat-ended') }),
]);
export type Notice = v.InferOutput<typeof NoticeSchema>;
export type NoticeKind = Notice['kind'];

export const NOTICE_KINDS: readonly NoticeKind[] = NoticeSchema.options.map(
  ({ entries }) => entries.kind.literal,
);

/** A notice of Twilio's original feature: its attributes are `{ notification: true }`, its body is the sentence. */
export interface TextNotice {
  readonly kind: 'text';
  readonly text: string;
}

/** The parts of a message that decide whether it is a notice. Messages of every chat SDK have them. */
export interface NoticeSource {
  readonly author: string | null | undefined;
  readonly body: string | null | undefined;
  /** The attributes as the SDK returns them: an object or a JSON text. */
  readonly attributes: unknown;
}

const MarkedAttributesSchema = v.object({ notification: v.literal(true), notice: v.optional(v.unknown()) });

/**
 * Returns the notice of a message. `undefined`: show the message with its body, because it is not marked as a notice, has
 * another author (which includes forged notices), or is of a kind or version that this reader does not know.
 */
export function parseNotice({ author, body, attributes }: NoticeSource): Notice | TextNotice | undefined {
  if (author !== NOTICE_AUTHOR) return undefined;
  const marked = v.safeParse(
    MarkedAttributesSchema,
    typeof attributes === 'string' ? parseJson(attributes) : attributes,
  );
  if (!marked.success) return undefined;
  if (marked.output.notice === undefined) return { kind: 'text', text: body ?? '' };
  const notice = v.safeParse(NoticeSchema, marked.output.notice);
  return notice.success ? notice.output : undefined;
}

/** The message attributes that carry a notice. */
export function noticeAttributes(notice: Notice): { notification: true; notice: Notice } {
  return { notification: true, notice };
}
