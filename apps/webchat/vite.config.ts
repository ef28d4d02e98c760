import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

/** Twilio's chat SDKs and the Twilio packages that they depend on. */
const SDK_PACKAGES =
  /^(twilio-chat|twilio-sync|twilsock|@twilio\/(conversations|declarative-type-validator|deprecation-decorator|mcs-client|notifications|operation-retrier|replay-event-emitter))$/;

/**
 * Bundles the untranspiled modules of the SDKs (`dist`) instead of the transpiled ones (`builds`). The
 * transpiled ones include core-js for browsers that this build (es2020) does not support, which is about 60
 * KB of gzip. Applies to the build only: Node cannot load all of the untranspiled modules.
 */
const untranspiledSdks: Plugin = {
  name: 'untranspiled-sdks',
  apply: 'build',
  enforce: 'pre',
  async resolveId(id, importer, options) {
    // Node's `events` module: `builds` includes it, `dist` does not.
    if (id === 'events') return fileURLToPath(import.meta.resolve('events/events.js'));
    if (!SDK_PACKAGES.test(id)) return null;
    const resolved = await this.resolve(id, importer, { ...options, skipSelf: true });
    const untranspiled = resolved?.id.replace(/\/builds\/[^/]+$/, '/dist/index.js');
    if (untranspiled === undefined || untranspiled === resolved?.id || !existsSync(untranspiled))
      this.error(
        `Failed to find the untranspiled modules of ${id}. Check which folder of the package contains them.`,
      );
    return untranspiled;
  },
};

export default defineConfig({
  // A relative base, so that the page can be served from any path.
  base: './',
  plugins: [react(), untranspiledSdks],
  resolve: {
    conditions: ['workspace-source', ...defaultClientConditions],
    // notification-components has its own React for its tests. The page must load only one React.
    dedupe: ['react', 'react-dom', 'styled-components'],
  },
  build: { target: 'es2020', sourcemap: true },
});
