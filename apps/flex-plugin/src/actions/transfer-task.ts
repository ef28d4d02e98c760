/**
 * Flex's TransferTask for chats: ask the functions to start the transfer. They do the rest, and the notice that they
 * write tells the agent, too, that it has started.
 */
import { parseTarget, type TaskSid, type TransferMode } from '@chat-transfer/transfer-core';
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, callFunctions } from './call-functions';

/** What Flex's directory sends with the action, as far as we look at it. */
export interface TransferTaskPayload {
  readonly targetSid?: unknown;
  /** `mode` is `COLD` or `WARM`. */
  readonly options?: { readonly mode?: unknown } | undefined;
}

export interface TransferTaskPorts {
  readonly api: Pick<TransferApi, 'startTransfer'>;
  readonly notifications: AgentNotifications;
  readonly closeDirectory: () => Promise<void>;
  readonly createTransferId: () => string;
}

/**
 * Flex has closed its directory by then, and nothing shows that something is going on. A service that hangs may keep
 * us trying for half a minute.
 */
const LONGEST_SILENCE_MS = 2_000;

/** Returns the action; it throws when no transfer was started. */
export function createTransferTask(ports: TransferTaskPorts) {
  /** A double click must not become two transfers: each click has an id of its own, and the second is refused. */
  const running = new Set<TaskSid>();

  return async function transferTask(chat: ChatTask, payload: TransferTaskPayload): Promise<void> {
    const { taskSid } = chat;
    if (running.has(taskSid))
      throw new Error(`Chat transfer: a transfer of ${taskSid} is being started already.`);
    running.add(taskSid);
    const silence = setTimeout(() => ports.notifications.stillTrying(true), LONGEST_SILENCE_MS);
    try {
      await startTransfer(ports, chat, payload);
    } finally {
      clearTimeout(silence);
      ports.notifications.stillTrying(false);
      running.delete(taskSid);
    }
  };
}

async function startTransfer(
  { api, notifications, closeDirectory, createTransferId }: TransferTaskPorts,
  chat: ChatTask,
  { targetSid, options }: TransferTaskPayload,
): Promise<void> {
  const transferId = createTransferId();
  const target = parseTarget(targetSid);
  await callFunctions(notifications, 'ChatTransferNotTransferred', async () =>
    target === undefined
      ? {
          ok: false,
          failure: { code: 'target-unsupported', message: `${targetSid} is no worker or queue.` },
        }
      : api.startTransfer({
          ...chat,
          transferId,
          targetSid: target.kind === 'worker' ? target.workerSid : target.queueSid,
          mode: readMode(options?.mode),
        }),
  );
  // The directory lies over the task canvas, and only Flex's own buttons close it by themselves.
  await closeDirectory();
}

/** Cold unless asked otherwise, as in Flex. */
function readMode(mode: unknown): TransferMode {
  return typeof mode === 'string' && mode.toUpperCase() === 'WARM' ? 'warm' : 'cold';
}
