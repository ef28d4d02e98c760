/** The transfer button in the header of our accepted chats; it opens Flex's directory. */
import { type ITask, type Manager, TaskCanvasHeader } from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { TransferButton } from '../components/TransferButton';
import { isOurAcceptedTask } from '../our-task';
import { openDirectory } from './directory';
import { readString } from './strings';

interface SlotProps {
  readonly task?: ITask;
  readonly manager: Manager;
}

function HeaderTransferButton({ task, manager }: SlotProps): ReactElement | null {
  if (!isOurAcceptedTask(task)) return null;
  return (
    <TransferButton label={readString(manager, 'ChatTransferButton')} onClick={() => void openDirectory()} />
  );
}

export function addTransferButton(manager: Manager): void {
  TaskCanvasHeader.Content.add(<HeaderTransferButton key="chat-transfer-button" manager={manager} />, {
    sortOrder: 1,
    align: 'end',
  });
}
