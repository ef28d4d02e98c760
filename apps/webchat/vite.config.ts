import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

/** Twilio's chat SDKs and what of Twilio's own they are made of. */
const SDK_PACKAGES =
  /^(twilio-chat|twilio-sync|twilsock|@twilio\/(conversations|declarative-type-validator|deprecation-decorator|mcs-client|notifications|operation-retrier|replay-event-emitter))$/;

/**
 * Takes the SDKs' modules as they were written (`dist`) instead of the same modules rewritten, with core-js, for browsers
 * that this build (es2020) does not serve anyway (`builds`). Some 60 KB of gzip. Only in the build: Node cannot read all
 * of them.
 */
const sdksAsWritten: Plugin = {
  name: 'sdks-as-written',
  apply: 'build',
  enforce: 'pre',
  async resolveId(id, importer, options) {
    // Node's, which the SDKs' builds bring along.
    if (id === 'events') return fileURLToPath(import.meta.resolve('events/events.js'));
    if (!SDK_PACKAGES.test(id)) return null;
    const resolved = await this.resolve(id, importer, { ...options, skipSelf: true });
    const written = resolved?.id.replace(/\/builds\/[^/]+$/, '/dist/index.js');
    if (written === undefined || written === resolved?.id || !existsSync(written))
      this.error(`Failed to find ${id} as it was written. Look where the package keeps its modules now.`);
    return written;
  },
};

export default defineConfig({
  // Relative, so that the page can be served from any path.
  base: './',
  plugins: [react(), sdksAsWritten],
  resolve: {
    conditions: ['workspace-source', ...defaultClientConditions],
    // The notices have a React of their own for their tests; the page must have one.
    dedupe: ['react', 'react-dom', 'styled-components'],
  },
  build: { target: 'es2020', sourcemap: true },
});
