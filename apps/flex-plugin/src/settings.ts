/**
 * Reads what an admin has set in the Flex configuration, under `ui_attributes.chat_transfer`:
 * - `functions_url`: the URL of the functions. The default is the one that the build has put into the script.
 * - `native_transfers`: who transfers chats in an account that has Flex's native transfers enabled.
 */
import { valueAt } from './value-at';

/** The part of Flex's service configuration that the plugin reads. An admin writes it, so its values may be invalid. */
export interface ServiceConfiguration {
  readonly ui_attributes?: unknown;
}

export type Settings =
  /** `functionsUrl` has no trailing slash. */
  | { readonly ok: true; readonly functionsUrl: string }
  /** `problem` is for developers. */
  | { readonly ok: false; readonly problem: string };

/**
 * For chats on Flex Conversations in an account with native transfers. `replace`: this plugin transfers them.
 * `keep`: Flex transfers them itself.
 */
type NativeTransfers = 'replace' | 'keep';

export interface NativeTransfersSetting {
  readonly nativeTransfers: NativeTransfers;
  /** For the log: whether an admin has set the value. */
  readonly source: 'set' | 'default';
  /** For developers: the value that was set, and why it is ignored. */
  readonly problem?: string;
}

const HOW_TO_SET = 'Set ui_attributes.chat_transfer.functions_url in the Flex configuration.';

/** The URL that the build has put into the script, or an empty text. See `vite.config.ts`. */
declare const __CHAT_TRANSFER_FUNCTIONS_URL: string;

/**
 * @param builtIn the URL of the functions that the build has set. There is no other default: `runtime_domain` in the
 * configuration is the host of Flex, not that of the functions.
 */
export function readSettings(
  configuration: ServiceConfiguration,
  builtIn: string = __CHAT_TRANSFER_FUNCTIONS_URL,
): Settings {
  const configured = valueAt(configuration.ui_attributes, 'chat_transfer', 'functions_url');
  if (configured !== undefined && configured !== null && configured !== '')
    return readFunctionsUrl('functions_url', configured);
  if (builtIn !== '') return readFunctionsUrl('CHAT_TRANSFER_FUNCTIONS_URL of the build', builtIn);
  return { ok: false, problem: `The URL of the functions is not set. ${HOW_TO_SET}` };
}

export function readNativeTransfers({ ui_attributes }: ServiceConfiguration): NativeTransfersSetting {
  const value = valueAt(ui_attributes, 'chat_transfer', 'native_transfers');
  if (value === 'replace' || value === 'keep') return { nativeTransfers: value, source: 'set' };
  const byDefault = { nativeTransfers: 'replace', source: 'default' } as const;
  if (value === undefined || value === null) return byDefault;
  const problem =
    `native_transfers is ${JSON.stringify(value)}, which is neither "replace" nor "keep". ` +
    'Set ui_attributes.chat_transfer.native_transfers in the Flex configuration.';
  return { ...byDefault, problem };
}

function readFunctionsUrl(setting: string, value: unknown): Settings {
  const url = typeof value === 'string' ? parseUrl(value) : undefined;
  if (url === undefined) {
    return { ok: false, problem: `${setting} is not a URL: ${JSON.stringify(value)}. ${HOW_TO_SET}` };
  }
  // Every request carries the agent's Flex token, so only requests to this machine may be without TLS.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisMachine(url.hostname))) {
    return { ok: false, problem: `${setting} does not start with https://: ${url.origin}. ${HOW_TO_SET}` };
  }
  return { ok: true, functionsUrl: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}

function isThisMachine(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]' || /(^|\.)localhost$/.test(hostname);
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
