/**
 * The settings of an installation. They come from `config.js` beside the page, never from the address bar: a link
 * must not be able to send what a customer types to another server.
 */
import { type Backend, BackendSchema, parseBackend } from '@chat-transfer/transfer-core';

export interface WebchatConfig {
  /** Where the functions are, without a slash at the end; empty for the page's own origin. */
  readonly functionsUrl: string;
  /** Where chats are started. Default: as the functions choose. */
  readonly backend?: Backend;
}

declare global {
  interface Window {
    readonly chatTransferConfig?: unknown;
  }
}

/**
 * Reads what `config.js` has set. Nothing set means the defaults.
 * @throws Error when a setting cannot be meant, so that a typing mistake shows at once
 */
export function parseConfig(value: unknown): WebchatConfig {
  const settings: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const { functionsUrl = '', backend: wanted } = settings;
  if (typeof functionsUrl !== 'string' || (functionsUrl !== '' && !/^https?:\/\//.test(functionsUrl))) {
    throw new Error(
      `Failed to read config.js: functionsUrl is ${JSON.stringify(functionsUrl)}. Set an http(s) address, or '' for the page's own.`,
    );
  }
  const backend = parseBackend(wanted);
  if (wanted !== undefined && backend === undefined) {
    throw new Error(
      `Failed to read config.js: backend is ${JSON.stringify(wanted)}. Set one of ${BackendSchema.options.join(', ')}, or nothing for the functions' own choice.`,
    );
  }
  return { functionsUrl: functionsUrl.replace(/\/+$/, ''), ...(backend === undefined ? {} : { backend }) };
}
