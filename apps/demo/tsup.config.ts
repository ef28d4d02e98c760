import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    'bench/concurrent-starts': 'bench/concurrent-starts.ts',
  },
  format: ['esm'],
  clean: true,
  sourcemap: true,
  target: 'node20',
});
