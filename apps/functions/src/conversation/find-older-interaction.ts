/**
 * Interactions that an agent adds to a conversation of another interaction. Twilio may let an agent's browser create one.
 * A chat keeps its first interaction, so a task of a later one has no part in the chat.
 */
import { type ChatTask, parseChatTask, type TaskSid } from '@chat-transfer/transfer-core';
import type { Attributes } from '../twilio/attributes';
import type { EvidencePorts, TaskClaim } from './find-evidence';

/** An agent does not yet know the SID of a conversation that is younger than this. */
const NEW_FOR_MS = 60_000;

/**
 * Whether another interaction of the conversation has an older task. Tasks are found until TaskRouter deletes them, five
 * minutes after their end.
 */
export async function hasOlderInteraction(
  ports: EvidencePorts,
  { taskSid, chat, source }: TaskClaim,
): Promise<boolean> {
  // TaskRouter allows three lists by attributes a second, so the first event of a new chat must not need one.
  if (source !== undefined && (await isNewConversation(ports, chat))) return false;
  const listed = await ports.taskRouter.listConversationTasks(chat.conversationSid, 'conversations');
  const age = listed.find(({ sid }) => sid === taskSid)?.ageSeconds ?? 0;
  const others = listed.flatMap(({ sid, attributes, ageSeconds, taskChannel }): TaskClaim[] => {
    const named = parseChatTask(attributes, taskChannel);
    const isOlder = ageSeconds > age && !namesSameChat(attributes, chat);
    return isOlder && named?.interaction !== undefined ? [{ taskSid: sid, chat: named }] : [];
  });
  const confirmed = await Promise.all(others.map((other) => isConfirmed(ports, other)));
  return confirmed.includes(true);
}

async function isNewConversation(
  { backends, nowMs }: EvidencePorts,
  { backend, conversationSid }: ChatTask,
): Promise<boolean> {
  const createdAt = await backends[backend].createdAt({ conversationSid });
  return createdAt !== undefined && nowMs() - createdAt < NEW_FOR_MS;
}

/** Whether Twilio's records tie the task to the interaction, and the interaction to the conversation. */
async function isConfirmed(ports: EvidencePorts, claim: TaskClaim): Promise<boolean> {
  const { taskSid, chat } = claim;
  const [known, wasNamed] = await Promise.all([
    ports.backends[chat.backend].listKnownTasks(chat),
    namedAtFirst(ports, claim),
  ]);
  return known.includes(taskSid) && wasNamed;
}

/** Whether the task named the chat when it was created. Twilio writes these attributes of an interaction's task. */
export async function namedAtFirst(
  { taskRouter }: EvidencePorts,
  { taskSid, chat }: { readonly taskSid: TaskSid; readonly chat: ChatTask },
): Promise<boolean> {
  return namesSameChat(await taskRouter.readFirstAttributes(taskSid), chat);
}

function namesSameChat(
  attributes: Attributes | undefined,
  { conversationSid, interaction }: ChatTask,
): boolean {
  const named = parseChatTask(attributes);
  return (
    named?.conversationSid === conversationSid && named.interaction?.channelSid === interaction?.channelSid
  );
}
