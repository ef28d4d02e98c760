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
const { status } = spawnSync(
  process.execPath,
  [cli, 'test', '--project=journeys', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
