/** Runs the browser tests, or says in one line why they cannot run here and what to do about it. */
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.mjs';

if (findChromium() === undefined) {
  console.log(
    'SKIPPED the browser tests: no Chromium found. Install one (Debian: apt-get install chromium; anywhere: ' +
      'npx playwright install chromium) or set CHROMIUM_PATH.',
  );
  process.exit(0);
}
const { status } = spawnSync('playwright', ['test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
