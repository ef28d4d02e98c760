/**
 * A notice: a message in the conversation that tells everybody what became of a transfer.
 *
 * It travels as message attributes: a code with parameters, never a finished sentence, so that each reader's
 * own language chooses the words. Customers read all of it: only public names belong here.
 */
import * as v from 'valibot';
import { parseJson } from '../parse';
import { MAX_NAME_LENGTH } from '../public-name';

/** The author of every notice. No client can be given a token for it: `parseNotice` trusts nobody else. */
export const NOTICE_AUTHOR = 'chat-transfer';

/** What Twilio allows for message attributes: https://www.twilio.com/docs/conversations-classic/attributes */
export const NOTICE_BUDGET_BYTES = 4096;

const NameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH));

/** An agent by public name, or a queue by its public label; without a label it is "another team". */
export const NoticePartySchema = v.variant('kind', [
  v.object({ kind: v.literal('agent'), name: NameSchema }),
  v.object({ kind: v.literal('queue'), label: v.optional(NameSchema) }),
]);
export type NoticeParty = v.InferOutput<typeof NoticePartySchema>;

export const TransferModeSchema = v.picklist(['warm', 'cold']);
export type TransferMode = v.InferOutput<typeof TransferModeSchema>;

const head = { v: v.literal(1), id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)) };

/** No agent is in the chat now, and somebody else is looked for. */
const LookingSchema = v.exactOptional(v.literal(true));

export const NoticeSchema = v.variant('kind', [
  v.object({ ...head, kind: v.literal('agent-joined'), name: NameSchema }),
  v.object({ ...head, kind: v.literal('agent-left'), name: NameSchema }),
  v.object({
    ...head,
    kind: v.literal('transfer-started'),
    mode: TransferModeSchema,
    from: NameSchema,
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

/** A notice of Twilio's original feature: `{ notification: true }` and a sentence as the body. */
export interface TextNotice {
  readonly kind: 'text';
  readonly text: string;
}

/** The parts of a message that tell whether it is a notice; every chat SDK has them. */
export interface NoticeSource {
  readonly author: string | null | undefined;
  readonly body: string | null | undefined;
  /** As the SDK gives them: an object, or JSON text. */
  readonly attributes: unknown;
}

const ClaimSchema = v.object({ notification: v.literal(true), notice: v.optional(v.unknown()) });

/**
 * The notice in a message, or `undefined` for an ordinary one: no claim to be a notice, a forged one (any author
 * but the server), or one of a kind or version this reader does not know. All of those show their body.
 */
export function parseNotice({ author, body, attributes }: NoticeSource): Notice | TextNotice | undefined {
  if (author !== NOTICE_AUTHOR) return undefined;
  const claim = v.safeParse(ClaimSchema, typeof attributes === 'string' ? parseJson(attributes) : attributes);
  if (!claim.success) return undefined;
  if (claim.output.notice === undefined) return { kind: 'text', text: body ?? '' };
  const notice = v.safeParse(NoticeSchema, claim.output.notice);
  return notice.success ? notice.output : undefined;
}

/** The message attributes that carry a notice. */
export function noticeAttributes(notice: Notice): { notification: true; notice: Notice } {
  return { notification: true, notice };
}
