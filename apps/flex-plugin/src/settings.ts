/**
 * What an admin sets in the Flex configuration, under `ui_attributes.chat_transfer`:
 * - `functions_url`: where the functions are. Without it, they are expected on the account's own runtime domain, where
 *   Twilio's tools deploy them.
 * - `native_transfers`: who transfers chats in an account where Flex can do so itself.
 */

/** The part of Flex's service configuration that is read here; it is JSON that an admin wrote. */
export interface ServiceConfiguration {
  readonly ui_attributes?: unknown;
  readonly runtime_domain?: unknown;
}

export type Settings =
  /** `functionsUrl` has no slash at its end. */
  | { readonly ok: true; readonly functionsUrl: string }
  /** For developers. */
  | { readonly ok: false; readonly problem: string };

/**
 * On Flex Conversations, Flex has transfers of its own, which an account may have switched on. `replace`: ours take their
 * place. `keep`: Flex transfers these chats itself, and ours step back.
 */
type NativeTransfers = 'replace' | 'keep';

export interface NativeTransfersSetting {
  readonly nativeTransfers: NativeTransfers;
  /** Where it comes from, for the log. */
  readonly source: 'set' | 'default';
  /** For developers: what was set, and why it does not count. */
  readonly problem?: string;
}

const HOW_TO_SET = 'Set ui_attributes.chat_transfer.functions_url in the Flex configuration.';

export function readSettings(configuration: ServiceConfiguration): Settings {
  const configured = valueAt(configuration.ui_attributes, 'chat_transfer', 'functions_url');
  if (configured !== undefined) return readFunctionsUrl('functions_url', configured);

  const domain = configuration.runtime_domain;
  if (typeof domain === 'string' && domain !== '') {
    // Accounts have it with and without a scheme.
    return readFunctionsUrl('runtime_domain', domain.includes('://') ? domain : `https://${domain}`);
  }
  return { ok: false, problem: `Neither functions_url nor runtime_domain is set. ${HOW_TO_SET}` };
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
  // Every request carries the agent's Flex token; only a machine talking to itself may do without TLS.
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

function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
