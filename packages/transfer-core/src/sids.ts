/**
 * Twilio's identifiers as types of their own, so that a worker's cannot pass for a task's.
 * A SID is two letters for its kind and 32 hexadecimal digits.
 */
import * as v from 'valibot';
import { buildParser } from './parse';

const digits = '[0-9a-f]{32}';

export const TaskSidSchema = v.pipe(v.string(), v.regex(new RegExp(`^WT${digits}$`)), v.brand('TaskSid'));
export const WorkerSidSchema = v.pipe(v.string(), v.regex(new RegExp(`^WK${digits}$`)), v.brand('WorkerSid'));
export const QueueSidSchema = v.pipe(v.string(), v.regex(new RegExp(`^WQ${digits}$`)), v.brand('QueueSid'));
/** A conversation, and on Programmable Chat a channel: the same `CH…`. */
export const ConversationSidSchema = v.pipe(
  v.string(),
  v.regex(new RegExp(`^CH${digits}$`)),
  v.brand('ConversationSid'),
);

/** Of Flex Conversations: an interaction, and a channel of it. */
export const InteractionSidSchema = v.pipe(
  v.string(),
  v.regex(new RegExp(`^KD${digits}$`)),
  v.brand('InteractionSid'),
);
export const InteractionChannelSidSchema = v.pipe(
  v.string(),
  v.regex(new RegExp(`^UO${digits}$`)),
  v.brand('InteractionChannelSid'),
);

export type TaskSid = v.InferOutput<typeof TaskSidSchema>;
export type WorkerSid = v.InferOutput<typeof WorkerSidSchema>;
export type QueueSid = v.InferOutput<typeof QueueSidSchema>;
export type ConversationSid = v.InferOutput<typeof ConversationSidSchema>;
export type InteractionSid = v.InferOutput<typeof InteractionSidSchema>;
export type InteractionChannelSid = v.InferOutput<typeof InteractionChannelSidSchema>;

/** Each returns `undefined` for a value that is not such a SID. */
export const parseTaskSid = buildParser(TaskSidSchema);
export const parseWorkerSid = buildParser(WorkerSidSchema);
export const parseQueueSid = buildParser(QueueSidSchema);
export const parseConversationSid = buildParser(ConversationSidSchema);
