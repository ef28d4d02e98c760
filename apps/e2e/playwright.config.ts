import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './journey';

/** Journeys that do not depend on the backend. */
const ON_NEITHER = ['demo.spec.ts', 'other-tasks.spec.ts'];
/** Journeys of native transfers and SMS, which only Flex Conversations has. */
const ON_CONVERSATIONS = ['native-transfers.spec.ts', 'text-messages.spec.ts'];

export default defineConfig<{ backend: Backend }>({
  testDir: '.',
  outputDir: 'test-results/artifacts',
  // Flex uses a whole core while it starts, so several workers only make each other slow.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  use: {
    // A trace takes a third of the CPU time. `node run.mjs FILE --trace on` records one.
    trace: 'off',
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
    { name: 'screenshot', testMatch: 'screenshot.ts' },
  ],
});
