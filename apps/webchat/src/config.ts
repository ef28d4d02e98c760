/**
 * The settings of an installation. They come from `config.js` next to the page, never from the page's URL:
 * otherwise a link could send what a customer types to another server.
 */
import { type Backend, BackendSchema, parseBackend } from '@chat-transfer/transfer-core';

export interface WebchatConfig {
  /** The URL of the functions, without a trailing slash; empty for the page's own origin. */
  readonly functionsUrl: string;
  /** The backend for new chats. Default: the functions choose. */
  readonly backend?: Backend;
}

declare global {
  interface Window {
    readonly chatTransferConfig?: unknown;
  }
}

/**
 * Parses what `config.js` sets, and fills in the defaults.
 * @throws Error when a setting is invalid, so that a typo shows at once
 */
export function parseConfig(value: unknown): WebchatConfig {
  const settings: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const { functionsUrl = '', backend: backendSetting } = settings;
  if (typeof functionsUrl !== 'string' || (functionsUrl !== '' && !/^https?:\/\//.test(functionsUrl))) {
    throw new Error(
      `Failed to read config.js: functionsUrl is ${JSON.stringify(functionsUrl)}. Set an http(s) URL, or '' for the page's own origin.`,
    );
  }
  const backend = parseBackend(backendSetting);
  if (backendSetting !== undefined && backend === undefined) {
    throw new Error(
      `Failed to read config.js: backend is ${JSON.stringify(backendSetting)}. Set ${BackendSchema.options.join(' or ')}, or leave it out to let the functions choose.`,
    );
  }
  return { functionsUrl: functionsUrl.replace(/\/+$/, ''), ...(backend === undefined ? {} : { backend }) };
}
