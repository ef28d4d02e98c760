/**
 * The page that holds the real Flex UI. Each worker has an origin of their own, `http://NAME.flex.localhost:PORT`, so
 * that two of them can sit in frames of one page without sharing a session; browsers resolve every `*.localhost` to
 * this machine. `/flex/?worker=NAME` on the plain host is the same for a single window.
 */
import type { PageHandler } from '../server.js';
import { findHostFileUrl } from './host-files.js';

/**
 * The landing page's own host. Browsers that block third-party storage would leave a frame without a session, so
 * the page and its frames must be of one site.
 */
export const LANDING_HOST = 'flex.localhost';

/** Paths that Flex's own router shows in the address bar; a reload must come back to Flex. */
const FLEX_PATHS =
  /^\/(?:flex|agent-desktop|teams|queues-stats|no-tasks|admin|questionnaires|debugger)(?:\/|$)/;

/** The worker whose origin this is: `alice` for `alice.flex.localhost`. The middle label may be left out. */
export function parseWorkerHost(hostname: string): string | undefined {
  if (hostname === LANDING_HOST) return undefined;
  return /^([\w-]+)\.(?:flex\.)?localhost$/.exec(hostname)?.[1];
}

/** Where a worker's Flex is, for a sandbox at `sandboxUrl`. */
export function buildFlexUrl(sandboxUrl: string, worker: string): string {
  const { port } = new URL(sandboxUrl);
  const mayBeHost = /^[a-z\d-]+$/i.test(worker);
  return mayBeHost
    ? `http://${worker.toLowerCase()}.${LANDING_HOST}:${port}/`
    : `${sandboxUrl}/flex/?worker=${encodeURIComponent(worker)}`;
}

export const serveFlexPage: PageHandler = async ({ method, url }) => {
  const worker = parseWorkerHost(url.hostname);
  const isFlex = worker !== undefined || FLEX_PATHS.test(url.pathname);
  // A missing script must not be answered with a page.
  if (method !== 'GET' || !isFlex || /\.\w+$/.test(url.pathname)) return undefined;
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // Frames of one site share a process otherwise, and two Flex desktops in one are slow.
      'origin-agent-cluster': '?1',
    },
    body: Buffer.from(await renderFlexPage(worker)),
  };
};

async function renderFlexPage(worker: string | undefined): Promise<string> {
  const script = async (name: string, attributes = '') => {
    const address = await findHostFileUrl(name);
    return address === undefined ? '' : `<script ${attributes} src="${address}"></script>`;
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
  ${await script('shim.js')}
  ${await script('flex-ui.js', 'defer')}
  ${await script('flex-boot.js', 'defer')}
</head>
<body${worker === undefined ? '' : ` data-worker="${worker}"`}>
  <div id="root"><p class="waiting">Starting Flex…</p></div>
</body>
</html>
`;
}
