/**
 * `npm run soak -- [MINUTES]`: runs random scenarios through the functions against the sandbox for this time (default 20)
 * and checks the invariants after every step, with the same code as `npm test`. Every scenario has quirks of its own, unless `TEST_QUIRKS`
 * chooses them. After a failure, prints how to repeat it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const minutes = Number(process.argv[2] ?? 20);
if (!(minutes > 0)) {
  console.error(
    `Failed to run the scenarios: "${process.argv[2]}" is not a number of minutes. Example: npm run soak -- 20`,
  );
  process.exit(1);
}

const run = (command, args, env = {}) =>
  spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  }).status ?? 1;

const buildStatus = run('turbo', [
  'run',
  'build',
  '--filter=chat-transfer-functions',
  '--output-logs=errors-only',
]);
if (buildStatus !== 0) process.exit(buildStatus);
console.log(`Running random scenarios for ${minutes} minutes…`);
process.exit(
  run('npm', ['--silent', '--prefix', 'apps/functions', 'run', 'soak'], {
    SOAK_MINUTES: String(minutes),
    TEST_QUIRKS: process.env.TEST_QUIRKS ?? 'random',
  }),
);
