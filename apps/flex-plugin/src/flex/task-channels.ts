/**
 * What Flex says of a chat in its lists and header, where that would be wrong for ours. Flex asks its task
 * channels for these, and each answer here is Flex's own unless the task is one of ours.
 */
import {
  type AppState,
  type ITask,
  type Manager,
  StateHelper,
  TaskChannelHelper,
  TaskChannels,
  type TaskStatusBasedType,
} from '@twilio/flex-ui';
import { isAcceptedChatTask } from '../chat-task';
import { type Incoming, isSharedChat, readIncoming } from '../conversation-state';
import type { StringKey } from '../strings/en';
import { countUnreadNotices, endsWithNotice, readNotices } from './notices';

/** Our text instead of `theirs`; `undefined` leaves theirs. Flex asks again when the task or its chat changes. */
type Choice = (task: ITask, theirs: string) => StringKey | undefined;

const INCOMING_STRINGS = {
  invitation: 'ChatTransferIncomingInvitation',
  transfer: 'ChatTransferIncomingTransfer',
  declined: 'ChatTransferIncomingDeclined',
  unanswered: 'ChatTransferIncomingUnanswered',
  cancelled: 'ChatTransferIncomingCancelled',
  'cancelled-by-you': 'ChatTransferIncomingCancelledByYou',
} as const satisfies Record<Incoming, StringKey>;

export function adjustTaskChannels(manager: Manager): void {
  /** Whoever is asked should know by whom, or why the chat comes back, before accepting. */
  const chooseIncoming: Choice = (task) => {
    const incoming = readIncoming(task, manager.workerClient?.sid);
    return incoming && INCOMING_STRINGS[incoming];
  };
  const chooseLine: Choice = (task, theirs) => chooseIncoming(task, theirs) ?? chooseNoticeLine(task, theirs);

  for (const { templates, componentProps } of TaskChannels.getRegistered()) {
    const line = templates?.TaskListItem;
    if (line?.secondLine) line.secondLine = choose(line.secondLine, chooseLine);
    const incoming = templates?.IncomingTaskCanvas;
    if (incoming?.titleLine) incoming.titleLine = choose(incoming.titleLine, chooseIncoming);
    const header = templates?.TaskCanvasHeader;
    if (header?.endButton) header.endButton = choose(header.endButton, chooseEndButton);
    const badge = componentProps?.TaskListItem?.Badge;
    if (badge) badge.children = withoutNotices(badge.children);
  }
}

/** A notice has no author to name. */
const chooseNoticeLine: Choice = (task, theirs) => {
  if (!endsWithNotice(task)) return undefined;
  return theirs === 'TaskLineWebChatAssigned' ? 'ChatTransferWebTaskLine' : 'ChatTransferTaskLine';
};

/** With somebody else in the chat or on the way, the button ends nothing for the customer. */
const chooseEndButton: Choice = (task) => {
  if (!isAcceptedChatTask(task)) return undefined;
  const conversation = StateHelper.getConversationStateForTask(task);
  return isSharedChat(conversation, readNotices(conversation)) ? 'ChatTransferEndButton' : undefined;
};

function choose(theirs: TaskStatusBasedType, choice: Choice): TaskStatusBasedType {
  return (task, componentType) => {
    const code = TaskChannelHelper.getTemplateForStatus(task, theirs, componentType);
    return choice(task, code) ?? code;
  };
}

type Count = number | ((state: AppState, props: object) => number);

/** A notice waits for no answer. */
function withoutNotices(theirs: Count): Count {
  return (state, props: { readonly task?: ITask } | undefined) => {
    const unread = typeof theirs === 'function' ? theirs(state, props ?? {}) : theirs;
    return Math.max(0, unread - countUnreadNotices(props?.task));
  };
}
