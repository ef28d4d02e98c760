/** Shows the open transfer of a chat, which is waiting for an answer, above the chat. */
import { type NoticeParty, publicNameOf } from '@chat-transfer/transfer-core';
import { type ITask, type Manager, StateHelper, TaskCanvas, useFlexSelector } from '@twilio/flex-ui';
import { type ReactElement, useEffect, useState } from 'react';
import type { CancelProgress, TransferCanceller } from '../actions/cancel-transfer';
import { parseTask, readChatTask } from '../chat-task';
import { TransferBanner } from '../components/TransferBanner';
import { isStarter, type OpenTransfer, type OwnAgent, readOpenTransfer, readOwnName } from '../open-transfer';
import { readOwnKey } from './chat-view';
import { readNotices } from './notices';
import { listTasksIn } from './store';
import { readString } from './strings';

export interface OpenTransferPorts {
  readonly manager: Manager;
  readonly canceller: TransferCanceller;
}

interface ShownTransfer {
  readonly transfer: OpenTransfer;
  readonly progress: CancelProgress;
}

/** Returns the open transfer of a task's chat, unless this page knows that it has ended. */
export function useOpenTransfer(
  task: ITask | undefined,
  { canceller }: Pick<OpenTransferPorts, 'canceller'>,
): ShownTransfer | undefined {
  const conversation = useFlexSelector(() => task && StateHelper.getConversationStateForTask(task));
  const ownTransferIds = useFlexSelector((state) => joinTransferIds(listTasksIn(state)));
  const [, rerender] = useState(0);
  useEffect(() => canceller.subscribe(() => rerender((count) => count + 1)), [canceller]);

  if (readChatTask(task) === undefined) return undefined;
  const transfer = readOpenTransfer(readNotices(conversation));
  // The chat has returned: this agent has the transfer's task, or is offered it.
  if (transfer === undefined || ownTransferIds.includes(transfer.id)) return undefined;
  const progress = canceller.getProgress(transfer.id);
  return progress === 'ended' ? undefined : { transfer, progress };
}

/** The ids of the transfers that created the agent's tasks, as one string: the selector compares results with `===`. */
function joinTransferIds(tasks: readonly ITask[]): string {
  return tasks.flatMap((task) => parseTask(task)?.transferId ?? []).join();
}

interface SlotProps extends OpenTransferPorts {
  readonly task?: ITask;
}

function OpenTransferBanner({ task, manager, canceller }: SlotProps): ReactElement | null {
  const open = useOpenTransfer(task, { canceller });
  const chat = readChatTask(task);
  if (open === undefined || task === undefined || chat === undefined) return null;
  if (task.status !== 'accepted' && task.status !== 'wrapping') return null;

  const { transfer, progress } = open;
  const isOwn = isStarter(readOwnAgent(manager, task), transfer.started);
  const names = { from: transfer.started.from, target: readTargetName(manager, transfer.to) };
  if (!isOwn) {
    return task.status === 'accepted' ? (
      <TransferBanner text="ChatTransferWaitingOther" names={names} />
    ) : null;
  }
  const isCancelling = progress === 'cancelling';
  return (
    <TransferBanner
      text={task.status === 'wrapping' ? 'ChatTransferWaitingInWrapup' : 'ChatTransferWaiting'}
      names={names}
      cancel={{
        label: readString(manager, isCancelling ? 'ChatTransferCancelling' : 'ChatTransferCancel'),
        disabled: isCancelling,
        onClick: () => void canceller.cancel(chat, transfer.id, task.status),
      }}
    />
  );
}

function readTargetName(manager: Manager, to: NoticeParty): string {
  if (to.kind === 'agent') return to.name;
  return to.label ?? readString(manager, 'ChatTransferAnotherTeam');
}

/** The agent as notices name them. The name is from the notice of their joining, if it is loaded. */
export function readOwnAgent(manager: Manager, task: ITask): OwnAgent {
  const notices = readNotices(StateHelper.getConversationStateForTask(task));
  const name = readOwnName(notices, task.taskSid) ?? publicNameOf(manager.workerClient?.attributes, '');
  return { authorKey: readOwnKey(manager, task), name };
}

/** Places the banner between the header and the tabs, so that it shows on all tabs. */
export function showOpenTransfer(ports: OpenTransferPorts): void {
  TaskCanvas.Content.add(<OpenTransferBanner key="chat-transfer-open" {...ports} />, { sortOrder: 1 });
}
