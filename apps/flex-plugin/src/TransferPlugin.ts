/**
 * READ FIRST: everything this plugin registers with Flex, in order.
 *
 * The plugin sends requests to apps/functions and shows what happens in a chat. It never changes task attributes,
 * messages or conversations itself, so a page that closes during a transfer loses nothing.
 */
import type { TransferTarget } from '@chat-transfer/transfer-core';
import { FlexPlugin } from '@twilio/flex-plugin';
import { createTransferCanceller } from './actions/cancel-transfer';
import { createCompleteTask } from './actions/complete-task';
import { createTransferTask } from './actions/transfer-task';
import { createWrapupTask } from './actions/wrapup-task';
import { askForSweeps } from './ask-for-sweeps';
import { showAgentOnlyNotices } from './flex/agent-only-notices';
import { disableClientSideEnding } from './flex/chat-orchestrations';
import { findVersionProblem, warnOfOtherTransfers } from './flex/check-flex';
import { closeDirectory } from './flex/directory';
import { showIncomingNote } from './flex/incoming-note';
import { notifyMissedChats } from './flex/missed-chats';
import { replaceNativeTransfers } from './flex/native-transfers';
import { markNoticesAsRead, showNoticesInChat } from './flex/notices';
import {
  createNotifications,
  registerNotifications,
  showFlexTooOld,
  showNotSetUp,
} from './flex/notifications';
import { showOpenTransfer } from './flex/open-transfer';
import { replaceActions } from './flex/replace-actions';
import { handleReturnedChats } from './flex/returned-chats';
import { addStrings } from './flex/strings';
import { adjustTaskChannels } from './flex/task-channels';
import { waitForNextToken } from './flex/token';
import { addTransferButton } from './flex/transfer-button';
import type { Manager } from './flex/ui';
import { notifyUntakenTransfers } from './flex/untaken-transfers';
import { readSettings } from './settings';
import { createTransferApi, type TransferApi } from './transfer-api';

export class TransferPlugin extends FlexPlugin {
  constructor() {
    super('ChatTransferPlugin');
  }

  /** Never throws: Flex must start without the plugin if registering fails. */
  override init(_flex: unknown, manager: Manager): void {
    try {
      register(manager);
    } catch (cause) {
      console.error('Failed to start chat transfer: an error was thrown. Reload Flex.', cause);
    }
  }
}

function register(manager: Manager): void {
  // Texts and notifications
  addStrings(manager);
  registerNotifications(manager);

  const versionProblem = findVersionProblem();
  if (versionProblem !== undefined) {
    console.error(`Failed to start chat transfer: ${versionProblem} Until then Flex works without it.`);
    showFlexTooOld();
    return;
  }
  warnOfOtherTransfers(manager);

  // Notices. They are shown even if the settings are invalid, because this agent's chats may contain some.
  showNoticesInChat();
  showAgentOnlyNotices(manager);
  markNoticesAsRead(manager);

  const settings = readSettings(manager.serviceConfiguration);
  if (!settings.ok) {
    console.error(
      `Failed to start chat transfer: ${settings.problem} Until then Flex keeps its own actions.`,
    );
    showNotSetUp();
    return;
  }
  const api = createApi(manager, settings.functionsUrl);
  const notifications = createNotifications(manager);

  // Flex's actions on a chat: the plugin sends them to the functions
  const { usesNativeTransfer } = replaceNativeTransfers(manager);
  const targets = new Map<string, TransferTarget>();
  replaceActions(manager, {
    transferTask: createTransferTask({
      api,
      notifications,
      closeDirectory,
      createTransferId: () => crypto.randomUUID(),
      targets,
    }),
    wrapupTask: createWrapupTask({ api, notifications }),
    completeTask: createCompleteTask({ api, notifications }),
    usesNativeTransfer,
  });
  disableClientSideEnding();
  handleReturnedChats(manager);

  // Task list and incoming chats
  adjustTaskChannels(manager);
  showIncomingNote(api);

  // An agent's transfer: start it, see its state, cancel it, get notified if no agent takes it
  const canceller = createTransferCanceller({ api, notifications });
  addTransferButton({ manager, canceller, usesNativeTransfer });
  showOpenTransfer({ manager, canceller });
  notifyUntakenTransfers({ manager, targets, sleep });
  notifyMissedChats(manager, sleep);

  // Chats whose events were lost
  void askForSweeps({ api, sleep, random: Math.random, locks: navigator.locks });
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function createApi(manager: Manager, functionsUrl: string): TransferApi {
  return createTransferApi({
    functionsUrl,
    readToken: () => manager.user.token,
    waitForNextToken: (token) => waitForNextToken(manager, token),
    fetch: (url, init) => fetch(url, init),
    sleep,
    random: Math.random,
  });
}
