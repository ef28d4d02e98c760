/**
 * Decides whether this plugin or Flex transfers chats in an account with Flex's native transfers. Only one of them may
 * transfer a chat, because neither knows the transfers of the other. Native transfers exist for Flex Conversations only,
 * and an account has to enable them.
 */
import { type FlexTask, readBackend } from './chat-task';
import { readNativeTransfers, type ServiceConfiguration } from './settings';
import { valueAt } from './value-at';

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

export interface NativeTransfersPorts {
  readonly configuration: ServiceConfiguration;
  /**
   * The account's settings of native transfers in Flex's store; `undefined` if Flex keeps them elsewhere. The same object
   * until they are written again.
   */
  readonly readConfig: () => object | undefined;
  readonly writeConfig: (config: object) => void;
  /** Flex has ignored what was written. */
  readonly onIgnored: () => void;
  readonly log: Pick<Console, 'info' | 'error'>;
}

/**
 * Keeps Flex's native transfers hidden where this plugin transfers chats. Flex fetches the account's settings again from
 * time to time, and overwrites what the plugin has set.
 */
export function createNativeTransfersSwitch({
  configuration,
  readConfig,
  writeConfig,
  onIgnored,
  log,
}: NativeTransfersPorts) {
  /** The settings that Flex has fetched last, and those that the plugin has written after that. */
  let fetched: object | undefined;
  let written: object | undefined;
  let decision = decideNativeTransfers(configuration, false);
  if (decision.problem !== undefined) log.error(decision.problem);
  /** Whether the directory is open for a chat that Flex cannot transfer. */
  let isOwnDirectoryOpen = false;

  /** Call it at the start, and when Flex's store has changed. */
  function update(): void {
    const config = readConfig();
    if (config === undefined || config === written || config === fetched) return;
    [fetched, written] = [config, undefined];
    const before = decision.info;
    decision = decideNativeTransfers(configuration, isEnabled(config));
    if (decision.info !== undefined && decision.info !== before) log.info(decision.info);
    apply();
  }

  function apply(): void {
    if (fetched === undefined || !isEnabled(fetched)) return;
    const enabled = !decision.hidesNativeTransfers && !isOwnDirectoryOpen;
    if (isEnabled(written ?? fetched) === enabled) return;
    // Before writing: the store calls its listeners while it is written.
    written = { ...fetched, enabled };
    writeConfig(written);
    if (isEnabled(readConfig()) !== enabled) onIgnored();
  }

  return {
    update,
    directoryOpens(task: FlexTask | undefined): void {
      isOwnDirectoryOpen = !decision.usesNativeTransfer(task);
      apply();
    },
    directoryCloses(): void {
      isOwnDirectoryOpen = false;
      apply();
    },
    /** Whether Flex transfers this chat itself. */
    usesNativeTransfer: (task: FlexTask | undefined): boolean => decision.usesNativeTransfer(task),
  };
}

const isEnabled = (config: unknown): boolean => valueAt(config, 'enabled') === true;
