/**
 * Builds the plugin the way Flex loads plugins: one classic script that takes React and Flex from the page.
 *
 * The externals, the names that start with `__FPB_` and the shim are those of Twilio's own plugin builder;
 * Flex finds the plugin through them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defaultClientConditions, defineConfig, esmExternalRequirePlugin, type Plugin } from 'vite';

const require = createRequire(import.meta.url);
const versionOf = (manifest: string): string => JSON.parse(readFileSync(manifest, 'utf8')).version;
const installed = (name: string): string => versionOf(require.resolve(`${name}/package.json`));

/** Also the name under which the Plugins API knows the plugin: Flex keeps the plugin's own Flex under it. */
const UNIQUE_NAME = 'plugin-chat-transfer';

const PAGE_GLOBALS = { react: 'React', 'react-dom': 'ReactDOM', redux: 'Redux', 'react-redux': 'ReactRedux' };

const SHIM = '\0flex-ui.cjs';

/** `@twilio/flex-ui` is what the page offers this plugin, else the page's own Flex. */
function takeFlexFromThePage(): Plugin {
  return {
    name: 'take-flex-from-the-page',
    enforce: 'pre',
    resolveId: (id) => (id === '@twilio/flex-ui' ? SHIM : null),
    load: (id) =>
      id === SHIM
        ? `const { FlexProxy, Flex } = window.Twilio;
           module.exports = (FlexProxy && FlexProxy[__FPB_PLUGIN_UNIQUE_NAME]) || Flex;`
        : null,
  };
}

const text = (value: string) => JSON.stringify(value);

export default defineConfig({
  // Not in `rolldownOptions.external`: that leaves a `require("react")` in the script, which no browser has.
  plugins: [takeFlexFromThePage(), esmExternalRequirePlugin({ external: Object.keys(PAGE_GLOBALS) })],
  resolve: {
    conditions: ['workspace-source', ...defaultClientConditions],
    dedupe: ['react', 'react-dom', 'styled-components'],
  },
  define: {
    'process.env.NODE_ENV': text('production'),
    __FPB_PLUGIN_UNIQUE_NAME: text(UNIQUE_NAME),
    __FPB_PLUGIN_VERSION: text(versionOf(new URL('package.json', import.meta.url).pathname)),
    __FPB_FLEX_PLUGIN_SCRIPTS_VERSION: text(installed('@twilio/flex-plugin')),
    __FPB_FLEX_PLUGIN_VERSION: text(installed('@twilio/flex-plugin')),
    __FPB_CRACO_CONFIG_FLEX_PLUGIN_VERSION: text(installed('@twilio/flex-plugin')),
    __FPB_FLEX_UI_VERSION: text(installed('@twilio/flex-ui')),
    __FPB_REACT_VERSION: text(installed('react')),
    __FPB_REACT_DOM_VERSION: text(installed('react-dom')),
  },
  build: {
    outDir: 'build',
    target: 'es2020',
    sourcemap: 'hidden',
    cssCodeSplit: false,
    lib: {
      entry: 'src/index.ts',
      formats: ['iife'],
      name: 'ChatTransferPlugin',
      fileName: () => `${UNIQUE_NAME}.js`,
    },
    rolldownOptions: { output: { globals: PAGE_GLOBALS } },
  },
});
