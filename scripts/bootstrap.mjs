/**
 * Installs the workspace when it is missing or out of date, with nothing but Node and npm on the machine.
 * Every npm script runs this first; when there is nothing to do it costs a few milliseconds.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const shell = process.platform === 'win32';

/** When a file was written last, in ms; 0 when it does not exist. */
function writtenAtMs(path) {
  return statSync(new URL(path, root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Failed to start: this is Node ${process.versions.node}. Install Node 20.19 or newer.`);
  process.exit(1);
}

const installedAtMs = writtenAtMs('node_modules/.pnpm-workspace-state-v1.json');
const inputs = ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml'];
if (installedAtMs > Math.max(...inputs.map(writtenAtMs))) process.exit(0);

const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
// Without the last one, pnpm asks before it replaces a folder made with other settings, and waits for ever.
const install = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirm-modules-purge=false'];
// corepack checks the pinned hash; Node 25 and later come without it, so npx is the second way.
const ways = [
  ['corepack', ['pnpm', '--version'], ['pnpm', ...install]],
  [
    'npx',
    ['--yes', packageManager.split('+')[0], '--version'],
    ['--yes', packageManager.split('+')[0], ...install],
  ],
];

for (const [command, probe, run] of ways) {
  if (spawnSync(command, probe, { cwd: root, shell }).status !== 0) continue;
  console.log(`Installing the workspace (${command})…`);
  process.exit(spawnSync(command, run, { cwd: root, stdio: 'inherit', shell }).status ?? 1);
}
console.error(
  'Failed to install the workspace: neither corepack nor npx could start pnpm. Install Node 20.19 or newer.',
);
process.exit(1);
