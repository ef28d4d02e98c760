import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    testTimeout: 15_000,
    // The tests wait more than they compute. Vitest's own choice on two cores, one, takes half as long again.
    maxWorkers: 2,
  },
});
