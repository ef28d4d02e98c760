import { defineConfig } from 'tsup';

/** Only users of the published package read declarations: the workspace reads sources. They take most of a build. */
const isPublished = process.env.npm_lifecycle_event === 'prepack';

export default defineConfig({
  entry: { index: 'src/index.ts', testing: 'testing/index.ts' },
  format: ['esm', 'cjs'],
  clean: true,
  sourcemap: true,
  target: 'es2020',
  dts: isPublished && { compilerOptions: { ignoreDeprecations: '6.0' } },
});
