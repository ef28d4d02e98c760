/**
 * Runs the journeys, with the arguments of `playwright test`: `node run.mjs warm.spec.ts --headed`.
 * Without a Chromium it runs none, and prints how to get one.
 */
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
const args = process.argv.slice(2);
// The project `screenshot` changes a file of the repository, so it runs only when asked for.
const projects = args.some((argument) => argument.startsWith('--project'))
  ? []
  : ['--project=programmable-chat*', '--project=conversations*'];
const { status } = spawnSync(process.execPath, [cli, 'test', ...projects, ...args], { stdio: 'inherit' });
process.exit(status ?? 1);
