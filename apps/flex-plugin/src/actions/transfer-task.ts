/**
 * Flex's TransferTask for chats: asks the functions to start a transfer. The notice that they post in the chat also
 * shows this agent that the transfer has started.
 */
import {
  parseTarget,
  type StartTransferForm,
  type TaskSid,
  type TransferMode,
  type TransferTarget,
} from '@chat-transfer/transfer-core';
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, callFunctions } from './call-functions';

/** The part of the action's payload that the plugin reads. Flex's directory sends it. */
export interface TransferTaskPayload {
  readonly targetSid?: unknown;
  /**
   * `mode` is `COLD` or `WARM`. `attributes` is an object or its JSON, and `priority` a number or a text:
   * https://twilio.github.io/twilio-taskrouter.js/Task.html#transfer
   */
  readonly options?:
    | { readonly mode?: unknown; readonly attributes?: unknown; readonly priority?: unknown }
    | undefined;
}

export interface TransferTaskPorts {
  readonly api: Pick<TransferApi, 'startTransfer'>;
  readonly notifications: AgentNotifications;
  readonly closeDirectory: () => Promise<void>;
  readonly createTransferId: () => string;
  /** The targets of the transfers that this page has requested, by transfer id. Notices do not name workers. */
  readonly targets: Map<string, TransferTarget>;
}

/**
 * After this time a notification shows that the request is still running. Flex has closed its directory, so nothing
 * else shows it, and the attempts can take half a minute if the functions do not answer.
 */
const STILL_TRYING_AFTER_MS = 2_000;

const OUTCOMES = { failed: 'ChatTransferNotTransferred', unknown: 'ChatTransferNotConfirmed' } as const;

/** Returns the action. It throws if no transfer was started. */
export function createTransferTask(ports: TransferTaskPorts) {
  /**
   * Tasks with a request in progress. A second click on such a task is refused. It would have another transfer id, so
   * the functions would treat it as another transfer.
   */
  const inProgress = new Set<TaskSid>();

  return async function transferTask(chat: ChatTask, payload: TransferTaskPayload): Promise<void> {
    const { taskSid } = chat;
    if (inProgress.has(taskSid)) {
      throw new Error(
        `Failed to transfer ${taskSid}: a transfer of it is already being started. Wait for it.`,
      );
    }
    inProgress.add(taskSid);
    const timer = setTimeout(() => ports.notifications.setStillTrying(true), STILL_TRYING_AFTER_MS);
    try {
      await startTransfer(ports, chat, payload);
    } finally {
      clearTimeout(timer);
      ports.notifications.setStillTrying(false);
      inProgress.delete(taskSid);
    }
  };
}

async function startTransfer(
  { api, notifications, closeDirectory, createTransferId, targets }: TransferTaskPorts,
  chat: ChatTask,
  { targetSid, options }: TransferTaskPayload,
): Promise<void> {
  const transferId = createTransferId();
  const target = parseTarget(targetSid);
  if (target !== undefined) targets.set(transferId, target);
  await callFunctions(notifications, OUTCOMES, async () =>
    target === undefined
      ? {
          ok: false,
          failure: { code: 'target-unsupported', message: describeUnsupportedTarget(targetSid) },
        }
      : api.startTransfer({
          ...chat,
          transferId,
          targetSid: target.kind === 'worker' ? target.workerSid : target.queueSid,
          mode: readMode(options?.mode),
          ...readOptions(options),
        }),
  );
  // The directory covers the task canvas. Only Flex's own buttons close it.
  await closeDirectory();
}

function describeUnsupportedTarget(targetSid: unknown): string {
  return `Failed to transfer the chat: the target ${targetSid} is not a worker or a queue. Choose one of these.`;
}

/** The functions validate both, and refuse the transfer if one is not valid. */
function readOptions({
  attributes,
  priority,
}: NonNullable<TransferTaskPayload['options']> = {}): Pick<StartTransferForm, 'attributes' | 'priority'> {
  return {
    ...(isGiven(attributes)
      ? { attributes: typeof attributes === 'string' ? attributes : JSON.stringify(attributes) }
      : {}),
    ...(isGiven(priority) ? { priority: String(priority) } : {}),
  };
}

/** Callers pass `null` or an empty text for an option that they do not use. */
const isGiven = (option: unknown): boolean => option !== undefined && option !== null && option !== '';

/** Cold by default, as in Flex. */
function readMode(mode: unknown): TransferMode {
  return typeof mode === 'string' && mode.toUpperCase() === 'WARM' ? 'warm' : 'cold';
}
