import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Packages that must resolve to one React. With two copies of React, hooks fail. */
const REACT_PACKAGES = ['react', 'react-dom', 'styled-components', '@testing-library/react'];

/** A test project that runs all tests on the React that `packageJson` depends on. */
const createProject = (major: string, packageJson: string) => {
  const { resolve } = createRequire(new URL(packageJson, import.meta.url));
  const conditions = ['workspace-source', 'module', 'browser', 'development|production'];
  return {
    resolve: {
      conditions,
      alias: REACT_PACKAGES.map((name) => ({
        find: new RegExp(`^${name}(?=/|$)`),
        replacement: dirname(resolve(`${name}/package.json`)),
      })),
    },
    ssr: { resolve: { conditions } },
    test: {
      name: `react-${major}`,
      environment: 'jsdom' as const,
      pool: 'threads' as const,
      include: ['src/**/*.test.{ts,tsx}'],
      env: { EXPECTED_REACT: major },
      // Only a test that hangs takes this long. A slow machine must not fail a test.
      testTimeout: 120_000,
    },
  };
};

export default defineConfig({
  test: {
    projects: [createProject('19', './package.json'), createProject('17', './react17/package.json')],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
