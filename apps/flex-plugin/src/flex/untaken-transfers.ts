/**
 * Notifies the agent who started a transfer that no agent took it, unless they are looking at the chat. The notice in the
 * chat says the same, but they see it only when they select the chat.
 */
import {
  describeNotice,
  languageOf,
  type Notice,
  parseNotice,
  parseNoticeSubject,
  type TextNotice,
  type TransferTarget,
} from '@chat-transfer/transfer-core';
import { type ITask, type Manager, StateHelper, TaskHelper } from '@twilio/flex-ui';
import { findChatTask, isAcceptedChatTask } from '../chat-task';
import {
  findTransferStart,
  isStarter,
  isUntakenTransferNotice,
  type UntakenTransferNotice,
} from '../open-transfer';
import { isRepeat, readAgentOnlyNotices, readNotices } from './notices';
import { showNotTaken, showTargetOffline } from './notifications';
import { readOwnAgent } from './open-transfer';
import { findView, listTasks } from './store';
import { findUnavailableActivity } from './worker-activity';

export interface UntakenTransferPorts {
  readonly manager: Manager;
  /** The targets of the transfers that this page has requested, by transfer id. */
  readonly targets: ReadonlyMap<string, TransferTarget>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** TaskRouter changes the target's activity right after the notice, or right before it. */
const ACTIVITY_AFTER_MS = 3_000;

export function notifyUntakenTransfers(ports: UntakenTransferPorts): void {
  const { manager } = ports;
  // Undefined if Flex runs without chat.
  manager.conversationsClient?.on('messageAdded', ({ author, body, attributes, conversation, index }) => {
    const notice = parseNotice({ author, body, attributes });
    const task = findChatTask(listTasks(manager), { conversationSid: conversation.sid });
    if (notice === undefined || task === undefined) return;
    if (isRepeat(StateHelper.getConversationStateForTask(task), index, notice)) return;
    notifyStarter(ports, task, notice);
  });
  watchAgentOnlyNotices(manager, (task, notice) => notifyStarter(ports, task, notice));
}

function notifyStarter(ports: UntakenTransferPorts, task: ITask, notice: Notice | TextNotice): void {
  const { manager } = ports;
  if (!isUntakenTransferNotice(notice) || !isAcceptedChatTask(task)) return;
  const notices = readNotices(StateHelper.getConversationStateForTask(task));
  const started = findTransferStart(notice, notices);
  if (started === undefined || !isStarter(readOwnAgent(manager, task), started)) return;
  if (!isTaskInView(manager, task))
    showNotTaken(task, describeNotice(notice, languageOf(navigator.language)));
  void notifyIfTargetIsOffline(ports, notice);
}

/**
 * Tells the agent that the target has been set offline, only if TaskRouter says so. The notice in the chat does not say it,
 * because the customer reads the notice.
 */
async function notifyIfTargetIsOffline(
  { manager, targets, sleep }: UntakenTransferPorts,
  notice: UntakenTransferNotice,
): Promise<void> {
  if (notice.kind !== 'transfer-unanswered' || notice.to.kind !== 'agent') return;
  const target = targets.get(parseNoticeSubject(notice) ?? '');
  if (target?.kind !== 'worker') return;
  await sleep(ACTIVITY_AFTER_MS);
  const activity = await findUnavailableActivity(manager, target.workerSid);
  if (activity !== undefined) showTargetOffline(notice.to.name, activity);
}

/**
 * Calls `onNew` for new notices of texting customers' chats, which are not messages. Notices that a chat has when the
 * page first sees it are not new.
 */
function watchAgentOnlyNotices(manager: Manager, onNew: (task: ITask, notice: Notice) => void): void {
  /** By conversation SID. Flex replaces the `attributes` object whenever the attributes change. */
  const seen = new Map<string, { readonly attributes: unknown; readonly ids: ReadonlySet<string> }>();

  manager.store.subscribe(() => {
    for (const task of listTasks(manager).filter(isAcceptedChatTask)) {
      const conversation = StateHelper.getConversationStateForTask(task);
      const source = conversation?.source;
      if (source === undefined) continue;
      const before = seen.get(source.sid);
      if (before !== undefined && before.attributes === source.attributes) continue;

      const notices = readAgentOnlyNotices(conversation);
      // Before `onNew`: a notification changes the store and calls this listener again.
      seen.set(source.sid, {
        attributes: source.attributes,
        ids: new Set(notices.map(({ id }) => id)),
      });
      if (before === undefined) continue;
      for (const notice of notices) if (!before.ids.has(notice.id)) onNew(task, notice);
    }
  });
}

function isTaskInView(manager: Manager, task: ITask): boolean {
  const { activeView, selectedTaskSid } = findView(manager);
  const selected = selectedTaskSid === undefined ? undefined : TaskHelper.getTaskByTaskSid(selectedTaskSid);
  return activeView === 'agent-desktop' && selected?.sid === task.sid;
}
