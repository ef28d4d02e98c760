/**
 * The HTTP contract of apps/functions: the schemas of requests and answers, for the functions and for the browser apps.
 * The functions validate every request with these schemas and use no other field that a browser sends. The apps parse
 * every answer with them.
 *
 * A request is one flat object that travels as a form (`encodeRequest`): a browser sends a form to another origin without
 * a preflight request, which saves one round trip per click.
 */
import * as v from 'valibot';
import { BackendSchema } from './conversation';
import {
  describeFailure,
  FAILURE_STATUS,
  type FailureCode,
  isRetryable,
  type TransferFailure,
} from './failure';
import { jsonSize } from './json-size';
import { TransferModeSchema } from './notice/notice';
import { WorkPartSchema } from './outbox/work-parts';
import { buildParser, isRecord, parseJson } from './parse';
import { cleanText } from './plain-text';
import { NameInputSchema } from './public-name';
import { ConversationSidSchema, QueueSidSchema, TaskSidSchema, WorkerSidSchema } from './sids';
import { TASK_ATTRIBUTES_BUDGET } from './task-attributes/budget';

/** The longest note to the receiving agent, in characters. */
export const MAX_NOTE_LENGTH = 1000;

/** https://www.twilio.com/docs/taskrouter/api/task */
const MAX_PRIORITY = 2 ** 31 - 1;

/** The URL path of every endpoint that a browser calls. */
export const ENDPOINTS = {
  startTransfer: '/transfer/start',
  cancelTransfer: '/transfer/cancel',
  readNote: '/transfer/note',
  leaveConversation: '/conversation/leave',
  completeTask: '/conversation/complete',
  startWebchat: '/webchat/start',
  endWebchat: '/webchat/end',
  sweep: '/sweep',
} as const;

const workerFields = {
  /** The Flex token of the signed-in worker. */
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(10_000)),
  taskSid: TaskSidSchema,
  /** The conversation of the task, which the functions check against the task. Sending it saves them a round trip. */
  conversationSid: ConversationSidSchema,
};

export const StartTransferRequestSchema = v.object({
  ...workerFields,
  /** Created per click. A second request with the same id gets the answer of the first. */
  transferId: v.pipe(v.string(), v.uuid()),
  /** A worker (`WK…`) or a queue (`WQ…`), as in Flex's TransferTask action. */
  targetSid: v.union([WorkerSidSchema, QueueSidSchema]),
  mode: TransferModeSchema,
  /** Only the receiving agent sees it. */
  note: v.optional(v.pipe(v.string(), v.transform(cleanText), v.maxLength(MAX_NOTE_LENGTH))),
  /** Keys for the transfer task, as the JSON of an object: `options.attributes` of Flex's TransferTask action. */
  attributes: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(TASK_ATTRIBUTES_BUDGET),
      v.transform(parseJson),
      v.check(isRecord),
      v.record(v.string(), v.unknown()),
      // The ledger holds them until the task exists.
      v.check((attributes) => jsonSize(attributes) <= TASK_ATTRIBUTES_BUDGET),
    ),
  ),
  /** The priority of the transfer task: `options.priority` of the same action. Default: that of the original task. */
  priority: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number), v.maxValue(MAX_PRIORITY)),
  ),
});
export type StartTransferRequest = v.InferOutput<typeof StartTransferRequestSchema>;
type Option = 'attributes' | 'priority';
/** The request as it travels: every field is a text. */
export type StartTransferForm = Omit<StartTransferRequest, Option> &
  Pick<v.InferInput<typeof StartTransferRequestSchema>, Option>;

/**
 * What a request has done, and what follows without another request. An answer of an older version has neither list. A part
 * that the app does not know is left out.
 */
const WorkPartsSchema = v.fallback(
  v.pipe(
    v.array(v.unknown()),
    v.transform((parts) => parts.filter((part) => v.is(WorkPartSchema, part))),
  ),
  [],
);
const workFields = { done: WorkPartsSchema, pending: WorkPartsSchema };

const StartTransferAnswerSchema = v.object({
  ok: v.literal(true),
  ...workFields,
  transferId: v.string(),
  transferTaskSid: v.string(),
  /** Whether this request released the agent: a cold transfer that releases immediately. */
  released: v.fallback(v.boolean(), false),
});
export type StartTransferAnswer = v.InferOutput<typeof StartTransferAnswerSchema>;

export const CancelTransferRequestSchema = v.object({
  /** `taskSid` is the original task of the transfer. */
  ...workerFields,
  transferId: v.pipe(v.string(), v.uuid()),
});
export type CancelTransferRequest = v.InferOutput<typeof CancelTransferRequestSchema>;

const CancelTransferAnswerSchema = v.object({
  ok: v.literal(true),
  ...workFields,
  transferId: v.string(),
  /** `returned`: the chat had no agent when it was cancelled, and an agent has taken it back since. */
  state: v.picklist(['cancelled', 'returned']),
});
export type CancelTransferAnswer = v.InferOutput<typeof CancelTransferAnswerSchema>;

export const ReadNoteRequestSchema = v.object({
  /** `taskSid` is the transfer task. */
  ...workerFields,
  transferId: v.pipe(v.string(), v.uuid()),
});
export type ReadNoteRequest = v.InferOutput<typeof ReadNoteRequestSchema>;

