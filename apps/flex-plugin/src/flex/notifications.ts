/**
 * Flex's notifications for one agent. What concerns the chat as a whole is a notice in the conversation instead,
 * written by the server.
 */
import { type Manager, Notifications, NotificationType } from '@twilio/flex-ui';
import type { AgentNotifications } from '../actions/ask-functions';
import { describeFailureToAgent, FAILURE_STRINGS } from '../failure-notification';
import { readString } from './strings';

const STARTED = 'ChatTransferStarted';
const STILL_TRYING = 'ChatTransferStillTrying';
const NOT_SET_UP = 'ChatTransferNotSetUp';

const STARTED_TIMEOUT_MS = 4_000;
/** Wherever the agent is by then, and so over the task's header: long enough to read, not longer. */
const FAILED_TIMEOUT_MS = 8_000;

/** Makes each known to Flex; the id of a notification is the key of its text. */
export function registerNotifications(): void {
  const { success, information, error } = NotificationType;
  Notifications.registerNotification({
    id: STARTED,
    content: STARTED,
    type: success,
    timeout: STARTED_TIMEOUT_MS,
    // In the chat that is transferred, where its button was.
    options: { target: 'messagingCanvas' },
  });
  Notifications.registerNotification({
    id: STILL_TRYING,
    content: STILL_TRYING,
    type: information,
    timeout: 0,
    options: { target: 'messagingCanvas' },
  });
  for (const id of FAILURE_STRINGS) {
    Notifications.registerNotification({ id, content: id, type: error, timeout: FAILED_TIMEOUT_MS });
  }
  Notifications.registerNotification({ id: NOT_SET_UP, content: NOT_SET_UP, type: error, timeout: 0 });
}

export function showNotSetUp(): void {
  Notifications.showNotification(NOT_SET_UP);
}

export function createNotifications(manager: Manager): AgentNotifications {
  return {
    transferStarted(target) {
      Notifications.showNotification(STARTED, { target });
    },
    stillTrying(trying) {
      if (trying) Notifications.showNotification(STILL_TRYING);
      else Notifications.dismissNotificationById(STILL_TRYING);
    },
    failed(outcome, failure) {
      console.error(failure.message);
      const { string, facts } = describeFailureToAgent(failure);
      Notifications.showNotification(string, { outcome: readString(manager, outcome), ...facts });
    },
    dismissFailures() {
      for (const id of FAILURE_STRINGS) Notifications.dismissNotificationById(id);
    },
  };
}
