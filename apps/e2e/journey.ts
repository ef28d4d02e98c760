/** The fixtures of every journey: the demo with a reset sandbox, and pages that may send requests to this machine only. */
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type Demo, startDemo } from 'chat-transfer-demo';
import { type Agent, openAgent } from './pages/agent';
import { type Customer, openCustomer } from './pages/customer';

export interface Journey {
  readonly demo: Demo;
  /** Opens a worker's Flex desktop and waits until it is ready. */
  openAgent(worker: string): Promise<Agent>;
  /** Opens another customer's webchat, before its chat starts. */
  openCustomer(): Promise<Customer>;
  /** Opens an empty page, which is logs like the others and closed after the test. */
  openPage(): Promise<Page>;
  /** What the pages wrote to their consoles: every line, or those of one type, such as `error`. */
  consoleLines(type?: string): readonly string[];
  /** Accepts uncaught errors of a page with this message. All others fail the test. */
  allowError(message: string): void;
  /** Advances the sandbox's clock. Timers that expire on the way run. */
  advanceClock(byMs: number): Promise<void>;
  /** Twilio's helper library, connected to the sandbox's account. */
  readonly twilio: ReturnType<typeof restClient>;
}

/** The generation of Twilio's chat API that a chat uses, as the product's settings spell it. */
export type Backend = 'programmable-chat' | 'conversations';

interface Fixtures {
  /** Where customers' chats live. Each Playwright project sets it. */
  readonly backend: Backend;
  readonly journey: Journey;
}
interface WorkerFixtures {
  readonly demo: Demo;
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

  backend: ['conversations', { option: true }],

  journey: async ({ browser, demo, backend }, use) => {
    await demo.sandbox.reset();
    const logs: PageLog[] = [];
    const allowedErrors = new Set<string>();
    const open = async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      logs.push(logPage(context, page));
      return page;
    };
    await use({
      demo,
      openAgent: async (worker) => openAgent(await open(), demo, worker, backend),
      openCustomer: async () => openCustomer(await open(), demo, backend),
      openPage: open,
      consoleLines: (type) =>
        logs
          .flatMap(({ lines }) => lines)
          .filter((line) => type === undefined || line.type === type)
          .map(({ text }) => text),
      allowError: (message) => allowedErrors.add(message),
      async advanceClock(byMs) {
        const { ok } = await fetch(`${demo.sandbox.url}/_sandbox/clock`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ advanceMs: byMs }),
        });
        expect(ok, 'the sandbox advanced its clock').toBe(true);
      },
      twilio: restClient(demo.sandbox.url),
    });
    for (const { externalRequests, errors } of logs) {
      expect(externalRequests, 'requests of the pages to other machines').toEqual([]);
      const unexpected = errors.filter((message) => !allowedErrors.has(message));
      expect(unexpected, 'uncaught errors of the pages').toEqual([]);
    }
    await Promise.all(logs.map(({ context }) => context.close()));
  },
});

export { expect };

interface PageLog {
  readonly context: BrowserContext;
  readonly externalRequests: string[];
  readonly errors: string[];
  readonly lines: Array<{ readonly type: string; readonly text: string }>;
}

const isLocal = (address: string) => {
  const { protocol, hostname } = new URL(address);
  return (
    ['data:', 'blob:', 'about:'].includes(protocol) ||
    hostname === '127.0.0.1' ||
    /(^|\.)localhost$/.test(hostname)
  );
};

function logPage(context: BrowserContext, page: Page): PageLog {
  const externalRequests: string[] = [];
  const errors: string[] = [];
  const lines: PageLog['lines'] = [];
  const logRequest = (address: string) => {
    if (!isLocal(address)) externalRequests.push(address);
  };
  context.on('request', (request) => logRequest(request.url()));
  page.on('websocket', (socket) => logRequest(socket.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => lines.push({ type: message.type(), text: message.text() }));
  return { context, externalRequests, errors, lines };
}
