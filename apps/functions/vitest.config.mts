import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['workspace-source'] },
  ssr: { resolve: { conditions: ['workspace-source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'local/**/*.test.ts', 'bench/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
