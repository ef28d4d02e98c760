/**
 * `npm test` and `npm run test:full`: builds, runs every suite, and prints `N passed, N failed` from the reports of the
 * test runners. The browser tests run last and alone, because they use every core.
 *
 * Every suite gets two environment variables, which are part of turbo's cache key:
 * - `TEST_TIER` is `sample` (npm test) or `full` (npm run test:full). In the sample tier a suite runs its matrices and
 *   random scenarios as a sample, so that `npm test` stays below ten minutes of user CPU time. In the full tier it runs all.
 * - `TEST_SEED` is an unsigned 32-bit integer. The same seed gives the same sample. Default: the start of HEAD's hash, so
 *   that each commit tests another sample.
 * `TEST_QUIRKS` chooses the quirks of Twilio; see `docs/quirks.md`. Default: each one both ways in the full tier, and some in a sample.
 * Without `TEST_TIER`, the browser tests run in full and the suites of the functions run a sample.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCpuMeter } from './cpu-meter.mjs';

const MAX_SEED = 0xffff_ffff;
const root = fileURLToPath(new URL('..', import.meta.url));
const tier = process.argv.includes('--full') ? 'full' : 'sample';
const seed = readSeed();
const command = `TEST_SEED=${seed} ${tier === 'full' ? 'npm run test:full' : 'npm test'}`;
console.log(`Running the ${tier} tier with seed ${seed}. To repeat it: ${command}`);

const members = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
);
for (const member of members) rmSync(join(member, 'test-results'), { recursive: true, force: true });

const steps = {
  build: ['run', 'build', '--output-logs=errors-only'],
  suites: ['run', 'test', '--filter=!chat-transfer-e2e', '--concurrency=2', '--continue'],
  'browser tests': ['run', 'test', '--filter=chat-transfer-e2e'],
};
const cpuMeter = startCpuMeter();
const cpuTimes = [];
let status = 0;
for (const [name, args] of Object.entries(steps)) {
  const before = cpuMeter.read();
  const ended = await runTurbo(args);
  const after = cpuMeter.read();
  if (before !== undefined) cpuTimes.push(`${name} ${Math.round(after - before)} s`);
  status ||= ended;
  if (status !== 0 && name === 'build') process.exit(status);
}
const cpuSeconds = cpuMeter.read();
cpuMeter.stop();

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const member of members) {
  const vitest = readReport(member, 'vitest.json');
  totals.passed += vitest?.numPassedTests ?? 0;
  totals.failed += vitest?.numFailedTests ?? 0;
  totals.skipped += vitest?.numPendingTests ?? 0;
  // A test file that cannot be loaded counts as a failed suite and has no failed tests.
  if (vitest?.numFailedTests === 0) totals.failed += vitest.numFailedTestSuites;

  const playwright = readReport(member, 'playwright.json')?.stats;
  totals.passed += (playwright?.expected ?? 0) + (playwright?.flaky ?? 0);
  totals.failed += playwright?.unexpected ?? 0;
  totals.skipped += playwright?.skipped ?? 0;
}
if (status !== 0 && totals.failed === 0) totals.failed = 1;

if (totals.failed > 0) console.log(`To repeat these tests: ${command}`);
if (cpuSeconds !== undefined) {
  console.log(`User CPU time: ${Math.round(cpuSeconds)} s (${cpuTimes.join(', ')})`);
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed > 0 ? 1 : status);

/** Returns the caller's `TEST_SEED`, else the first 32 bits of HEAD's hash; 0 outside a git repository. */
function readSeed() {
  const given = process.env.TEST_SEED;
  if (given) {
    if (/^\d+$/.test(given) && Number(given) <= MAX_SEED) return Number(given);
    console.error(
      `Failed to run the tests: TEST_SEED is "${given}". Set it to an integer from 0 to ${MAX_SEED}, or leave it out.`,
    );
    process.exit(1);
  }
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return Number.parseInt(head.slice(0, 8), 16);
  } catch {
    return 0;
  }
}

/**
 * Runs turbo and returns its exit code. Does not block this process, so that the CPU meter can measure meanwhile.
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
function runTurbo(args) {
  return new Promise((resolve, reject) => {
    const child = spawn('turbo', args, {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
      env: { ...process.env, TEST_TIER: tier, TEST_SEED: String(seed) },
    });
    // Ctrl+C reaches turbo too. Wait until it has stopped the tests.
    const stop = () => child.once('exit', () => process.exit(130));
    process.once('SIGINT', stop);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGINT', stop);
      resolve(code ?? 1);
    });
  });
}

/** @param {string} member @param {string} file */
function readReport(member, file) {
  const path = join(member, 'test-results', file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
