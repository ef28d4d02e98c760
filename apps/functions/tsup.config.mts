import { defineConfig } from 'tsup';
import { pruneHelperLibrary } from './bundle/prune-helper-library';

export default defineConfig([
  {
    // Twilio takes one file per URL. Workspace packages are bundled in: the hosted build cannot install them. Twilio's helper
    // library is bundled in too, so that the functions do not depend on the version that Twilio's runtime brings.
    entry: ['src/functions/**/*.ts', '!src/functions/**/*.test.ts'],
    outDir: 'dist/functions',
    format: ['cjs'],
    outExtension: () => ({ js: '.js' }),
    platform: 'node',
    target: 'node20',
    splitting: false,
    clean: true,
    noExternal: [/.*/],
    esbuildPlugins: [pruneHelperLibrary('src/twilio')],
    esbuildOptions(options) {
      options.conditions = ['workspace-source'];
      options.minifyIdentifiers = true;
      // The log shows stack traces.
      options.keepNames = true;
      options.minifyWhitespace = true;
      options.minifySyntax = true;
    },
  },
  {
    entry: { 'local-server': 'local/serve.ts', preload: 'local/preload.ts' },
    outDir: 'dist/local',
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: true,
    external: ['twilio'],
  },
  {
    entry: { transfer: 'bench/transfer.ts', faults: 'bench/faults.ts' },
    outDir: 'dist/bench',
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: true,
    external: ['twilio', /^@chat-transfer\/flex-sandbox/],
    esbuildOptions(options) {
      options.conditions = ['workspace-source'];
    },
  },
]);
