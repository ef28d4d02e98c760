/**
 * A signed list of the chat's tasks in the attributes of a chat on Programmable Chat. No record of Twilio names the tasks
 * that the functions create there, so the list is the only evidence for them when the ledger is lost. Every member of the
 * chat can write the attributes, but cannot add a task to the list: the signature covers all tasks and the chat's SID.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ConversationSid, type TaskSid, TaskSidSchema } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import type { Attributes } from '../twilio/attributes';

/** The secret that signs, and the one that signed before the last rotation. */
export interface ListSecrets {
  readonly current: string;
  readonly previous?: string | undefined;
}

/** The key in the attributes. */
const KEY = 'chatTransferTasks';

const SignedListSchema = v.object({
  [KEY]: v.object({ tasks: v.array(TaskSidSchema), signature: v.string() }),
});

/** Distinguishes the signature from every other use of the same secret. */
const PURPOSE = 'chat-transfer tasks';

const computeSignature = (sid: ConversationSid, tasks: readonly TaskSid[], secret: string): Buffer =>
  createHmac('sha256', secret)
    .update([PURPOSE, sid, ...tasks].join('\n'))
    .digest();

/** The attributes with the signed list of these tasks. */
export function withTaskList(
  attributes: Attributes,
  sid: ConversationSid,
  tasks: readonly TaskSid[],
  { current }: ListSecrets,
): Attributes {
  const signature = computeSignature(sid, tasks, current).toString('base64url');
  return { ...attributes, [KEY]: { tasks, signature } };
}

/** The tasks in the list; `[]` without a list that one of the secrets has signed. */
export function readTaskList(
  attributes: Attributes | undefined,
  sid: ConversationSid,
  { current, previous }: ListSecrets,
): readonly TaskSid[] {
  const parsed = v.safeParse(SignedListSchema, attributes);
  if (!parsed.success) return [];
  const { tasks, signature } = parsed.output[KEY];
  const given = Buffer.from(signature, 'base64url');
  const isFrom = (secret: string): boolean => {
    const expected = computeSignature(sid, tasks, secret);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return isFrom(current) || (previous !== undefined && isFrom(previous)) ? tasks : [];
}
