import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    testTimeout: 120_000,
    // The tests mostly wait. On two cores, Vitest's default is one worker, which takes 50 % longer.
    maxWorkers: 2,
  },
});
