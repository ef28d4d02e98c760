/** What every journey starts with: the demo, freshly reset, and pages on it that may talk to this machine only. */
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type Demo, startDemo } from 'chat-transfer-demo';
import type { Agent } from './pages/agent';
import { openAgent } from './pages/agent';
import { type Customer, openCustomer } from './pages/customer';

export interface World {
  readonly demo: Demo;
  /** A worker's Flex desktop, signed in and ready. */
  agent(worker: string): Promise<Agent>;
  /** A customer's webchat, before the chat has begun. */
  customer(): Promise<Customer>;
  /** Any page, watched like the others. */
  page(): Promise<Page>;
  /** What the pages wrote to their consoles, of all kinds or of one, such as `error`. */
  consoleLines(type?: string): readonly string[];
  /** Lets a journey go on over an uncaught error of the page that it expects. */
  tolerateError(message: string): void;
  /** Moves the sandbox's time ahead; what is due on the way happens. */
  advanceClock(byMs: number): Promise<void>;
  /** The account over REST, by Twilio's own library. */
  readonly twilio: ReturnType<typeof restClient>;
}

/** A generation of Twilio's chat, by the name the product has for it. */
export type Backend = 'programmable-chat' | 'conversations';

interface Fixtures {
  /** Where customers' chats live in this run: every journey is made on each. */
  readonly backend: Backend;
  readonly world: World;
}
interface WorkerFixtures {
  readonly demo: Demo;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants an object pattern, and this fixture needs nothing
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.close();
    },
    { scope: 'worker' },
  ],

  backend: ['conversations', { option: true }],

  world: async ({ browser, demo, backend }, use) => {
    await demo.sandbox.reset();
    const watched: Watched[] = [];
    const tolerated = new Set<string>();
    const open = async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      watched.push(watch(context, page));
      return page;
    };
    await use({
      demo,
      agent: async (worker) => openAgent(await open(), demo, worker),
      customer: async () => openCustomer(await open(), demo, backend),
      page: open,
      consoleLines: (type) =>
        watched
          .flatMap(({ lines }) => lines)
          .filter((line) => type === undefined || line.type === type)
          .map(({ text }) => text),
      tolerateError: (message) => tolerated.add(message),
      async advanceClock(byMs) {
        const { ok } = await fetch(`${demo.sandbox.url}/_sandbox/clock`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ advanceMs: byMs }),
        });
        expect(ok, 'the sandbox moved its clock').toBe(true);
      },
      twilio: restClient(demo.sandbox.url),
    });
    for (const { strangers, errors } of watched) {
      expect(strangers, 'requests that left this machine').toEqual([]);
      const unexpected = errors.filter((message) => !tolerated.has(message));
      expect(unexpected, 'uncaught errors of the page').toEqual([]);
    }
    await Promise.all(watched.map(({ context }) => context.close()));
  },
});

export { expect };

interface Watched {
  readonly context: BrowserContext;
  readonly strangers: string[];
  readonly errors: string[];
  readonly lines: Array<{ readonly type: string; readonly text: string }>;
}

/** Whether an address is this machine. */
const isLocal = (address: string) => {
  const { protocol, hostname } = new URL(address);
  return (
    ['data:', 'blob:', 'about:'].includes(protocol) ||
    hostname === '127.0.0.1' ||
    /(^|\.)localhost$/.test(hostname)
  );
};

function watch(context: BrowserContext, page: Page): Watched {
  const strangers: string[] = [];
  const errors: string[] = [];
  const lines: Watched['lines'] = [];
  const note = (address: string) => {
    if (!isLocal(address)) strangers.push(address);
  };
  context.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => lines.push({ type: message.type(), text: message.text() }));
  return { context, strangers, errors, lines };
}
