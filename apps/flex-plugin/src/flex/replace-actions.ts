/** The actions of Flex that mean something else for our chats. Every other task goes Flex's way. */
import { Actions, type ITask, type Manager, StateHelper, TaskHelper } from '@twilio/flex-ui';
import type { TransferTaskPayload } from '../actions/transfer-task';
import { type ChatTask, type FlexTask, findChatTask, readChatTask } from '../chat-task';
import { isAloneWithCustomer } from '../conversation-state';
import { readNotices } from './notices';
import { completeEarlierTasks } from './returned-chats';
import { isFeatureOn, listTasks } from './store';

interface TaskPayload {
  /** Callers may give only one of the two; `sid` is the reservation's. */
  readonly task?: ITask;
  readonly sid?: string;
}

/** Flex's actions on a chat of Flex Conversations name no task. */
interface ChannelPayload {
  /** Of the interaction. */
  readonly channelSid?: string;
  readonly conversationSid?: string;
}

export interface ChatActions {
  transferTask(chat: ChatTask, payload: TransferTaskPayload): Promise<void>;
  wrapupTask(chat: ChatTask, status: string): Promise<void>;
  completeTask(chat: ChatTask, status: string): Promise<void>;
  /** Whether Flex transfers this chat itself. */
  usesNativeTransfer(task: FlexTask | undefined): boolean;
}

export function replaceActions(
  manager: Manager,
  { transferTask, wrapupTask, completeTask, usesNativeTransfer }: ChatActions,
): void {
  const byTask = ({ task, sid }: TaskPayload) => task ?? (sid ? TaskHelper.getTaskByTaskSid(sid) : undefined);
  const byChannel = (payload: ChannelPayload) => findChatTask(listTasks(manager), payload);
  const ifOursToTransfer = (task: ITask | undefined) => (usesNativeTransfer(task) ? undefined : task);

  replaceFor(
    'TransferTask',
    (payload: TaskPayload & TransferTaskPayload) => ifOursToTransfer(byTask(payload)),
    (chat, _task, payload) => transferTask(chat, payload),
  );
  // What the form in Flex's directory does, where Flex shows it although it should not, and what other plugins may do.
  replaceFor(
    'StartChannelTransfer',
    (payload: ChannelPayload & { readonly toSid?: string }) => ifOursToTransfer(byChannel(payload)),
    (chat, _task, { toSid }) => transferTask(chat, { targetSid: toSid }),
  );
  replaceFor('WrapupTask', byTask, (chat, { status }) => wrapupTask(chat, status));
  replaceFor('CompleteTask', byTask, (chat, { status }) => completeTask(chat, status));
  Actions.replaceAction('AcceptTask', async (payload: TaskPayload, original, next) => {
    await completeEarlierTasks(manager, byTask(payload));
    return (next ?? original)(payload);
  });
  // In the menu beside End. Alone, an agent lays the chat aside until the customer writes again, which is Flex's own; with
  // others in it, Flex would close it under them.
  replaceFor(
    'LeaveChannel',
    (payload: ChannelPayload) => {
      const task = byChannel(payload);
      const conversation = task && StateHelper.getConversationStateForTask(task);
      return isAloneWithCustomer(conversation, readNotices(conversation)) ? undefined : task;
    },
    (chat, { status }) =>
      isFeatureOn(manager, 'wrapup-task-on-leave-and-pause')
        ? wrapupTask(chat, status)
        : completeTask(chat, status),
  );
}

function replaceFor<Payload>(
  action: string,
  find: (payload: Payload) => ITask | undefined,
  ours: (chat: ChatTask, task: ITask, payload: Payload) => Promise<void>,
): void {
  Actions.replaceAction(action, async (payload: Payload, original, next) => {
    const task = find(payload);
    const chat = readChatTask(task);
    // `next` is what another plugin replaced the action with before us; `original` would pass it over.
    if (task === undefined || chat === undefined) return (next ?? original)(payload);
    await ours(chat, task, payload);
    return task;
  });
}
