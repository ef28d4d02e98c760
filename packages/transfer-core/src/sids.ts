/**
 * Twilio's SIDs as branded types, so that the compiler refuses a worker's SID in place of a task's SID. A SID is a prefix
 * of two letters, which names the kind of resource, and 32 hexadecimal digits.
 */
import * as v from 'valibot';
import { buildParser } from './parse';

export const TaskSidSchema = v.pipe(v.string(), v.regex(/^WT[0-9a-f]{32}$/), v.brand('TaskSid'));
export const WorkerSidSchema = v.pipe(v.string(), v.regex(/^WK[0-9a-f]{32}$/), v.brand('WorkerSid'));
export const QueueSidSchema = v.pipe(v.string(), v.regex(/^WQ[0-9a-f]{32}$/), v.brand('QueueSid'));
/** A conversation. Programmable Chat calls it a channel and uses the same prefix. */
export const ConversationSidSchema = v.pipe(
  v.string(),
  v.regex(/^CH[0-9a-f]{32}$/),
  v.brand('ConversationSid'),
);

/** An interaction of Flex Conversations, and a channel of an interaction. */
export const InteractionSidSchema = v.pipe(
  v.string(),
  v.regex(/^KD[0-9a-f]{32}$/),
  v.brand('InteractionSid'),
);
export const InteractionChannelSidSchema = v.pipe(
  v.string(),
  v.regex(/^UO[0-9a-f]{32}$/),
  v.brand('InteractionChannelSid'),
);

export type TaskSid = v.InferOutput<typeof TaskSidSchema>;
export type WorkerSid = v.InferOutput<typeof WorkerSidSchema>;
export type QueueSid = v.InferOutput<typeof QueueSidSchema>;
export type ConversationSid = v.InferOutput<typeof ConversationSidSchema>;

/** Each parser returns `undefined` for a value that is not a SID of its kind. */
export const parseTaskSid = buildParser(TaskSidSchema);
export const parseWorkerSid = buildParser(WorkerSidSchema);
export const parseQueueSid = buildParser(QueueSidSchema);
export const parseConversationSid = buildParser(ConversationSidSchema);
