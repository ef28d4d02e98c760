import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

/**
 * The chat SDK brings core-js along for browsers that this build (es2020) does not serve anyway. Some 40 KB of gzip.
 */
const withoutCoreJs: Plugin = {
  name: 'without-core-js',
  enforce: 'pre',
  resolveId: (id) => (/^core-js\//.test(id) ? '\0no-core-js' : null),
  load: (id) => (id === '\0no-core-js' ? 'export {};' : null),
};

export default defineConfig({
  // Relative, so that the page can be served from any path.
  base: './',
  plugins: [react(), withoutCoreJs],
  resolve: {
    conditions: ['workspace-source', ...defaultClientConditions],
    // The notices have a React of their own for their tests; the page must have one.
    dedupe: ['react', 'react-dom', 'styled-components'],
  },
  // The chat SDK is one piece of 570 KB that only an opened chat loads.
  build: { target: 'es2020', sourcemap: true, chunkSizeWarningLimit: 600 },
});
