import { readdirSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './journey';
import { sampleOne } from './tier';

const BACKENDS = ['programmable-chat', 'conversations'] as const;
/** Run on both backends in every tier. */
const SMOKE_JOURNEYS = ['warm.spec.ts'];
/** Run on Flex Conversations only: they do not depend on the backend, or need native transfers or SMS. */
const CONVERSATIONS_JOURNEYS = [
  'attachments.spec.ts',
  'demo.spec.ts',
  'native-transfers.spec.ts',
  'other-tasks.spec.ts',
  'queues-view.spec.ts',
  'text-messages.spec.ts',
];
/** Run on both backends in the full tier, and on one of them in the sample tier. */
const OTHER_JOURNEYS = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.spec.ts'))
  .filter((file) => ![...SMOKE_JOURNEYS, ...CONVERSATIONS_JOURNEYS].includes(file))
  .sort();

function journeysOn(backend: Backend): string[] {
  return [
    ...SMOKE_JOURNEYS,
    ...OTHER_JOURNEYS.filter((_, index) => sampleOne(BACKENDS, index).includes(backend)),
    ...(backend === 'conversations' ? CONVERSATIONS_JOURNEYS : []),
  ];
}

export default defineConfig<{ backend: Backend }>({
  testDir: '.',
  outputDir: 'test-results/artifacts',
  // Flex uses a whole core while it starts, so several workers only slow each other down.
  workers: 1,
  // The limits are generous, because a machine may be slow: they end a test that hangs, and measure nothing.
  timeout: 900_000,
  expect: { timeout: 60_000 },
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
    ...BACKENDS.map((backend) => ({
      name: backend,
      testMatch: journeysOn(backend),
      use: { backend },
    })),
    { name: 'screenshot', testMatch: 'screenshot.ts' },
  ],
});
