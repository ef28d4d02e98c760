import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', testing: 'testing/index.ts' },
  format: ['esm', 'cjs'],
  clean: true,
  sourcemap: true,
  target: 'es2020',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
});
