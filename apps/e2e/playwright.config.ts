import { readdirSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './journey';

/** Run on both backends in each tier. */
const SMOKE_JOURNEYS = ['warm.spec.ts'];
/** Run once. They do not depend on the backend, or need what only Flex Conversations has: native transfers, SMS. */
const CONVERSATIONS_JOURNEYS = [
  'demo.spec.ts',
  'native-transfers.spec.ts',
  'other-tasks.spec.ts',
  'text-messages.spec.ts',
];
const OTHER_JOURNEYS = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.spec.ts'))
  .filter((file) => ![...SMOKE_JOURNEYS, ...CONVERSATIONS_JOURNEYS].includes(file))
  .sort();

/**
 * The journeys of a backend. The sample tier runs each of the other journeys on one backend, which the lowest bits of
 * the seed choose. `scripts/test.mjs` describes the variables. Without them, everything runs.
 */
function journeysOn(backend: Backend): string[] {
  const isSample = process.env.TEST_TIER === 'sample';
  const seed = Number(process.env.TEST_SEED ?? 0);
  const chosen = OTHER_JOURNEYS.filter((_, index) => {
    const choice: Backend = (seed >>> index) & 1 ? 'conversations' : 'programmable-chat';
    return !isSample || choice === backend;
  });
  return [...SMOKE_JOURNEYS, ...chosen, ...(backend === 'conversations' ? CONVERSATIONS_JOURNEYS : [])];
}

export default defineConfig<{ backend: Backend }>({
  testDir: '.',
  outputDir: 'test-results/artifacts',
  // Flex uses a whole core while it starts, so several workers only make each other slow.
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
    ...(['programmable-chat', 'conversations'] as const).map((backend) => ({
      name: backend,
      testMatch: journeysOn(backend),
      use: { backend },
    })),
    { name: 'screenshot', testMatch: 'screenshot.ts' },
  ],
});
