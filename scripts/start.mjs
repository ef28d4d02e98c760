/**
 * `npm start -- [FLAGS]`: installs and builds what is out of date, then runs the demo with the same flags. Checks the flags
 * first, so that `--help` and an error for a wrong flag are printed at once.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { readDemoFlags } from './demo-flags.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = readDemoFlags();
bootstrap();
const build = ['run', 'build', '--filter=chat-transfer-demo', '--output-logs=errors-only'];
const shell = process.platform === 'win32';
const { status } = spawnSync('turbo', build, { cwd: root, stdio: 'inherit', shell });
if (status !== 0) process.exit(status ?? 1);

const demo = spawn(process.execPath, ['apps/demo/dist/cli.js', ...flags], { cwd: root, stdio: 'inherit' });
demo.on('exit', (code) => process.exit(code ?? 1));
// Ctrl+C reaches the demo directly. This process waits for it, so that the shell's prompt comes last.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => demo.kill());
