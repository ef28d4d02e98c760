/**
 * Corrects what Flex shows for a chat in the task list, the incoming canvas and the header. Flex reads these texts and
 * badges from its task channels. Tasks that are not chats keep Flex's own.
 */
import {
  type AppState,
  type ITask,
  type Manager,
  TaskChannelHelper,
  TaskChannels,
  type TaskStatusBasedType,
} from '@twilio/flex-ui';
import { isAcceptedChatTask } from '../chat-task';
import { isSharedChat } from '../conversation-state';
import { type IncomingReason, readIncomingReason } from '../incoming-chat';
import type { StringKey } from '../strings/en';
import { readChatView } from './chat-view';
import { countUnreadNotices, endsWithNotice } from './notices';
import { reportMissing } from './store';

/**
 * Returns the text to show instead of `flexString`, or `undefined` to keep it. Flex calls it again when the task or its
 * chat changes.
 */
type ChooseString = (task: ITask, flexString: string) => StringKey | undefined;

const INCOMING_STRINGS = {
  invitation: 'ChatTransferIncomingInvitation',
  transfer: 'ChatTransferIncomingTransfer',
  declined: 'ChatTransferIncomingDeclined',
  unanswered: 'ChatTransferIncomingUnanswered',
  cancelled: 'ChatTransferIncomingCancelled',
  'cancelled-by-you': 'ChatTransferIncomingCancelledByYou',
} as const satisfies Record<IncomingReason, StringKey>;

export function adjustTaskChannels(manager: Manager): void {
  /** Before accepting, the agent sees who transfers the chat, or why it has returned. */
  const chooseIncoming: ChooseString = (task) => {
    const reason = readIncomingReason(task, manager.workerClient?.sid);
    return reason && INCOMING_STRINGS[reason];
  };
  const chooseLine: ChooseString = (task, flexString) =>
    chooseIncoming(task, flexString) ?? chooseNoticeLine(task, flexString);

  /** In a shared chat the button does not end the chat, so it must not say "End". */
  const chooseEndButton: ChooseString = (task) =>
    isAcceptedChatTask(task) && isSharedChat(readChatView(manager, task))
      ? 'ChatTransferEndButton'
      : undefined;

  let areAdjusted = false;
  for (const { templates, componentProps } of TaskChannels.getRegistered?.() ?? []) {
    const line = templates?.TaskListItem;
    if (line?.secondLine) {
      line.secondLine = replaceString(line.secondLine, chooseLine);
      areAdjusted = true;
    }
    const incoming = templates?.IncomingTaskCanvas;
    if (incoming?.titleLine) incoming.titleLine = replaceString(incoming.titleLine, chooseIncoming);
    const header = templates?.TaskCanvasHeader;
    if (header?.endButton) header.endButton = replaceString(header.endButton, chooseEndButton);
    const badge = componentProps?.TaskListItem?.Badge;
    if (badge) badge.children = subtractNotices(badge.children);
  }
  if (!areAdjusted) reportMissing('templates of TaskChannels.getRegistered()');
}

/** Flex's own line names the author of the last message, which a notice does not have. */
const chooseNoticeLine: ChooseString = (task, flexString) => {
  if (!endsWithNotice(task)) return undefined;
  return flexString === 'TaskLineWebChatAssigned' ? 'ChatTransferWebTaskLine' : 'ChatTransferTaskLine';
};

function replaceString(flexTemplate: TaskStatusBasedType, chooseString: ChooseString): TaskStatusBasedType {
  return (task, componentType) => {
    const flexString = TaskChannelHelper.getTemplateForStatus(task, flexTemplate, componentType);
    return chooseString(task, flexString) ?? flexString;
  };
}

type Count = number | ((state: AppState, props: object) => number);

/** The badge counts messages that need an answer, and a notice needs none. */
function subtractNotices(flexCount: Count): Count {
  return (state, props: { readonly task?: ITask } | undefined) => {
    const unread = typeof flexCount === 'function' ? flexCount(state, props ?? {}) : flexCount;
    return Math.max(0, unread - countUnreadNotices(props?.task));
  };
}
