import { readdirSync } from 'node:fs';
import { describeQuirks, type QuirkName } from '@chat-transfer/flex-sandbox';
import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './journey';
import { chosenQuirks, isSample, otherQuirks, sampleHalf, sampleOne } from './tier';

const BACKENDS = ['programmable-chat', 'conversations'] as const;
/** Runs on both backends in every tier. */
const SMOKE_JOURNEY = 'warm.spec.ts';
/** Run on Flex Conversations only: they do not depend on the backend, or need native transfers or SMS. */
const CONVERSATIONS_JOURNEYS = [
  'attachments.spec.ts',
  'demo.spec.ts',
  'native-transfers.spec.ts',
  'other-tasks.spec.ts',
  'queues-view.spec.ts',
  'sandbox-pages.spec.ts',
  'text-messages.spec.ts',
];
/** Run on both backends in the full tier. A sample has half of them, each on one backend. */
const OTHER_JOURNEYS = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.spec.ts'))
  .filter((file) => file !== SMOKE_JOURNEY && !CONVERSATIONS_JOURNEYS.includes(file))
  .sort();
const chosenJourneys = sampleHalf([...CONVERSATIONS_JOURNEYS, ...OTHER_JOURNEYS]);

function journeysOn(backend: Backend): string[] {
  const runsOn = (file: string) =>
    CONVERSATIONS_JOURNEYS.includes(file)
      ? backend === 'conversations'
      : sampleOne(BACKENDS, `backend of ${file}`).includes(backend);
  return [SMOKE_JOURNEY, ...chosenJourneys.filter(runsOn)];
}

interface Run {
  readonly name: string;
  readonly backend: Backend;
  readonly quirks: readonly QuirkName[];
  readonly testMatch: string[];
}

/**
 * The journeys run with the default quirks and with others: all of them with both in the full tier. In a sample, those on Flex
 * Conversations run with one or the other, and the smoke journey with the default ones. `TEST_QUIRKS` leaves only the
 * quirks that it names.
 */
function chooseRuns(): Run[] {
  const runsOf = (quirks: readonly QuirkName[], suffix = '') =>
    BACKENDS.map((backend) => ({ name: backend + suffix, backend, quirks, testMatch: journeysOn(backend) }));
  if (chosenQuirks !== undefined) return runsOf(chosenQuirks);
  const others = runsOf(otherQuirks, ' with other quirks');
  if (!isSample) return [...runsOf([]), ...others];
  const hasOtherQuirks = (file: string) =>
    file !== SMOKE_JOURNEY && sampleOne([false, true], `quirks of ${file}`).includes(true);
  const split = (run: Run, isChosen: (file: string) => boolean) => ({
    ...run,
    testMatch: run.testMatch.filter(isChosen),
  });
  return [
    ...runsOf([]).map((run) =>
      run.backend === 'conversations' ? split(run, (file) => !hasOtherQuirks(file)) : run,
    ),
    ...others.filter(({ backend }) => backend === 'conversations').map((run) => split(run, hasOtherQuirks)),
  ];
}

const RUNS = chooseRuns();

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
