import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    testTimeout: 120_000,
    // Test files share a process: loading Twilio's SDKs for every file takes two thirds of the CPU time.
    isolate: false,
    // The tests mostly wait. On two cores, Vitest's default is one worker, which takes 50 % longer.
    maxWorkers: 2,
  },
});
