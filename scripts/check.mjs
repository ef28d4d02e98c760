/** `npm run check -- [TURBO FLAGS]`: checks format and lint, types, and unused code. Stops at the first check that fails. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32';

bootstrap();
for (const [command, ...args] of [
  ['biome', 'check', '.'],
  ['turbo', 'run', 'typecheck', '--output-logs=errors-only', ...process.argv.slice(2)],
  ['knip'],
]) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell });
  if (status !== 0) process.exit(status ?? 1);
}
