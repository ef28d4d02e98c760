/**
 * Where the built files for the browser are: the Flex UI bundle, the redirect shim and the landing page's
 * script and style. They are made by the package's build, never at run time.
 */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The package's own folder, the same from `src` (tests) and from `dist`. */
export const packageFolder = dirname(
  createRequire(import.meta.url).resolve('@chat-transfer/flex-sandbox/package.json'),
);

export const hostFolder = join(packageFolder, 'dist', 'host');

/** The address of every built file starts with this; the rest is its name in `hostFolder`. */
export const HOST_FILES_PATH = '/_sandbox/host/';

/**
 * A built file's address with its age in it, so that browsers may keep it for ever: parsing 17 MB anew for each
 * window would cost seconds. `undefined` when it has not been built.
 */
export async function hostFileAddress(name: string): Promise<string | undefined> {
  const about = await stat(join(hostFolder, name)).catch(() => undefined);
  return about === undefined ? undefined : `${HOST_FILES_PATH}${name}?v=${Math.floor(about.mtimeMs)}`;
}

/** A built file as one line of text, for scripts that must be in the page itself. */
export async function readHostFile(name: string): Promise<string> {
  return readFile(join(hostFolder, name), 'utf8');
}
