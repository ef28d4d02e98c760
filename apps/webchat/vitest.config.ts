import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import viteConfig from './vite.config.ts';

export default mergeConfig(
  viteConfig,
  defineConfig({
    ssr: { resolve: { conditions: ['workspace-source', 'module', 'node', 'development|production'] } },
    test: {
      include: ['src/**/*.test.{ts,tsx}'],
      reporters: ['default', 'json'],
      outputFile: { json: 'test-results/vitest.json' },
    },
  }),
);
