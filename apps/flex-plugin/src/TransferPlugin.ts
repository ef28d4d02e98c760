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
import { leaveEndingToTheServer } from './flex/chat-orchestrations';
import { closeDirectory } from './flex/directory';
import { tellOfFruitlessTransfers } from './flex/fruitless-transfers';
import { showIncomingNote } from './flex/incoming-note';
import { settleNativeTransfers } from './flex/native-transfers';
import { readNoticesAtOnce, showNoticesInChat } from './flex/notices';
import { createNotifications, registerNotifications, showNotSetUp } from './flex/notifications';
import { showOpenTransfer } from './flex/open-transfer';
import { replaceActions } from './flex/replace-actions';
import { welcomeReturnedChats } from './flex/returned-chats';
import { addStrings } from './flex/strings';
import { adjustTaskChannels } from './flex/task-channels';
import { waitForNextToken } from './flex/token';
import { addTransferButton } from './flex/transfer-button';
import { showUntoldNotices } from './flex/untold-notices';
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
  showUntoldNotices(manager);
  readNoticesAtOnce(manager);

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

  const { isLeftToFlex } = settleNativeTransfers(manager);
  replaceActions(manager, {
    transferTask: createTransferTask({
      api,
      notifications,
      closeDirectory,
      newTransferId: () => crypto.randomUUID(),
    }),
    wrapupTask: createWrapupTask({ api, notifications }),
    completeTask: createCompleteTask({ api, notifications }),
    isLeftToFlex,
  });
  leaveEndingToTheServer();
  welcomeReturnedChats(manager);
  adjustTaskChannels(manager);
  showIncomingNote();

  const canceller = createTransferCanceller({ api, notifications });
  addTransferButton({ manager, canceller, isLeftToFlex });
  showOpenTransfer({ manager, canceller });
  tellOfFruitlessTransfers(manager);
}
