import { defineConfig } from 'tsup';

export default defineConfig([
  {
    // Twilio takes one file per URL. Workspace packages are bundled in: the hosted build cannot install them.
    entry: ['src/functions/**/*.ts', '!src/functions/**/*.test.ts'],
    outDir: 'dist/functions',
    format: ['cjs'],
    outExtension: () => ({ js: '.js' }),
    platform: 'node',
    target: 'node20',
    splitting: false,
    clean: true,
    noExternal: [/^@chat-transfer\//, 'valibot'],
    external: ['twilio', /^@twilio\//],
    esbuildOptions(options) {
      options.conditions = ['workspace-source'];
    },
  },
  {
    entry: { 'local-server': 'local/serve.ts', preload: 'local/preload.ts' },
    outDir: 'dist/local',
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: true,
  },
  {
    entry: { transfer: 'bench/transfer.ts', faults: 'bench/faults.ts' },
    outDir: 'dist/bench',
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: true,
    external: [/^@chat-transfer\/flex-sandbox/],
    esbuildOptions(options) {
      options.conditions = ['workspace-source'];
    },
  },
]);
