/**
 * Where the built files for the browser are: the Flex UI bundle, the redirect shim and the landing page's
 * script and style. They are made by the package's build, never at run time.
 */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { PageHandler } from '../server.js';

/** The package's own folder, the same from `src` (tests) and from `dist`. */
export const packageFolder = dirname(
  createRequire(import.meta.url).resolve('@chat-transfer/flex-sandbox/package.json'),
);

export const hostFolder = join(packageFolder, 'dist', 'host');

/** The address of every built file starts with this; the rest is its name in `hostFolder`. */
const HOST_FILES_PATH = '/_sandbox/host/';

const BUILT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * A built file's address with its age in it, so that browsers may keep it for ever: parsing 17 MB anew for each
 * window would cost seconds. `undefined` when it has not been built.
 */
export async function findHostFileUrl(name: string): Promise<string | undefined> {
  const about = await stat(join(hostFolder, name)).catch(() => undefined);
  return about === undefined ? undefined : `${HOST_FILES_PATH}${name}?v=${Math.floor(about.mtimeMs)}`;
}

/** Serves the built files. Their address changes with every build, so browsers may keep them. */
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
