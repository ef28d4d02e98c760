import { readdirSync } from 'node:fs';
import { describeQuirks, type QuirkName } from '@chat-transfer/flex-sandbox';
import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './journey';
import { chosenQuirks, isSample, otherQuirks, sampleOne } from './tier';

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

/**
 * Besides the default quirks, journeys run with others: all in the full tier, and in a sample the smoke journeys on Flex
 * Conversations. `TEST_QUIRKS` leaves only the quirks that it names.
 */
const RUNS =
  chosenQuirks === undefined
    ? [
        ...BACKENDS.map((backend) => ({
          backend,
          name: backend,
          quirks: [],
          testMatch: journeysOn(backend),
        })),
        ...BACKENDS.filter((backend) => !isSample || backend === 'conversations').map((backend) => ({
          backend,
          name: `${backend} with other quirks`,
          quirks: otherQuirks,
          testMatch: isSample ? SMOKE_JOURNEYS : journeysOn(backend),
        })),
      ]
    : BACKENDS.map((backend) => ({
        backend,
        name: backend,
        quirks: chosenQuirks ?? [],
        testMatch: journeysOn(backend),
      }));

if (process.env.TEST_WORKER_INDEX === undefined)
  for (const { name, quirks } of RUNS)
    console.log(`The journeys on ${name} run with ${describeQuirks(quirks)}.`);

export default defineConfig<{ backend: Backend; quirks: readonly QuirkName[] }>({
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
    ...RUNS.map(({ name, testMatch, backend, quirks }) => ({ name, testMatch, use: { backend, quirks } })),
    { name: 'screenshot', testMatch: 'screenshot.ts' },
  ],
});
