/** The transfer button in the header of an accepted chat. It opens Flex's directory. */
import { type ITask, StateHelper, TaskCanvasHeader, useFlexSelector } from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { type FlexTask, isAcceptedChatTask } from '../chat-task';
import { TransferButton } from '../components/TransferButton';
import { hasEnded } from '../conversation-state';
import { openDirectory } from './directory';
import { type OpenTransferPorts, useOpenTransfer } from './open-transfer';
import { readString } from './strings';

export interface TransferButtonPorts extends OpenTransferPorts {
  /** Whether Flex transfers this chat itself. */
  usesNativeTransfer(task: FlexTask | undefined): boolean;
}

interface SlotProps extends TransferButtonPorts {
  readonly task?: ITask;
}

function HeaderTransferButton({
  task,
  manager,
  canceller,
  usesNativeTransfer,
}: SlotProps): ReactElement | null {
  // The hook renders this button when the customer ends the chat. Flex does not render the header then.
  const ended = useFlexSelector(() => hasEnded(task && StateHelper.getConversationStateForTask(task)));
  const isWaiting = useOpenTransfer(task, { canceller }) !== undefined;
  if (task === undefined || ended || !isAcceptedChatTask(task) || usesNativeTransfer(task)) return null;
  return (
    <TransferButton
      label={readString(manager, isWaiting ? 'ChatTransferButtonWaiting' : 'ChatTransferButton')}
      disabled={isWaiting}
      onClick={() => void openDirectory(task)}
    />
  );
}

export function addTransferButton(ports: TransferButtonPorts): void {
  // Between the name and Flex's End button. End must not move when this button appears or disappears, because Complete
  // replaces End at the same place.
  TaskCanvasHeader.Content.add(<HeaderTransferButton key="plugin-chat-transfer-button" {...ports} />, {
    sortOrder: 1,
  });
}