const ReadNoteAnswerSchema = v.object({
  ok: v.literal(true),
  /** The whole note. Absent if the functions no longer have it. */
  note: v.exactOptional(v.string()),
});
export type ReadNoteAnswer = v.InferOutput<typeof ReadNoteAnswerSchema>;

/** The request of `/conversation/leave` and `/conversation/complete`. */
export const TaskRequestSchema = v.object(workerFields);
export type TaskRequest = v.InferOutput<typeof TaskRequestSchema>;

const TaskAnswerSchema = v.object({
  ok: v.literal(true),
  ...workFields,
  /** Whether the chat continues without the agent of this task. */
  conversation: v.picklist(['open', 'ended']),
});
export type TaskAnswer = v.InferOutput<typeof TaskAnswerSchema>;

export const StartWebchatRequestSchema = v.object({
  /** Default: Flex Conversations if the functions are configured for it, else Programmable Chat. */
  backend: v.optional(BackendSchema),
  /** The name that the customer enters. */
  name: NameInputSchema,
});
export type StartWebchatRequest = v.InferOutput<typeof StartWebchatRequestSchema>;

const TextSchema = v.pipe(v.string(), v.minLength(1));

const StartWebchatAnswerSchema = v.object({
  ok: v.literal(true),
  /** For the chat SDK of `backend`. */
  token: TextSchema,
  identity: TextSchema,
  conversationSid: TextSchema,
  backend: BackendSchema,
  /** Proves to `/webchat/end` that the chat belongs to this customer. */
  session: TextSchema,
});
export type StartWebchatAnswer = v.InferOutput<typeof StartWebchatAnswerSchema>;

const SessionTextSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(2_000));

export const EndWebchatRequestSchema = v.object({ session: SessionTextSchema });
export type EndWebchatRequest = v.InferOutput<typeof EndWebchatRequestSchema>;

const EndWebchatAnswerSchema = v.object({ ok: v.literal(true) });
export type EndWebchatAnswer = v.InferOutput<typeof EndWebchatAnswerSchema>;

/** Who asks for a sweep: an agent, a customer for their own chat, or the admin's scheduler with the sweep secret. */
export const SweepRequestSchema = v.union([
  v.object({ token: workerFields.token }),
  v.object({ session: SessionTextSchema }),
  v.object({ secret: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000)) }),
]);
export type SweepRequest = v.InferOutput<typeof SweepRequestSchema>;

const SweepAnswerSchema = v.object({
  ok: v.literal(true),
  /** When the caller should ask again. */
  nextInMs: v.pipe(v.number(), v.minValue(0)),
});
export type SweepAnswer = v.InferOutput<typeof SweepAnswerSchema>;

const FailureAnswerSchema = v.object({
  ok: v.literal(false),
  code: v.picklist(Object.keys(FAILURE_STATUS) as FailureCode[]),
  /** For developers. Its words may change. */
  message: v.string(),
  /** Whether the same request may succeed later. */
  retryable: v.boolean(),
  /** With `transfer-open`: the public name of the agent who started the open transfer, and when (ms since 1970). */
  startedBy: v.exactOptional(v.string()),
  startedAt: v.exactOptional(v.number()),
  /** With `transfer-accepted`: the public name of the agent who accepted, if it is known. */
  name: v.exactOptional(v.string()),
});
/** The answer of every endpoint when it fails. */
export type FailureAnswer = v.InferOutput<typeof FailureAnswerSchema>;

/** Each parser returns `undefined` for a body that is not its answer, for example a proxy's error page. */
export const parseStartTransferAnswer = buildParser(StartTransferAnswerSchema);
export const parseCancelTransferAnswer = buildParser(CancelTransferAnswerSchema);
export const parseReadNoteAnswer = buildParser(ReadNoteAnswerSchema);
export const parseTaskAnswer = buildParser(TaskAnswerSchema);
export const parseStartWebchatAnswer = buildParser(StartWebchatAnswerSchema);
export const parseEndWebchatAnswer = buildParser(EndWebchatAnswerSchema);
export const parseSweepAnswer = buildParser(SweepAnswerSchema);
export const parseFailureAnswer = buildParser(FailureAnswerSchema);

/** Encodes a request as `application/x-www-form-urlencoded`, without the fields that are `undefined`. */
export function encodeRequest(request: Readonly<Record<string, string | undefined>>): string {
  const fields = Object.entries(request).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return fields.join('&');
}

/** The answer for a failure. Only the facts that the contract names leave the functions. */
export function failureAnswer(failure: TransferFailure): FailureAnswer {
  return {
    ok: false,
    code: failure.code,
    message: `${describeFailure(failure)} See docs/failures.md#${failure.code}`,
    retryable: isRetryable(failure),
    ...detailsOf(failure),
  };
}

function detailsOf(failure: TransferFailure): Pick<FailureAnswer, 'startedBy' | 'startedAt' | 'name'> {
  switch (failure.code) {
    case 'transfer-open':
      return { startedBy: failure.startedBy, startedAt: failure.startedAt };
    case 'transfer-accepted':
      return failure.name === undefined ? {} : { name: failure.name };
    default:
      return {};
  }
}
