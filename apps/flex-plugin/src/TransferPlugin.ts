/**
 * READ FIRST: everything this plugin registers with Flex, in order, by name.
 *
 * The plugin asks and shows. The functions decide and write: no task attribute, message or conversation is
 * changed from here, so a page that is closed halfway loses nothing.
 */
import { FlexPlugin } from '@twilio/flex-plugin';
import type { Manager } from '@twilio/flex-ui';
import { createTransferCanceller } from './actions/cancel-transfer';
import { createCompleteTask } from './actions/complete-task';
import { createTransferTask } from './actions/transfer-task';
import { createWrapupTask } from './actions/wrapup-task';
import { showAgentOnlyNotices } from './flex/agent-only-notices';
import { disableClientSideEnding } from './flex/chat-orchestrations';
import { closeDirectory } from './flex/directory';
import { showIncomingNote } from './flex/incoming-note';
import { replaceNativeTransfers } from './flex/native-transfers';
import { markNoticesAsRead, showNoticesInChat } from './flex/notices';
import { createNotifications, registerNotifications, showNotSetUp } from './flex/notifications';
import { showOpenTransfer } from './flex/open-transfer';
import { replaceActions } from './flex/replace-actions';
import { handleReturnedChats } from './flex/returned-chats';
import { addStrings } from './flex/strings';
import { adjustTaskChannels } from './flex/task-channels';
import { waitForNextToken } from './flex/token';
import { addTransferButton } from './flex/transfer-button';
import { notifyUntakenTransfers } from './flex/untaken-transfers';
import { readSettings } from './settings';
import { createTransferApi } from './transfer-api';

export class TransferPlugin extends FlexPlugin {
  constructor() {
    super('ChatTransferPlugin');
  }

  /** Flex goes on without the plugin when this fails. */
  override init(_flex: unknown, manager: Manager): void {
    try {
      register(manager);
    } catch (cause) {
      console.error('Failed to start chat transfer: chats cannot be transferred. Reload Flex.', cause);
    }
  }
}

function register(manager: Manager): void {
  addStrings(manager);
  registerNotifications(manager);

  // Notices are shown even where nothing can be transferred: other agents' transfers still write them.
  showNoticesInChat();
  showAgentOnlyNotices(manager);
  markNoticesAsRead(manager);

  const settings = readSettings(manager.serviceConfiguration);
  if (!settings.ok) {
    console.error(`Failed to start chat transfer: ${settings.problem} Flex works as without the plugin.`);
    showNotSetUp();
    return;
  }

  const notifications = createNotifications(manager);
  const api = createTransferApi({
    functionsUrl: settings.functionsUrl,
    readToken: () => manager.user.token,
    waitForNextToken: (token) => waitForNextToken(manager, token),
    fetch: (url, init) => fetch(url, init),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });

  const { usesNativeTransfer } = replaceNativeTransfers(manager);
  replaceActions(manager, {
    transferTask: createTransferTask({
      api,
      notifications,
      closeDirectory,
      createTransferId: () => crypto.randomUUID(),
    }),
    wrapupTask: createWrapupTask({ api, notifications }),
    completeTask: createCompleteTask({ api, notifications }),
    usesNativeTransfer,
  });
  disableClientSideEnding();
  handleReturnedChats(manager);
  adjustTaskChannels(manager);
  showIncomingNote();

  const canceller = createTransferCanceller({ api, notifications });
  addTransferButton({ manager, canceller, usesNativeTransfer });
  showOpenTransfer({ manager, canceller });
  notifyUntakenTransfers(manager);
}
