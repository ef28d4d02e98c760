/** Finds a Chromium on this machine. It downloads nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/**
 * Returns the path of the first browser that exists: `CHROMIUM_PATH`, Playwright's own, `/usr/bin/chromium`,
 * `google-chrome`. Returns `undefined` if there is none.
 */
export function findChromium() {
  const candidates = [
    process.env.CHROMIUM_PATH,
    chromium.executablePath(),
    '/usr/bin/chromium',
    findCommand('google-chrome'),
  ];
  return candidates.find((candidate) => candidate && existsSync(candidate));
}

/** @param {string} command */
function findCommand(command) {
  try {
    return execFileSync('which', [command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
