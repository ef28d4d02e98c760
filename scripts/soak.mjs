/**
 * `npm run soak -- [MINUTES]`: plays random scenarios through the functions against the sandbox for so long (default 20)
 * and checks the invariants after every step; the same code as in `npm test`. A failure prints how to play it again.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const minutes = Number(process.argv[2] ?? 20);
if (!(minutes > 0)) {
  console.error(
    `Failed to soak: "${process.argv[2]}" is no number of minutes. For twenty: npm run soak -- 20`,
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

const built = run('turbo', ['run', 'build', '--filter=chat-transfer-functions', '--output-logs=errors-only']);
if (built !== 0) process.exit(built);
console.log(`Soaking for ${minutes} minutes…`);
process.exit(
  run('npm', ['--silent', '--prefix', 'apps/functions', 'run', 'soak'], { SOAK_MINUTES: String(minutes) }),
);
