/**
 * Who transfers chats in an account where Flex can do so itself: two kinds of transfer side by side would not know of each
 * other. Flex's own are for Flex Conversations only, and only where the account has them switched on.
 */
import { type FlexTask, readBackend } from './chat-task';
import { readNativeTransfers, type ServiceConfiguration } from './settings';

export interface NativeTransfersDecision {
  /** Ours take the place of Flex's, which are to be seen nowhere. */
  readonly hidesNativeTransfers: boolean;
  /** Whether Flex transfers this chat itself. Leaving and completing are ours all the same. */
  usesNativeTransfer(task: FlexTask | undefined): boolean;
  /** For whoever wonders; absent where Flex has no transfers. */
  readonly info?: string;
  /** Something is set wrong. */
  readonly problem?: string;
}

/** @param areOn the account has Flex's own transfers switched on */
export function decideNativeTransfers(
  configuration: ServiceConfiguration,
  areOn: boolean,
): NativeTransfersDecision {
  const { nativeTransfers, source, problem } = readNativeTransfers(configuration);
  const keeps = areOn && nativeTransfers === 'keep';
  const why = `ui_attributes.chat_transfer.native_transfers is "${nativeTransfers}"${source === 'default' ? ' by default' : ''}`;
  const what = keeps
    ? 'Chat transfer leaves transfers of chats on Flex Conversations to Flex'
    : "Chat transfer takes the place of Flex's own transfers, which this account has switched on";
  return {
    hidesNativeTransfers: areOn && !keeps,
    usesNativeTransfer: (task) => keeps && readBackend(task) === 'conversations',
    ...(areOn ? { info: `${what}: ${why}.` } : {}),
    ...(problem === undefined ? {} : { problem: `Chat transfer: ${problem} Until then it is "replace".` }),
  };
}
