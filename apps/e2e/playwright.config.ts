import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './world';

/** Journeys that have nothing to do with where a chat lives. */
const ON_NEITHER = ['demo.spec.ts', 'other-tasks.spec.ts'];
/** Flex itself transfers chats, and customers write by text, on Flex Conversations only. */
const ON_CONVERSATIONS = ['native-transfers.spec.ts', 'texting.spec.ts'];

export default defineConfig<{ backend: Backend }>({
  testDir: '.',
  outputDir: 'test-results/artifacts',
  // One Flex desktop takes a core while it starts: more at once only makes them time out.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: findChromium() ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', testMatch: ON_NEITHER },
    ...(['programmable-chat', 'conversations'] as const).map((backend) => ({
      name: backend,
      testMatch: '*.spec.ts',
      testIgnore: backend === 'conversations' ? ON_NEITHER : [...ON_NEITHER, ...ON_CONVERSATIONS],
      use: { backend },
    })),
    { name: 'picture', testMatch: 'picture.ts' },
  ],
});
