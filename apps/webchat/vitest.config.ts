import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import viteConfig from './vite.config.ts';

export default mergeConfig(
  viteConfig,
  defineConfig({
    ssr: { resolve: { conditions: ['workspace-source', 'module', 'node', 'development|production'] } },
    test: {
      include: ['src/**/*.test.{ts,tsx}'],
      // Only a test that hangs takes this long. A slow machine must not fail a test.
      testTimeout: 120_000,
      // Test files share a process: loading the SDKs for every file takes more time than the tests.
      isolate: false,
      reporters: ['default', 'json'],
      outputFile: { json: 'test-results/vitest.json' },
    },
  }),
);
