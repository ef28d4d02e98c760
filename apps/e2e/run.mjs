/** Runs the browser tests, or says in one line why they cannot run here and what to do about it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.mjs';

if (findChromium() === undefined) {
  console.log(
    'SKIPPED the browser tests: no Chromium found. Install one (Debian: apt-get install chromium; anywhere: ' +
      'npx playwright install chromium) or set CHROMIUM_PATH.',
  );
  process.exit(0);
}
const cli = fileURLToPath(import.meta.resolve('@playwright/test/cli'));
const asked = process.argv.slice(2);
// Everything but the picture of the README, unless somebody asks for less.
const projects = asked.some((argument) => argument.startsWith('--project'))
  ? []
  : ['desktop', 'programmable-chat', 'conversations'].map((name) => `--project=${name}`);
const { status } = spawnSync(process.execPath, [cli, 'test', ...projects, ...asked], { stdio: 'inherit' });
process.exit(status ?? 1);
