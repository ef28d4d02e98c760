import { defineConfig } from 'tsup';

/** Only users of the published package read declarations: the workspace reads sources. They take most of a build. */
const isPublished = process.env.npm_lifecycle_event === 'prepack';

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      'rest-client': 'src/rest-client.ts',
      cli: 'src/cli.ts',
      'build-host': 'src/host/build-host.ts',
    },
    format: ['esm'],
    // The Flex UI bundle takes long to build. `build-host` rebuilds it only when it is out of date.
    clean: ['!**/host/**'],
    sourcemap: true,
    target: 'node20',
    dts: isPublished && {
      entry: ['src/index.ts', 'src/rest-client.ts'],
      compilerOptions: { ignoreDeprecations: '6.0' },
    },
  },
  {
    // Browser code. Classic scripts, because the shim must run before all other scripts.
    entry: {
      shim: 'src/host/shim.ts',
      'flex-boot': 'src/host/flex-boot.ts',
      landing: 'src/control/landing/landing.ts',
    },
    outDir: 'dist/host',
    format: ['iife'],
    outExtension: () => ({ js: '.js' }),
    platform: 'browser',
    target: 'es2022',
    publicDir: 'src/control/landing/public',
  },
]);
