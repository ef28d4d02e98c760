/**
 * Flex's notifications, which only one agent sees. For what all participants must see, the functions post a notice in
 * the conversation.
 */
import {
  Actions,
  type ITask,
  type Manager,
  NotificationBar,
  Notifications,
  NotificationType,
} from '@twilio/flex-ui';
import type { AgentNotifications } from '../actions/call-functions';
import { describeFailureToAgent, FAILURE_STRINGS, INFORMATION_ONLY } from '../failure-notification';
import { readString } from './strings';

const STILL_TRYING = 'ChatTransferStillTrying';
const CANCELLED = 'ChatTransferCancelled';
const NOTICES_PENDING = 'ChatTransferNoticesPending';
const NOT_TAKEN = 'ChatTransferNotTaken';
const TARGET_OFFLINE = 'ChatTransferTargetOffline';
const MISSED_CHAT = 'ChatTransferMissedChat';
const NOT_SET_UP = 'ChatTransferNotSetUp';
const FLEX_TOO_OLD = 'ChatTransferFlexTooOld';

const CANCELLED_TIMEOUT_MS = 4_000;
const NOT_TAKEN_TIMEOUT_MS = 10_000;
/** Long enough to read. A failure shows on every view, where it covers the header of a task. */
const FAILED_TIMEOUT_MS = 8_000;

/** Registers every notification with Flex. A notification's id is the key of its text. */
export function registerNotifications(manager: Manager): void {
  const { success, information, warning, error } = NotificationType;
  Notifications.registerNotification({
    id: STILL_TRYING,
    content: STILL_TRYING,
    type: information,
    timeout: 0,
    options: { target: 'messagingCanvas' },
  });
  for (const id of FAILURE_STRINGS) {
    const type = INFORMATION_ONLY.has(id) ? information : error;
    Notifications.registerNotification({ id, content: id, type, timeout: FAILED_TIMEOUT_MS });
  }
  Notifications.registerNotification({
    id: CANCELLED,
    content: CANCELLED,
    type: success,
    timeout: CANCELLED_TIMEOUT_MS,
    // In the chat, where the cancel button was.
    options: { target: 'messagingCanvas' },
  });
  Notifications.registerNotification({
    id: NOTICES_PENDING,
    content: NOTICES_PENDING,
    type: information,
    timeout: FAILED_TIMEOUT_MS,
  });
  Notifications.registerNotification({
    id: NOT_TAKEN,
    content: NOT_TAKEN,
    type: warning,
    timeout: NOT_TAKEN_TIMEOUT_MS,
    actions: [
      // The text, not its key: Flex passes the label to screen readers without looking it up.
      <NotificationBar.Action
        key="show"
        label={readString(manager, 'ChatTransferShowChat')}
        onClick={showChatOf}
      />,
    ],
  });
  Notifications.registerNotification({
    id: TARGET_OFFLINE,
    content: TARGET_OFFLINE,
    type: information,
    timeout: NOT_TAKEN_TIMEOUT_MS,
  });
  // Until the agent closes it or is available again: they may be away from the screen.
  Notifications.registerNotification({ id: MISSED_CHAT, content: MISSED_CHAT, type: warning, timeout: 0 });
  for (const id of [NOT_SET_UP, FLEX_TOO_OLD])
    Notifications.registerNotification({ id, content: id, type: error, timeout: 0 });
}

/** @param notice the notice's sentence, without a full stop */
export function showNotTaken(task: ITask, notice: string): void {
  Notifications.showNotification(NOT_TAKEN, { notice, customer: task.defaultFrom, sid: task.sid });
}

/** Selects the task that the notification is about. */
function showChatOf(_click: unknown, notification: { readonly context?: Record<string, unknown> }): void {
  Notifications.dismissNotificationById(NOT_TAKEN);
  void Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' });
  void Actions.invokeAction('SelectTask', { sid: notification.context?.sid });
}

/** @param target the target's public name @param activity the name of their activity */
export function showTargetOffline(target: string, activity: string): void {
  Notifications.showNotification(TARGET_OFFLINE, { target, activity });
}

/** @param activity the name of the agent's activity */
export function showMissedChat(activity: string): void {
  Notifications.dismissNotificationById(MISSED_CHAT);
  Notifications.showNotification(MISSED_CHAT, { activity });
}

export function dismissMissedChat(): void {
  Notifications.dismissNotificationById(MISSED_CHAT);
}

export function showNotSetUp(): void {
  Notifications.showNotification(NOT_SET_UP);
}

export function showFlexTooOld(): void {
  Notifications.showNotification(FLEX_TOO_OLD);
}

export function createNotifications(manager: Manager): AgentNotifications {
  return {
    setStillTrying(isTrying) {
      if (isTrying) Notifications.showNotification(STILL_TRYING);
      else Notifications.dismissNotificationById(STILL_TRYING);
    },
    showTransferCancelled() {
      Notifications.showNotification(CANCELLED);
    },
    showNoticesPending() {
      Notifications.showNotification(NOTICES_PENDING);
    },
    showFailure(outcome, failure) {
      console.error(failure.message);
      const { string, facts } = describeFailureToAgent(failure);
      Notifications.showNotification(string, { outcome: readString(manager, outcome), ...facts });
    },
    dismissFailures() {
      for (const id of FAILURE_STRINGS) Notifications.dismissNotificationById(id);
    },
  };
}
