/**
 * Builds the plugin in the form that Flex loads: one classic script that uses the page's React and Flex.
 *
 * The externals, the `__FPB_` names and the shim are the same as in Twilio's own plugin builder. Flex identifies the
 * plugin by them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defaultClientConditions, defineConfig, esmExternalRequirePlugin, type Plugin } from 'vite';

const require = createRequire(import.meta.url);
const versionOf = (manifest: string): string => JSON.parse(readFileSync(manifest, 'utf8')).version;
const installedVersion = (name: string): string => versionOf(require.resolve(`${name}/package.json`));

/** The plugin's name in the Plugins API. Flex stores the Flex object for this plugin under this name. */
const UNIQUE_NAME = 'plugin-chat-transfer';

const PAGE_GLOBALS = { react: 'React', 'react-dom': 'ReactDOM', redux: 'Redux', 'react-redux': 'ReactRedux' };

const SHIM = '\0flex-ui.cjs';

/** Resolves `@twilio/flex-ui` to the Flex object that the page has for this plugin, or else to the page's own Flex. */
function resolveFlexFromPage(): Plugin {
  return {
    name: 'resolve-flex-from-page',
    enforce: 'pre',
    resolveId: (id) => (id === '@twilio/flex-ui' ? SHIM : null),
    load: (id) =>
      id === SHIM
        ? `const { FlexProxy, Flex } = window.Twilio;
           module.exports = (FlexProxy && FlexProxy[__FPB_PLUGIN_UNIQUE_NAME]) || Flex;`
        : null,
  };
}

/** Modules that the plugin's libraries contain and never use here, with what replaces them. */
const UNUSED: ReadonlyArray<readonly [path: RegExp, replacement: string]> = [
  // React 17's JSX runtime requires a polyfill that no browser of Flex needs.
  [/\/object-assign\/index\.js$/, 'module.exports = Object.assign;'],
];

function replaceUnusedModules(): Plugin {
  return {
    name: 'replace-unused-modules',
    load: (id) => UNUSED.find(([path]) => path.test(id))?.[1] ?? null,
  };
}

const asLiteral = (value: string) => JSON.stringify(value);

export default defineConfig({
  // `rolldownOptions.external` would leave `require("react")` in the script, and browsers have no `require`.
  plugins: [
    resolveFlexFromPage(),
    replaceUnusedModules(),
    esmExternalRequirePlugin({ external: Object.keys(PAGE_GLOBALS) }),
  ],
  resolve: {
    conditions: ['workspace-source', ...defaultClientConditions],
    dedupe: ['react', 'react-dom'],
    alias: { 'styled-components': new URL('src/flex/styled-components.ts', import.meta.url).pathname },
  },
  define: {
    'process.env.NODE_ENV': asLiteral('production'),
    // The default of `ui_attributes.chat_transfer.functions_url`.
    __CHAT_TRANSFER_FUNCTIONS_URL: asLiteral(process.env.CHAT_TRANSFER_FUNCTIONS_URL ?? ''),
    __FPB_PLUGIN_UNIQUE_NAME: asLiteral(UNIQUE_NAME),
    __FPB_PLUGIN_VERSION: asLiteral(versionOf(new URL('package.json', import.meta.url).pathname)),
    __FPB_FLEX_PLUGIN_SCRIPTS_VERSION: asLiteral(installedVersion('@twilio/flex-plugin')),
    __FPB_FLEX_PLUGIN_VERSION: asLiteral(installedVersion('@twilio/flex-plugin')),
    __FPB_CRACO_CONFIG_FLEX_PLUGIN_VERSION: asLiteral(installedVersion('@twilio/flex-plugin')),
    __FPB_FLEX_UI_VERSION: asLiteral(installedVersion('@twilio/flex-ui')),
    __FPB_REACT_VERSION: asLiteral(installedVersion('react')),
    __FPB_REACT_DOM_VERSION: asLiteral(installedVersion('react-dom')),
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
