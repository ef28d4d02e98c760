import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    setupFiles: ['test/property-seed.ts'],
    // No test file leaves state behind, so isolating the files would only cost time.
    pool: 'threads',
    isolate: false,
    // Only a test that hangs takes this long. A slow machine must not fail a test.
    testTimeout: 120_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
