/** Hides Flex's native transfers, for all chats or for those that this plugin transfers. */
import { Actions, type ITask, type Manager } from '@twilio/flex-ui';
import { isChatTask } from '../chat-task';
import { decideNativeTransfers, type NativeTransfersDecision } from '../native-transfers';

/** Also logs who transfers chats and why. Reads Flex's feature flags, which Flex loads before plugins. */
export function replaceNativeTransfers(manager: Manager): NativeTransfersDecision {
  const { transfersConfig } = manager.store.getState().flex.featureFlags;
  const areEnabled = transfersConfig.enabled === true;
  const decision = decideNativeTransfers(manager.serviceConfiguration, areEnabled);
  if (decision.problem !== undefined) console.error(decision.problem);
  if (decision.info !== undefined) console.info(decision.info);

  /** Flex's directory and the menu beside End read this flag. There is no other way to hide their transfer buttons. */
  const setEnabled = (enabled: boolean) => {
    manager.store.dispatch({ type: 'TRANSFERS_CONFIG_UPDATE', payload: { ...transfersConfig, enabled } });
  };
  if (decision.hidesNativeTransfers) {
    setEnabled(false);
  } else if (areEnabled) {
    // The directory shows its own form for chats on Programmable Chat too, where the form's button never works.
    Actions.addListener('beforeShowDirectory', ({ task }: { readonly task?: ITask }) => {
      if (isChatTask(task) && !decision.usesNativeTransfer(task)) setEnabled(false);
    });
    Actions.addListener('afterHideDirectory', () => setEnabled(true));
  }
  return decision;
}
