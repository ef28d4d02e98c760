/**
 * What browsers ask of the functions and what they are answered. Both sides import these schemas; the functions
 * check every request with them and believe nothing else that a browser sends.
 *
 * Requests are flat and travel as forms (`encodeRequest`): a browser sends those without asking the other origin
 * first, which saves a round trip for every click.
 */
import * as v from 'valibot';
import { type Backend, BackendSchema } from './conversation';
import {
  describeFailure,
  FAILURE_STATUS,
  type FailureCode,
  isRetryable,
  type TransferFailure,
} from './failure';
import { TransferModeSchema } from './notice/notice';
import { cleanName, cleanText } from './plain-text';
import { MAX_NAME_LENGTH } from './public-name';
import { ConversationSidSchema, QueueSidSchema, TaskSidSchema, WorkerSidSchema } from './sids';

/** Longest note to the receiving agent, in characters. */
export const MAX_NOTE_LENGTH = 1000;

/** The URL path of every endpoint a browser calls. */
export const ENDPOINTS = {
  startTransfer: '/transfer/start',
  cancelTransfer: '/transfer/cancel',
  leaveConversation: '/conversation/leave',
  completeTask: '/conversation/complete',
  startWebchat: '/webchat/start',
  endWebchat: '/webchat/end',
} as const;

const workerFields = {
  /** The Flex token of the signed-in worker. */
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(10_000)),
  taskSid: TaskSidSchema,
  /** Where the task's chat should be: saves the functions a round trip, and is checked against the task. */
  conversationSid: ConversationSidSchema,
};

export const StartTransferRequestSchema = v.object({
  ...workerFields,
  /** Minted at the click; the same id again answers the first result. */
  transferId: v.pipe(v.string(), v.uuid()),
  /** A worker (`WK…`) or a queue (`WQ…`), as Flex's TransferTask action names it. */
  targetSid: v.union([WorkerSidSchema, QueueSidSchema]),
  mode: TransferModeSchema,
  /** Shown to the receiving agent only. */
  note: v.optional(v.pipe(v.string(), v.transform(cleanText), v.maxLength(MAX_NOTE_LENGTH))),
});
export type StartTransferRequest = v.InferOutput<typeof StartTransferRequestSchema>;

export interface StartTransferAnswer {
  readonly ok: true;
  readonly transferId: string;
  readonly transferTaskSid: string;
  /** The agent has been let go by this call (a cold transfer that releases at once). */
  readonly released: boolean;
}

export const CancelTransferRequestSchema = v.object({
  /** `taskSid`: the task the transfer was started from. */
  ...workerFields,
  transferId: v.pipe(v.string(), v.uuid()),
});
export type CancelTransferRequest = v.InferOutput<typeof CancelTransferRequestSchema>;

export interface CancelTransferAnswer {
  readonly ok: true;
  readonly transferId: string;
  /** `returned`: nobody was in the chat, and somebody has come back for it since. */
  readonly state: 'cancelled' | 'returned';
}

export const TaskRequestSchema = v.object(workerFields);
/** Of `/conversation/leave` and `/conversation/complete`. */
export type TaskRequest = v.InferOutput<typeof TaskRequestSchema>;

export interface TaskAnswer {
  readonly ok: true;
  /** Whether the chat goes on for others. */
  readonly conversation: 'open' | 'ended';
}

export const StartWebchatRequestSchema = v.object({
  /** Where the chat shall live. Default: Flex Conversations when the functions are set up for it. */
  backend: v.optional(BackendSchema),
  /** How the customer wants to be called. */
  name: v.pipe(v.string(), v.transform(cleanName), v.minLength(1), v.maxLength(MAX_NAME_LENGTH)),
});
export type StartWebchatRequest = v.InferOutput<typeof StartWebchatRequestSchema>;

export interface StartWebchatAnswer {
  readonly ok: true;
  /** For the chat SDK. */
  readonly token: string;
  readonly identity: string;
  readonly conversationSid: string;
  /** Which of Twilio's chat SDKs the token is for. */
  readonly backend: Backend;
  /** Proves to `/webchat/end` that the chat is this customer's. */
  readonly session: string;
}

export const EndWebchatRequestSchema = v.object({
  session: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000)),
});
export type EndWebchatRequest = v.InferOutput<typeof EndWebchatRequestSchema>;

export interface EndWebchatAnswer {
  readonly ok: true;
}

/** A request as the form that is posted. */
export function encodeRequest(request: Readonly<Record<string, string | undefined>>): string {
  const fields = Object.entries(request).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return fields.join('&');
}

/** Every answer that is not a success. */
export interface FailureAnswer {
  readonly ok: false;
  readonly code: FailureCode;
  /** For developers; may change. */
  readonly message: string;
  /** Whether sending the same request again may succeed. */
  readonly retryable: boolean;
  /** With `transfer-open`: who started the transfer that is in the way, and when (ms since 1970). */
  readonly startedBy?: string;
  readonly startedAt?: number;
  /** With `transfer-accepted`: who was faster, by public name. */
  readonly name?: string;
}

const FailureAnswerSchema = v.object({
  ok: v.literal(false),
  code: v.picklist(Object.keys(FAILURE_STATUS) as FailureCode[]),
  message: v.string(),
  retryable: v.boolean(),
  startedBy: v.optional(v.string()),
  startedAt: v.optional(v.number()),
  name: v.optional(v.string()),
});

/** The answer for a failure. */
export function failureAnswer(failure: TransferFailure): FailureAnswer {
  return {
    ok: false,
    code: failure.code,
    message: `${describeFailure(failure)} See docs/failures.md#${failure.code}`,
    retryable: isRetryable(failure),
    ...detailsOf(failure),
  };
}

/** What the caller is told beyond the code. */
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

/** Reads an answer that is not a success; `undefined` when it is none of ours (a proxy's page, say). */
export function parseFailureAnswer(answer: unknown): FailureAnswer | undefined {
  const parsed = v.safeParse(FailureAnswerSchema, answer);
  return parsed.success ? (parsed.output as FailureAnswer) : undefined;
}
