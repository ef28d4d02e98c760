/**
 * `npm run dev`: builds on every change and runs the demo. Functions, plugin and webchat show on the next request or
 * reload; the demo starts anew when it or the sandbox has changed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };

const built = spawnSync('turbo', ['run', 'build', '--output-logs=errors-only'], options);
if (built.status !== 0) process.exit(built.status ?? 1);

const running = [
  spawn('turbo', ['watch', 'build', '--output-logs=errors-only'], options),
  spawn('node', ['--watch', '--watch-preserve-output', 'apps/demo/dist/cli.js', '--verbose'], options),
];
const stop = () => {
  for (const child of running) child.kill();
};
// Whichever ends first takes the other along.
for (const child of running) child.on('exit', stop);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
