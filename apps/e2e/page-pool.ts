/**
 * Browser pages that serve one test after another. Flex has 17 MB of script, and a page compiles it once:
 * every later start of Flex in the page takes a fifth of the CPU time.
 *
 * Only the browser's caches pass from test to test. After each test a page leaves its application, which ends
 * the application's scripts and sockets, and loses its cookies and storage. The sandbox is reset afterwards,
 * so an application never calls the next test's account.
 */
import type { Browser, BrowserContext, Page } from '@playwright/test';

/** What a page did during one test. */
interface PageLog {
  /** Addresses outside this machine. */
  readonly externalRequests: string[];
  /** Messages of uncaught errors. */
  readonly errors: string[];
  readonly consoleLines: Array<{ readonly type: string; readonly text: string }>;
}

export interface PagePool {
  /** The page with this name, which keeps its caches between tests. Each name has storage of its own. */
  open(name: string): Promise<Page>;
  /** A new page for one test. */
  openOnce(): Promise<Page>;
  /** Logs of the pages that this test opened. */
  logs(): readonly PageLog[];
  /** Clears the pages that the test opened, and closes those of `openOnce`. */
  release(): Promise<void>;
  close(): Promise<void>;
}

interface PooledPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Starts an empty log in place of the previous one. */
  startLog(): PageLog;
}

export function createPagePool(browser: Browser): PagePool {
  const named = new Map<string, PooledPage>();
  const once: PooledPage[] = [];
  const opened = new Map<PooledPage, PageLog>();

  const openPooled = (pooled: PooledPage) => {
    opened.set(pooled, pooled.startLog());
    return pooled.page;
  };

  return {
    async open(name) {
      const pooled = named.get(name) ?? (await createPage(browser));
      named.set(name, pooled);
      return openPooled(pooled);
    },
    async openOnce() {
      const pooled = await createPage(browser);
      once.push(pooled);
      return openPooled(pooled);
    },
    logs: () => [...opened.values()],
    async release() {
      const used = [...named.values()].filter((pooled) => opened.has(pooled));
      await Promise.all([
        ...used.map(({ page }) => clearPage(page)),
        ...once.splice(0).map(({ context }) => context.close()),
      ]);
      opened.clear();
    },
    async close() {
      await Promise.all([...named.values()].map(({ context }) => context.close()));
    },
  };
}

async function createPage(browser: Browser): Promise<PooledPage> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const emptyLog = (): PageLog => ({ externalRequests: [], errors: [], consoleLines: [] });
  let log = emptyLog();
  const logRequest = (address: string) => {
    if (!isLocal(address)) log.externalRequests.push(address);
  };
  context.on('request', (request) => logRequest(request.url()));
  page.on('websocket', (socket) => logRequest(socket.url()));
  page.on('pageerror', (error) => log.errors.push(error.message));
  page.on('console', (message) => log.consoleLines.push({ type: message.type(), text: message.text() }));
  return {
    context,
    page,
    startLog() {
      log = emptyLog();
      return log;
    },
  };
}

/**
 * Leaves the application and deletes what it stored, such as the account's configuration that Flex caches.
 */
async function clearPage(page: Page): Promise<void> {
  if (page.url() === 'about:blank') return;
  // Only a document of the same origin may clear its storage. This one has no scripts.
  await page.goto(new URL('/_sandbox/clock', page.url()).href);
  const cacheNames = await page.evaluate(async () => {
    localStorage.clear();
    sessionStorage.clear();
    // Flex's Queues view keeps its settings in a database.
    for (const { name = '' } of await indexedDB.databases()) {
      await new Promise<unknown>((settled) => {
        const deletion = indexedDB.deleteDatabase(name);
        deletion.onsuccess = settled;
        deletion.onerror = settled;
      });
    }
    return caches.keys();
  });
  await page.context().clearCookies();
  if (cacheNames.length > 0) {
    throw new Error(
      `Failed to clear a page after a test: ${page.url()} has the caches ${cacheNames}. Delete them here.`,
    );
  }
}

function isLocal(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return (
    ['data:', 'blob:', 'about:'].includes(protocol) ||
    hostname === '127.0.0.1' ||
    /(^|\.)localhost$/.test(hostname)
  );
}
