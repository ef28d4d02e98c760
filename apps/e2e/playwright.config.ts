import { readdirSync } from 'node:fs';
import { describeQuirks, type QuirkName } from '@chat-transfer/flex-sandbox';
import { defineConfig } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import type { Backend } from './journey';
import { chosenQuirks, otherQuirks, sampleOne, sampleQuarter } from './tier';

const BACKENDS = ['programmable-chat', 'conversations'] as const;
/** Runs on both backends in every tier. */
const SMOKE_JOURNEY = 'warm.spec.ts';
/** Run on Flex Conversations only: they do not depend on the backend, or need native transfers or SMS. */
const CONVERSATIONS_JOURNEYS = [
  'attachments.spec.ts',
  'demo.spec.ts',
  'native-transfers.spec.ts',
  'not-set-up.spec.ts',
  'other-tasks.spec.ts',
  'queues-view.spec.ts',
  'sandbox-pages.spec.ts',
  'text-messages.spec.ts',
];
/** Run on both backends in the full tier. A sample has a quarter of them, each on one backend. */
const OTHER_JOURNEYS = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.spec.ts'))
  .filter((file) => file !== SMOKE_JOURNEY && !CONVERSATIONS_JOURNEYS.includes(file))
  .sort();
const chosenJourneys = sampleQuarter([...CONVERSATIONS_JOURNEYS, ...OTHER_JOURNEYS]);

function journeysOn(backend: Backend): string[] {
  const runsOn = (file: string) =>
    CONVERSATIONS_JOURNEYS.includes(file)
      ? backend === 'conversations'
      : sampleOne(BACKENDS, `backend of ${file}`).includes(backend);
  return [SMOKE_JOURNEY, ...chosenJourneys.filter(runsOn)];
}

/** Journeys that run on one backend with one set of quirks, in a browser of their own. */
interface Run {
  readonly name: string;
  readonly backend: Backend;
  readonly quirks: readonly QuirkName[];
  readonly testMatch: string[];
}

/**
 * In the full tier, the journeys run with the default quirks and with all others. In a sample, the seed chooses for each
 * backend whether they run with the default quirks or with random ones. `TEST_QUIRKS` leaves only the quirks that it names.
 */
function chooseRuns(): Run[] {
  const runOn = (backend: Backend, quirks: readonly QuirkName[], suffix = ''): Run => ({
    name: `${backend}${suffix}`,
    backend,
    quirks,
    testMatch: journeysOn(backend),
  });
  return BACKENDS.flatMap((backend) => {
    if (chosenQuirks !== undefined) return [runOn(backend, chosenQuirks)];
    const runs = [runOn(backend, []), runOn(backend, otherQuirks, ' with other quirks')] as const;
    return sampleOne(runs, `quirks of ${backend}`);
  });
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
