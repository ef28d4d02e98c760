/**
 * `npm run dev -- [FLAGS]`: builds on every change and runs the demo. A changed function is used by the next request, a
 * changed plugin or webchat after a reload of the page. The demo restarts when its own code or the sandbox changes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { readDemoFlags } from './demo-flags.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = readDemoFlags();
bootstrap();
const spawnOptions = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };
const filter = '--filter=chat-transfer-demo...';
const { status } = spawnSync('turbo', ['run', 'build', filter, '--output-logs=errors-only'], spawnOptions);
if (status !== 0) process.exit(status ?? 1);

const watch = ['--watch', '--watch-preserve-output'];
const children = [
  spawn('turbo', ['watch', 'build', filter, '--output-logs=errors-only'], spawnOptions),
  spawn('node', [...watch, 'apps/demo/dist/cli.js', ...flags, '--verbose'], spawnOptions),
];
const stopAll = () => {
  for (const child of children) child.kill();
};
// The build and the demo need each other.
for (const child of children) child.on('exit', stopAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stopAll);
