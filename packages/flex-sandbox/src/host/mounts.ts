/**
 * Serves the built files of other applications at a path of the sandbox, like a web server.
 *
 * Inserts the redirect shim into the pages, so that applications need no code for the sandbox. Reads a file
 * at every request, so that a reload shows a new build.
 */
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { type ApiReply, decodeSegment } from '../router.js';
import type { PageHandler } from '../server.js';
import { findHostFileUrl } from './host-files.js';

/**
 * Path of the sandbox, such as `/webchat` → folder on this machine. With several folders, the first one that
 * has a file serves it, so that a folder with settings can override files of a built application.
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
  // Longest path first, so that `/plugins/one` takes precedence over `/plugins`.
  const entries = Object.entries(mounts)
    .map(([path, folders]) => ({
      path: path.replace(/\/$/, ''),
      folders: [folders].flat().map((folder) => resolve(folder)),
    }))
    .sort((a, b) => b.path.length - a.path.length);

  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    for (const { path, folders } of entries) {
      // Without the trailing slash, relative URLs of the page would resolve outside the mount.
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
  const path = join(folder, decodeSegment(pathInFolder));
  if (path !== folder && !path.startsWith(folder + sep)) return undefined;
  const stats = await stat(path).catch(() => undefined);
  const file = stats?.isDirectory() === true ? join(path, 'index.html') : path;
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return undefined;
  const type = contentTypeOf(file);
  return {
    headers: { 'content-type': type, 'cache-control': 'no-cache' },
    body: type.startsWith('text/html') ? await insertShim(content) : content,
  };
}

async function insertShim(page: Buffer): Promise<Buffer> {
  const url = await findHostFileUrl('shim.js');
  return url === undefined ? page : Buffer.from(insertFirstInHead(page.toString('utf8'), url));
}

/** Inserts a script before all others, because an SDK takes `WebSocket` from the page when the SDK loads. */
export function insertFirstInHead(html: string, scriptUrl: string): string {
  const script = `<script src="${scriptUrl}"></script>`;
  const head = /<head(?:\s[^>]*)?>/i;
  return head.test(html) ? html.replace(head, `$&${script}`) : script + html;
}
