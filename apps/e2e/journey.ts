/**
 * The fixtures of every journey: the demo with a reset sandbox, and pages that may send requests to this
 * machine only. One demo and one page per agent and customer serve all tests of a Playwright worker, because
 * the first start of Flex in a page costs seconds of CPU time. `page-pool.ts` says what keeps the tests
 * apart.
 */
import { DEFAULT_QUIRKS, type QuirkName, turnQuirks } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { test as base, expect, type Page } from '@playwright/test';
import { type Demo, startDemo } from 'chat-transfer-demo';
import { createPagePool, type PagePool } from './page-pool';
import { type Agent, openAgent } from './pages/agent';
import { type Customer, openCustomer } from './pages/customer';

export interface Journey {
  readonly demo: Demo;
  /** Opens a worker's Flex desktop and waits until it is ready. */
  openAgent(worker: string): Promise<Agent>;
  /** Opens another customer's webchat, before its chat starts. */
  openCustomer(): Promise<Customer>;
  /** Opens an empty page, which is checked like the others and closed after the test. */
  openPage(): Promise<Page>;
  /** What the pages wrote to their consoles: every line, or those of one type, such as `error`. */
  consoleLines(type?: string): readonly string[];
  /** Accepts uncaught errors of a page with this message. All others fail the test. */
  allowError(message: string): void;
  /** Advances the sandbox's clock, and runs the timers that expire in that time. */
  advanceClock(byMs: number): Promise<void>;
  /** Twilio's helper library, connected to the sandbox's account. */
  readonly twilio: ReturnType<typeof restClient>;
}

/** The generation of Twilio's chat API that a chat uses, as the product's settings spell it. */
export type Backend = 'programmable-chat' | 'conversations';

interface Fixtures {
  /** The backend of the customers' chats. Each Playwright project sets it. */
  readonly backend: Backend;
  /** The quirks of Twilio that are not as by default. Each Playwright project sets them. */
  readonly quirks: readonly QuirkName[];
  readonly journey: Journey;
}
interface WorkerFixtures {
  readonly demo: Demo;
  readonly pagePool: PagePool;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright requires an object pattern
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.close();
    },
    { scope: 'worker' },
  ],

  pagePool: [
    async ({ browser }, use) => {
      const pool = createPagePool(browser);
      await use(pool);
      await pool.close();
    },
    { scope: 'worker' },
  ],

  backend: ['conversations', { option: true }],
  quirks: [[], { option: true }],

  journey: async ({ demo, pagePool, backend, quirks }, use, testInfo) => {
    await sendControl(demo, 'quirks', { ...DEFAULT_QUIRKS, ...turnQuirks(quirks) });
    await demo.sandbox.reset();
    const allowedErrors = new Set<string>();
    let customers = 0;
    const consoleLines = () => pagePool.logs().flatMap((log) => log.consoleLines);
    await use({
      demo,
      openAgent: async (worker) => openAgent(await pagePool.open(worker), demo, worker, backend),
      openCustomer: async () => {
        customers += 1;
        return openCustomer(await pagePool.open(`customer ${customers}`), demo, backend);
      },
      openPage: () => pagePool.openOnce(),
      consoleLines: (type) =>
        consoleLines()
          .filter((line) => type === undefined || line.type === type)
          .map(({ text }) => text),
      allowError: (message) => allowedErrors.add(message),
      advanceClock: (byMs) => sendControl(demo, 'clock', { advanceMs: byMs }),
      twilio: restClient(demo.sandbox.url),
    });

    if (testInfo.status !== testInfo.expectedStatus) {
      // The pages are not cleared, so the report shows their state. Playwright then ends the worker.
      const attach = (name: string, content: readonly unknown[]) =>
        testInfo.attach(name, {
          body: content.map((line) => JSON.stringify(line)).join('\n'),
          contentType: 'text/plain',
        });
      await attach('console lines of the pages', consoleLines());
      await attach('requests to the sandbox', demo.sandbox.requests());
      return;
    }
    const logs = pagePool.logs();
    const missingParts = consoleLines().filter(({ text }) => text.includes('this version of Flex lacks'));
    const errors = logs.flatMap((log) => log.errors).filter((message) => !allowedErrors.has(message));
    await pagePool.release();
    expect(errors, 'uncaught errors of the pages').toEqual([]);
    expect(missingParts, 'parts of Flex that the plugin has not found').toEqual([]);
    const externalRequests = logs.flatMap((log) => log.externalRequests);
    expect(externalRequests, 'requests of the pages to other machines').toEqual([]);
  },
});

/** Sends a request to the sandbox's control endpoint of this name. */
async function sendControl(demo: Demo, name: string, body: object): Promise<void> {
  const { ok } = await fetch(`${demo.sandbox.url}/_sandbox/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(ok, `the sandbox took the request ${name}`).toBe(true);
}

export { expect };
