/** Where a Chromium is on this machine. Nothing is downloaded. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** The first that exists: `CHROMIUM_PATH`, Playwright's own, Debian's, Google Chrome; else `undefined`. */
export function findChromium() {
  const candidates = [
    process.env.CHROMIUM_PATH,
    chromium.executablePath(),
    '/usr/bin/chromium',
    pathOf('google-chrome'),
  ];
  return candidates.find((candidate) => candidate && existsSync(candidate));
}

/** @param {string} command */
function pathOf(command) {
  try {
    return execFileSync('which', [command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
