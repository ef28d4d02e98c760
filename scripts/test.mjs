/**
 * Builds and runs every test, then says `N passed, N failed` over all suites, counted from the runners' own reports.
 * The browser tests run last and alone: they take every core there is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const members = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
);
for (const member of members) rmSync(join(member, 'test-results'), { recursive: true, force: true });

const steps = [
  ['run', 'build', '--output-logs=errors-only'],
  ['run', 'test', '--filter=!chat-transfer-e2e', '--concurrency=2', '--continue'],
  ['run', 'test', '--filter=chat-transfer-e2e'],
];
let status = 0;
for (const step of steps) {
  const ended = spawnSync('turbo', step, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  status ||= ended.status ?? 1;
  if (status !== 0 && step === steps[0]) process.exit(status);
}

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const member of members) {
  const vitest = readReport(member, 'vitest.json');
  totals.passed += vitest?.numPassedTests ?? 0;
  totals.failed += vitest?.numFailedTests ?? 0;
  totals.skipped += vitest?.numPendingTests ?? 0;
  // A suite that could not be loaded has no tests to count, and is a failure all the same.
  if (vitest?.numFailedTests === 0) totals.failed += vitest.numFailedTestSuites;

  const playwright = readReport(member, 'playwright.json')?.stats;
  totals.passed += (playwright?.expected ?? 0) + (playwright?.flaky ?? 0);
  totals.failed += playwright?.unexpected ?? 0;
  totals.skipped += playwright?.skipped ?? 0;
}
if (status !== 0 && totals.failed === 0) totals.failed = 1;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed > 0 ? 1 : status);

/** @param {string} member @param {string} file */
function readReport(member, file) {
  const path = join(member, 'test-results', file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
