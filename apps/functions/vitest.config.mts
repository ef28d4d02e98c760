import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * The suites run once for each of these sets of quirks of Twilio, see `test/support/test-quirks.ts`. In the full tier, each quirk is
 * on in one run and off in the other. In a sample, the seed chooses which of the matrices and scenarios run with random
 * quirks, and everything else runs with the default ones.
 */
const { TEST_TIER, TEST_QUIRKS, TEST_SEED = '0' } = process.env;
const runs =
  TEST_QUIRKS !== undefined
    ? [TEST_QUIRKS]
    : TEST_TIER === 'full'
      ? ['default', 'opposite']
      : ['default', 'random'];

const include = ['src', 'test', 'local', 'bench', 'bundle'].map((folder) => `${folder}/**/*.test.ts`);
const matrices = ['test/faults', 'test/scenarios'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => `${folder}/${file}`),
);
const withRandomQuirks = runs.includes('random')
  ? matrices.filter((_, index) => (Number(TEST_SEED) >>> index) & 1)
  : [];

export default defineConfig({
  resolve: { conditions: ['workspace-source'] },
  ssr: { resolve: { conditions: ['workspace-source'] } },
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // Test files share a process: loading Twilio's helper library for every file takes a third of the time. Fixtures
    // restore the globals that they replace.
    isolate: false,
    // The tests of the HTTP fixture mostly wait for another process.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: runs.map((quirks) => ({
      extends: true,
      test: {
        name: quirks,
        env: { TEST_QUIRKS: quirks },
        include: runs.length > 1 && quirks === 'random' ? withRandomQuirks : include,
        exclude: [...configDefaults.exclude, ...(quirks === 'random' ? [] : withRandomQuirks)],
      },
    })),
  },
});
