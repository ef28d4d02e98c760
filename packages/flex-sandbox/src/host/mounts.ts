/**
 * Serves the built files of other applications at a path of the sandbox, as any web server would.
 *
 * Their pages get the redirect shim put into their head, so that an application runs here exactly as it was built
 * and carries no trace of the sandbox. Files are read anew each time: a rebuild shows on reload.
 */
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { type ApiReply, decodeSegment } from '../router.js';
import type { PageHandler } from '../server.js';
import { findHostFileUrl } from './host-files.js';

/**
 * Path of the sandbox, such as `/webchat`, → folder on this machine. Of several folders, the first that has a file
 * serves it: settings of this installation over an application as it was built.
 */
export type Mounts = Readonly<Record<string, string | readonly string[]>>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

function contentTypeOf(file: string): string {
  return CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';
}

export function serveMounts(mounts: Mounts): PageHandler {
  // The longest path first, so that `/plugins/one` may lie inside `/plugins`.
  const entries = Object.entries(mounts)
    .map(([path, folders]) => ({
      path: path.replace(/\/$/, ''),
      folders: [folders].flat().map((folder) => resolve(folder)),
    }))
    .sort((a, b) => b.path.length - a.path.length);

  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    for (const { path, folders } of entries) {
      // Without the slash, a page's relative addresses would miss the mount.
      if (url.pathname === path) return { status: 302, headers: { location: `${path}/${url.search}` } };
      if (!url.pathname.startsWith(`${path}/`)) continue;
      for (const folder of folders) {
        const reply = await serveFile(folder, url.pathname.slice(path.length));
        if (reply !== undefined) return reply;
      }
    }
    return undefined;
  };
}

async function serveFile(folder: string, pathInFolder: string): Promise<ApiReply | undefined> {
  const asked = join(folder, decodeSegment(pathInFolder));
  if (asked !== folder && !asked.startsWith(folder + sep)) return undefined;
  const about = await stat(asked).catch(() => undefined);
  const file = about?.isDirectory() === true ? join(asked, 'index.html') : asked;
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return undefined;
  const type = contentTypeOf(file);
  return {
    headers: { 'content-type': type, 'cache-control': 'no-cache' },
    body: type.startsWith('text/html') ? await insertShim(content) : content,
  };
}

async function insertShim(page: Buffer): Promise<Buffer> {
  const address = await findHostFileUrl('shim.js');
  return address === undefined ? page : Buffer.from(insertFirstInHead(page.toString('utf8'), address));
}

/** The page with one more script, before every other: an SDK takes `WebSocket` from the page when it loads. */
export function insertFirstInHead(html: string, scriptAddress: string): string {
  const script = `<script src="${scriptAddress}"></script>`;
  const head = /<head(?:\s[^>]*)?>/i;
  return head.test(html) ? html.replace(head, `$&${script}`) : script + html;
}
