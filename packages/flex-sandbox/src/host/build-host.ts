/**
 * Bundles the unmodified Flex UI for the browser, once per version: `node dist/build-host.js`.
 *
 * A page cannot load the npm package itself: it is a library that requires about 190 other packages.
 * Do not distribute the bundle: parts of it are under Twilio's own terms.
 */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, version as esbuildVersion } from 'esbuild';
import { hostFolder, packageFolder } from './host-files.js';

const OUTPUT = join(hostFolder, 'flex-ui.js');
const STAMP = join(hostFolder, 'flex-ui.json');

/** Sets the globals of Twilio's hosted page. React is one of them, because plugins take it from the page. */
const ENTRY = `
  import * as React from 'react';
  import * as ReactDOM from 'react-dom';
  import * as Flex from '@twilio/flex-ui';
  Object.assign(window, { React, ReactDOM, Flex });
  window.Twilio = Object.assign(window.Twilio ?? {}, { Flex });
`;

interface Stamp {
  readonly inputs: Readonly<Record<string, string>>;
}

async function buildHost(): Promise<void> {
  const stamp: Stamp = {
    inputs: {
      '@twilio/flex-ui': await installedVersion('@twilio/flex-ui'),
      react: await installedVersion('react'),
      'react-dom': await installedVersion('react-dom'),
      esbuild: esbuildVersion,
      entry: ENTRY,
    },
  };
  if (await isUpToDate(stamp)) return;

  const startedAtMs = Date.now();
  console.log(`Bundling Flex UI ${stamp.inputs['@twilio/flex-ui']} (about 15 s, once per version)…`);
  await mkdir(hostFolder, { recursive: true });
  const temporary = `${OUTPUT}.unfinished`;
  await build({
    stdin: { contents: ENTRY, resolveDir: packageFolder },
    outfile: temporary,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.png': 'dataurl', '.svg': 'dataurl' },
    // mime-types imports Node's path, the only Node module in the bundle.
    alias: { path: 'path-browserify' },
    logLevel: 'error',
    legalComments: 'none',
  });
  await rename(temporary, OUTPUT);
  await writeFile(STAMP, `${JSON.stringify(stamp, undefined, 2)}\n`);
  const { size } = await stat(OUTPUT);
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`Bundled Flex UI: ${(size / 1e6).toFixed(1)} MB in ${seconds} s`);
}

async function isUpToDate(stamp: Stamp): Promise<boolean> {
  const [output, stored] = await Promise.all([
    stat(OUTPUT).catch(() => undefined),
    readFile(STAMP, 'utf8').catch(() => ''),
  ]);
  return output !== undefined && stored.trim() === JSON.stringify(stamp, undefined, 2);
}

async function installedVersion(name: string): Promise<string> {
  const manifest = createRequire(join(packageFolder, 'package.json')).resolve(`${name}/package.json`);
  const { version }: { version: string } = JSON.parse(await readFile(manifest, 'utf8'));
  return version;
}

await buildHost();
