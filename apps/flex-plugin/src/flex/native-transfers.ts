/** Flex's own transfers of chats: whether the account has them, and where they are to be seen beside ours. */
import { Actions, type ITask, type Manager } from '@twilio/flex-ui';
import { isChatTask } from '../chat-task';
import { decideNativeTransfers, type NativeTransfersDecision } from '../native-transfers';

/** Tells the console what is in force. Flex has its features by the time it loads plugins. */
export function replaceNativeTransfers(manager: Manager): NativeTransfersDecision {
  const { transfersConfig } = manager.store.getState().flex.featureFlags;
  const areOn = transfersConfig.enabled === true;
  const decision = decideNativeTransfers(manager.serviceConfiguration, areOn);
  if (decision.problem !== undefined) console.error(decision.problem);
  if (decision.info !== undefined) console.info(decision.info);

  /** Flex's menu beside End and its directory ask the store, and there is no other way to them. */
  const show = (enabled: boolean) => {
    manager.store.dispatch({ type: 'TRANSFERS_CONFIG_UPDATE', payload: { ...transfersConfig, enabled } });
  };
  if (decision.hidesNativeTransfers) {
    show(false);
  } else if (areOn) {
    // The directory would have its own form for a chat of Programmable Chat, too, whose button never works.
    Actions.addListener('beforeShowDirectory', ({ task }: { readonly task?: ITask }) => {
      if (isChatTask(task) && !decision.usesNativeTransfer(task)) show(false);
    });
    Actions.addListener('afterHideDirectory', () => show(true));
  }
  return decision;
}
