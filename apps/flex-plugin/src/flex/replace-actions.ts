/** The three actions of Flex that mean something else for our chats. Every other task goes Flex's way. */
import { Actions, type ITask, TaskHelper } from '@twilio/flex-ui';
import type { TransferTaskPayload } from '../actions/transfer-task';
import { type ChatTask, readChatTask } from '../our-task';

interface TaskPayload {
  /** Callers may give only one of the two; `sid` is the reservation's. */
  readonly task?: ITask;
  readonly sid?: string;
}

export interface OurActions {
  transferTask(chat: ChatTask, payload: TransferTaskPayload): Promise<void>;
  wrapupTask(chat: ChatTask, status: string): Promise<void>;
  completeTask(chat: ChatTask, status: string): Promise<void>;
}

export function replaceActions({ transferTask, wrapupTask, completeTask }: OurActions): void {
  replaceForOurTasks('TransferTask', (chat, _task, payload: TransferTaskPayload) =>
    transferTask(chat, payload),
  );
  replaceForOurTasks('WrapupTask', (chat, { status }) => wrapupTask(chat, status));
  replaceForOurTasks('CompleteTask', (chat, { status }) => completeTask(chat, status));
}

function replaceForOurTasks<Extra>(
  action: string,
  ours: (chat: ChatTask, task: ITask, payload: TaskPayload & Extra) => Promise<void>,
): void {
  Actions.replaceAction(action, async (payload: TaskPayload & Extra, original, next) => {
    const task = findTask(payload);
    const chat = readChatTask(task);
    // `next` is what another plugin replaced the action with before us; `original` would pass it over.
    if (task === undefined || chat === undefined) return (next ?? original)(payload);
    await ours(chat, task, payload);
    return task;
  });
}

function findTask(payload: TaskPayload | undefined): ITask | undefined {
  if (payload?.task) return payload.task;
  return payload?.sid ? TaskHelper.getTaskByTaskSid(payload.sid) : undefined;
}
