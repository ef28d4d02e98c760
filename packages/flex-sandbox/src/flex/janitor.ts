/**
 * The channel janitor: when a task that names a chat channel ends, Flex closes the channel by setting
 * `status` in the channel's attributes to INACTIVE. Transfers on Programmable Chat depend on it: they remove
 * `channelSid` from a task before it ends, so that the channel stays open.
 *
 * Twilio's own transfer plugins show that the janitor reads the task's attributes when the task ends. It is
 * assumed that the janitor ignores other tasks of the channel. It leaves `long_lived` channels open.
 */
import { ApiError } from '../api-error.js';
import type { Chat } from '../chat/chat.js';
import type { Channel } from '../chat/state.js';
import { parseJsonObjectOrEmpty } from '../json.js';
import type { TaskRouter } from '../task-router/task-router.js';

/** Deletion needs no entry: a live task is cancelled before it is deleted. */
const END_EVENTS = ['task.completed', 'task.canceled'];

export function addChannelJanitor({ taskRouter, chat }: { taskRouter: TaskRouter; chat: Chat }): void {
  taskRouter.onEvent(({ type, task }) => {
    if (task === undefined || !END_EVENTS.includes(type)) return;
    const { channelSid, flexInteractionSid } = parseJsonObjectOrEmpty(task.attributes);
    if (typeof channelSid === 'string' && flexInteractionSid === undefined)
      deactivateChannel(chat, channelSid);
  });
}

/** Sets the channel inactive. Ignores a channel that is long-lived, already inactive or deleted. */
export function deactivateChannel(chat: Chat, channelSid: string): void {
  const channel = findChannel(chat, channelSid);
  if (channel === undefined) return;
  const attributes = parseJsonObjectOrEmpty(channel.attributes);
  if (attributes.long_lived === true || attributes.status === 'INACTIVE') return;
  chat.updateChannel(channel.sid, { attributes: { ...attributes, status: 'INACTIVE' } });
}

function findChannel(chat: Chat, sid: string): Channel | undefined {
  try {
    return chat.channel(sid);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
