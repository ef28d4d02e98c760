/**
 * Finds and serves the built files for the browser: the Flex UI bundle, the redirect shim, and the script and
 * style of the landing page. The package's build creates them, never the running sandbox.
 */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { PageHandler } from '../server.js';

/** The folder of this package, whether the code runs from `src` (tests) or from `dist`. */
export const packageFolder = dirname(
  createRequire(import.meta.url).resolve('@chat-transfer/flex-sandbox/package.json'),
);

export const hostFolder = join(packageFolder, 'dist', 'host');

/** The path of a built file is this prefix and its name in `hostFolder`. */
const HOST_FILES_PATH = '/_sandbox/host/';

const BUILT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * The URL of a built file; `undefined` when the file has not been built. The URL contains the modification
 * time, so that browsers may cache the file for ever. Parsing 17 MB again for each window takes seconds.
 */
export async function findHostFileUrl(name: string): Promise<string | undefined> {
  const stats = await stat(join(hostFolder, name)).catch(() => undefined);
  return stats === undefined ? undefined : `${HOST_FILES_PATH}${name}?v=${Math.floor(stats.mtimeMs)}`;
}

/** Serves the built files. Their URLs change with every build, so browsers may cache them. */
export const serveHostFiles: PageHandler = async ({ method, url }) => {
  if (method !== 'GET' || !url.pathname.startsWith(HOST_FILES_PATH)) return undefined;
  const name = url.pathname.slice(HOST_FILES_PATH.length);
  const contentType = BUILT_TYPES[extname(name)];
  if (!/^[\w.-]+$/.test(name) || contentType === undefined) return undefined;
  const body = await readFile(join(hostFolder, name)).catch(() => undefined);
  if (body === undefined) return undefined;
  return {
    body,
    headers: { 'content-type': contentType, 'cache-control': 'public, max-age=31536000, immutable' },
  };
};
