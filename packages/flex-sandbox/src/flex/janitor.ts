/**
 * The channel janitor: when a task that names a chat channel ends, Flex closes the channel by setting `status` of its
 * attributes to INACTIVE. Transfers of Programmable Chat depend on it: they take `channelSid` off a task before it
 * ends, so that the channel survives.
 *
 * That it looks at the task's attributes as they are when it ends is documented by Twilio's own transfer plugins. That
 * it does not look for other tasks on the channel is assumed; `long_lived` channels are left alone.
 */
import { ApiError } from '../api-error.js';
import type { Chat } from '../chat/chat.js';
import type { Channel } from '../chat/state.js';
import { parseJsonObjectOrEmpty } from '../json.js';
import type { TaskRouter } from '../task-router/task-router.js';

/** A task that is deleted while it lives ends first. */
const ENDS = ['task.completed', 'task.canceled'];

export function addChannelJanitor({ taskRouter, chat }: { taskRouter: TaskRouter; chat: Chat }): void {
  taskRouter.onEvent(({ type, task }) => {
    if (task === undefined || !ENDS.includes(type)) return;
    const { channelSid, flexInteractionSid } = parseJsonObjectOrEmpty(task.attributes);
    if (typeof channelSid === 'string' && flexInteractionSid === undefined)
      deactivateChannel(chat, channelSid);
  });
}

/** Does nothing to a channel that is long-lived, already inactive, or gone. */
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
