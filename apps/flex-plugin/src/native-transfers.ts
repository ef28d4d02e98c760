/**
 * Decides whether this plugin or Flex transfers chats in an account with Flex's native transfers. Only one of them may
 * transfer a chat, because neither knows the transfers of the other. Native transfers exist for Flex Conversations only,
 * and an account has to enable them.
 */
import { type FlexTask, readBackend } from './chat-task';
import { readNativeTransfers, type ServiceConfiguration } from './settings';

export interface NativeTransfersDecision {
  /** Whether Flex must show no native transfers at all. */
  readonly hidesNativeTransfers: boolean;
  /** Whether Flex transfers this chat itself. The plugin handles leaving and completing in any case. */
  usesNativeTransfer(task: FlexTask | undefined): boolean;
  /** For the console: who transfers chats, and why. Absent if native transfers are not enabled. */
  readonly info?: string;
  /** For the console: the setting is invalid. */
  readonly problem?: string;
}

/** @param areEnabled whether the account has native transfers enabled */
export function decideNativeTransfers(
  configuration: ServiceConfiguration,
  areEnabled: boolean,
): NativeTransfersDecision {
  const { nativeTransfers, source, problem } = readNativeTransfers(configuration);
  const keepsNative = areEnabled && nativeTransfers === 'keep';
  const why = `ui_attributes.chat_transfer.native_transfers is "${nativeTransfers}"${source === 'default' ? ' by default' : ''}`;
  const what = keepsNative
    ? 'Chat transfer leaves transfers of chats on Flex Conversations to Flex'
    : "Chat transfer takes the place of Flex's own transfers, which this account has enabled";
  return {
    hidesNativeTransfers: areEnabled && !keepsNative,
    usesNativeTransfer: (task) => keepsNative && readBackend(task) === 'conversations',
    ...(areEnabled ? { info: `${what}: ${why}.` } : {}),
    ...(problem === undefined ? {} : { problem: `Chat transfer: ${problem} Until then it is "replace".` }),
  };
}
