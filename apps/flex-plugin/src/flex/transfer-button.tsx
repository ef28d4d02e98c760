/** The transfer button in the header of our accepted chats; it opens Flex's directory. */
import { type ITask, type Manager, StateHelper, TaskCanvasHeader, useFlexSelector } from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { TransferButton } from '../components/TransferButton';
import { isOurAcceptedTask } from '../our-task';
import { hasEnded } from '../shared-chat';
import { openDirectory } from './directory';
import { readString } from './strings';

interface SlotProps {
  readonly task?: ITask;
  readonly manager: Manager;
}

function HeaderTransferButton({ task, manager }: SlotProps): ReactElement | null {
  // By the hook, because the header itself is not drawn anew when the customer ends the chat.
  const ended = useFlexSelector(() => hasEnded(task && StateHelper.getConversationStateForTask(task)));
  if (ended || !isOurAcceptedTask(task)) return null;
  return (
    <TransferButton label={readString(manager, 'ChatTransferButton')} onClick={() => void openDirectory()} />
  );
}

export function addTransferButton(manager: Manager): void {
  // Between the name and Flex's own button: End must stay where it is when ours comes and goes, since Complete takes
  // its place.
  TaskCanvasHeader.Content.add(<HeaderTransferButton key="chat-transfer-button" manager={manager} />, {
    sortOrder: 1,
  });
}
