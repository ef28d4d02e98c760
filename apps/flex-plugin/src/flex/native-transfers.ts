/** Hides Flex's native transfers, for all chats or for those that this plugin transfers. */
import { Actions, type ITask, type Manager } from '@twilio/flex-ui';
import { isChatTask } from '../chat-task';
import { readTransfersConfig } from '../flex-internals';
import { createNativeTransfersSwitch } from '../native-transfers';
import { reportMissing } from './store';

export interface NativeTransfers {
  /** Whether Flex transfers this chat itself. */
  usesNativeTransfer(task: ITask | undefined): boolean;
}

/**
 * Also logs who transfers chats and why. Flex's directory and the menu beside End read the settings in Flex's store. There
 * is no other way to hide their transfer buttons.
 */
export function replaceNativeTransfers(manager: Manager): NativeTransfers {
  const { update, directoryOpens, directoryCloses, usesNativeTransfer } = createNativeTransfersSwitch({
    configuration: manager.serviceConfiguration,
    readConfig: () => readTransfersConfig(manager.store.getState(), reportMissing),
    writeConfig: (payload) => {
      manager.store.dispatch({ type: 'TRANSFERS_CONFIG_UPDATE', payload });
    },
    onIgnored: () => reportMissing('the action TRANSFERS_CONFIG_UPDATE of its store'),
    log: console,
  });
  update();
  manager.store.subscribe(update);
  // The directory shows its own form for chats on Programmable Chat too, where the form's button never works.
  Actions.addListener('beforeShowDirectory', ({ task }: { readonly task?: ITask }) => {
    if (isChatTask(task)) directoryOpens(task);
  });
  Actions.addListener('afterHideDirectory', directoryCloses);
  return { usesNativeTransfer };
}
