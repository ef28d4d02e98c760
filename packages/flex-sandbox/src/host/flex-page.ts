/**
 * The page with the real Flex UI. Each worker has a separate origin, `http://NAME.flex.localhost:PORT`, so
 * that frames of one page do not share a session. Browsers resolve every `*.localhost` to this machine.
 * `/flex/?worker=NAME` on the plain host (`127.0.0.1` or `localhost`) is the same page for a single window.
 */
import type { PageHandler } from '../server.js';
import { findHostFileUrl } from './host-files.js';

/**
 * The host of the landing page. The page and its frames must belong to one site: in a third-party frame, a
 * browser may block the storage that holds the session.
 */
export const LANDING_HOST = 'flex.localhost';

/** Paths that Flex's router shows in the address bar. A reload of such a path must load Flex. */
const FLEX_PATHS =
  /^\/(?:flex|agent-desktop|teams|queues-stats|no-tasks|admin|questionnaires|debugger)(?:\/|$)/;

/** The worker in a host name: `alice` in `alice.flex.localhost` and in `alice.localhost`. */
export function parseWorkerHost(hostname: string): string | undefined {
  if (hostname === LANDING_HOST) return undefined;
  return /^([\w-]+)\.(?:flex\.)?localhost$/.exec(hostname)?.[1];
}

/** The URL of a worker's Flex. A name that is not a valid host label goes into the query. */
export function buildFlexUrl(sandboxUrl: string, worker: string): string {
  const { port } = new URL(sandboxUrl);
  const isHostLabel = /^[a-z\d-]+$/i.test(worker);
  return isHostLabel
    ? `http://${worker.toLowerCase()}.${LANDING_HOST}:${port}/`
    : `${sandboxUrl}/flex/?worker=${encodeURIComponent(worker)}`;
}

export const serveFlexPage: PageHandler = async ({ method, url }) => {
  const worker = parseWorkerHost(url.hostname);
  const isFlex = worker !== undefined || FLEX_PATHS.test(url.pathname);
  // A request for a missing script must not get this page.
  if (method !== 'GET' || !isFlex || /\.\w+$/.test(url.pathname)) return undefined;
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // Gives each frame a separate process: two Flex desktops in one process are slow.
      'origin-agent-cluster': '?1',
    },
    body: Buffer.from(await renderFlexPage(worker)),
  };
};

async function renderFlexPage(worker: string | undefined): Promise<string> {
  const script = async (name: string, attributes = '') => {
    const url = await findHostFileUrl(name);
    return url === undefined ? '' : `<script ${attributes} src="${url}"></script>`;
  };
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Flex</title>
  <link rel="icon" href="data:,">
  <style>
    html, body, #root { height: 100%; margin: 0 }
    #root > div { height: 100% }
    .waiting, .failure { margin: 0; padding-top: 40vh; text-align: center; font: 15px -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; color: #606b85 }
    .failure { color: #b3261e }
  </style>
  ${await script('shim.js', 'data-reloads')}
  ${await script('flex-ui.js', 'defer')}
  ${await script('flex-boot.js', 'defer')}
</head>
<body${worker === undefined ? '' : ` data-worker="${worker}"`}>
  <div id="root"><p class="waiting">Starting Flex…</p></div>
</body>
</html>
`;
}
