import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['workspace-source', ...defaultServerConditions] },
  ssr: { resolve: { conditions: ['workspace-source', ...defaultServerConditions] } },
  test: {
    include: ['src/**/*.test.ts'],
    // Only a test that hangs takes this long. A slow machine must not fail a test.
    testTimeout: 120_000,
    // Test files share a process: loading the SDKs for every file takes more time than the tests.
    isolate: false,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
