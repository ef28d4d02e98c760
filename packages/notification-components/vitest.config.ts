import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What must come from one place, or a component would meet two Reacts. */
const reactSet = ['react', 'react-dom', 'styled-components', '@testing-library/react'];

/** The same tests on one React: the set that `packageJson` depends on. */
const onReact = (major: string, packageJson: string) => {
  const { resolve } = createRequire(new URL(packageJson, import.meta.url));
  const conditions = ['workspace-source', 'module', 'browser', 'development|production'];
  return {
    resolve: {
      conditions,
      alias: reactSet.map((name) => ({
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
    },
  };
};

export default defineConfig({
  test: {
    projects: [onReact('19', './package.json'), onReact('17', './react17/package.json')],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
