/** Replaces Flex's actions on chat tasks. All other tasks keep Flex's own actions. */
import { Actions, type ITask, type Manager, TaskHelper } from '@twilio/flex-ui';
import type { TransferTaskPayload } from '../actions/transfer-task';
import { type ChatTask, type FlexTask, findChatTask, readChatTask } from '../chat-task';
import { isAloneWithCustomer } from '../conversation-state';
import { readChatView } from './chat-view';
import { completeEarlierTasks } from './returned-chats';
import { isFeatureOn, listTasks } from './store';

interface TaskPayload {
  /** A caller may give only one of `task` and `sid`. `sid` is the reservation's SID. */
  readonly task?: ITask;
  readonly sid?: string;
}

/** Flex's actions on a chat on Flex Conversations have no task in their payload. */
interface ChannelPayload {
  /** The interaction's channel. */
  readonly channelSid?: string;
  readonly conversationSid?: string;
}

export interface ChatActions {
  transferTask(chat: ChatTask, payload: TransferTaskPayload): Promise<void>;
  /** Returns false for a task that is no part of the chat. */
  wrapupTask(chat: ChatTask, reservationStatus: string): Promise<boolean>;
  completeTask(chat: ChatTask, reservationStatus: string): Promise<boolean>;
  /** Whether Flex transfers this chat itself. */
  usesNativeTransfer(task: FlexTask | undefined): boolean;
}

export function replaceActions(
  manager: Manager,
  { transferTask, wrapupTask, completeTask, usesNativeTransfer }: ChatActions,
): void {
  const findByTask = ({ task, sid }: TaskPayload) =>
    task ?? (sid ? TaskHelper.getTaskByTaskSid(sid) : undefined);
  const findByChannel = (payload: ChannelPayload) => findChatTask(listTasks(manager), payload);
  const unlessNativeTransfer = (task: ITask | undefined) => (usesNativeTransfer(task) ? undefined : task);

  replaceActionForChats(
    'TransferTask',
    (payload: TaskPayload & TransferTaskPayload) => unlessNativeTransfer(findByTask(payload)),
    (chat, _task, payload) => transferTask(chat, payload),
  );
  // Flex's directory invokes this action if it shows its own form where it should not. Other plugins may invoke it too.
  replaceActionForChats(
    'StartChannelTransfer',
    (payload: ChannelPayload & { readonly toSid?: string }) => unlessNativeTransfer(findByChannel(payload)),
    (chat, _task, { toSid }) => transferTask(chat, { targetSid: toSid }),
  );
  const wrapUp = async (chat: ChatTask, task: ITask): Promise<void> => {
    if (!(await wrapupTask(chat, task.status))) await endReservation(manager, task, 'wrap');
  };
  const complete = async (chat: ChatTask, task: ITask): Promise<void> => {
    if (!(await completeTask(chat, task.status))) await endReservation(manager, task, 'complete');
  };
  replaceActionForChats('WrapupTask', findByTask, wrapUp);
  replaceActionForChats('CompleteTask', findByTask, complete);
  Actions.replaceAction('AcceptTask', async (payload: TaskPayload, original, next) => {
    await completeEarlierTasks(manager, findByTask(payload));
    return (next ?? original)(payload);
  });
  // In the menu beside End. For an agent who is alone with the customer, Flex parks the chat until the customer writes
  // again. If another agent is in the chat, Flex's action would close it for them.
  replaceActionForChats(
    'LeaveChannel',
    (payload: ChannelPayload) => {
      const task = findByChannel(payload);
      if (task === undefined) return undefined;
      const view = readChatView(manager, task);
      // An agent whom Flex brings in is in the chat before a notice says so.
      const isAlone = isAloneWithCustomer(
        usesNativeTransfer(task) ? { ...view, hasAllNotices: false } : view,
      );
      return isAlone ? undefined : task;
    },
    (chat, task) =>
      isFeatureOn(manager, 'wrapup-task-on-leave-and-pause') ? wrapUp(chat, task) : complete(chat, task),
  );
}

/**
 * Ends the agent's own reservation at TaskRouter, and nothing else. Flex's own actions would also end the agent's part in the
 * interaction that the task's attributes name.
 */
async function endReservation(manager: Manager, { sid }: ITask, how: 'wrap' | 'complete'): Promise<void> {
  await manager.workerClient?.reservations.get(sid)?.[how]();
}

function replaceActionForChats<Payload>(
  action: string,
  find: (payload: Payload) => ITask | undefined,
  replacement: (chat: ChatTask, task: ITask, payload: Payload) => Promise<void>,
): void {
  Actions.replaceAction(action, async (payload: Payload, original, next) => {
    const task = find(payload);
    const chat = readChatTask(task);
    // `next` is the replacement of a plugin that registered earlier. `original` would skip it.
    if (task === undefined || chat === undefined) return (next ?? original)(payload);
    await replacement(chat, task, payload);
    return task;
  });
}
