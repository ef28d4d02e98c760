import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['workspace-source'] },
  ssr: { resolve: { conditions: ['workspace-source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'local/**/*.test.ts', 'bench/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // Test files share a process: loading Twilio's helper library for every file takes a third of the time. Fixtures
    // restore the globals that they replace.
    isolate: false,
    // The tests of the HTTP fixture mostly wait for another process.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
