/**
 * Prepares the workspace for a script, with only Node and npm on the machine: installs it when it is missing or out of
 * date, and puts its tools (turbo, biome, knip, pnpm) on the PATH. Takes a few milliseconds when it is up to date.
 *
 * `npm install` and `npm ci` run this file as the root's postinstall. npm itself installs nothing, because the root has
 * no dependencies: npm does not know pnpm's protocols, and would delete pnpm's links. The tools are dependencies of
 * scripts/package.json. package-lock.json lists no package; without this file, `npm ci` refuses to run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const tools = new URL('scripts/node_modules/.bin/', root);
const shell = process.platform === 'win32';

/** Exits with an error when Node is too old or the installation fails. */
export function bootstrap() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    exitWith(`Failed to start: this is Node ${process.versions.node}. Install Node 20.19 or newer.`);
  }
  if (!isInstalled()) install();
  process.env.PATH = `${fileURLToPath(tools)}${delimiter}${process.env.PATH}`;
  // turbo warns when it is not installed in the root.
  process.env.TURBO_GLOBAL_WARNING_DISABLED = '1';
}

/** Whether the last installation by pnpm is newer than every file that it depends on. */
function isInstalled() {
  const inputs = ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml', 'scripts/pnpmfile.cjs'];
  return writtenAtMs('node_modules/.pnpm-workspace-state-v1.json') > Math.max(...inputs.map(writtenAtMs));
}

/** When a file was last written, in ms; 0 when it does not exist. */
function writtenAtMs(path) {
  return statSync(new URL(path, root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const [pinned] = packageManager.split('+');
  // Without the last option, pnpm asks before it replaces a folder that was installed with other settings.
  const args = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirm-modules-purge=false'];
  // `npm --silent` would also hide pnpm's errors.
  const { npm_config_loglevel: _level, ...env } = process.env;
  // corepack checks the pinned hash. Node 25 and later come without corepack, so npx is the second choice.
  const runners = [
    ['corepack', ['pnpm']],
    ['npx', ['--yes', pinned]],
  ];
  for (const [command, prefix] of runners) {
    if (spawnSync(command, [...prefix, '--version'], { cwd: root, shell }).status !== 0) continue;
    console.log(`Installing the workspace (${command} ${prefix.join(' ')})…`);
    const { status } = spawnSync(command, [...prefix, ...args], { cwd: root, shell, env, stdio: 'inherit' });
    if (status === 0) return;
    exitWith(`Failed to install the workspace: pnpm exited with ${status}. Its output is above.`);
  }
  exitWith(
    'Failed to install the workspace: neither corepack nor npx could start pnpm. ' +
      'Check the network and that npm works, then try again.',
  );
}

/**
 * Makes `npx biome` and the other tools of the workspace available in the root. Without this, npx would download any
 * package of that name.
 */
function linkTools() {
  if (process.platform === 'win32') return;
  const bin = new URL('node_modules/.bin/', root);
  mkdirSync(bin, { recursive: true });
  for (const tool of readdirSync(tools)) {
    const link = new URL(tool, bin);
    rmSync(link, { force: true });
    const target = `"$(dirname "$0")/../../scripts/node_modules/.bin/${tool}"`;
    writeFileSync(link, `#!/bin/sh\nexec ${target} "$@"\n`, { mode: 0o755 });
  }
}

/** @param {string} message */
function exitWith(message) {
  console.error(message);
  process.exit(1);
}

const isMain = realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url);
// pnpm runs the root's postinstall too, at the end of its own installation.
const isInsidePnpm =
  process.env.npm_lifecycle_event === 'postinstall' &&
  process.env.npm_config_user_agent?.startsWith('pnpm/') === true;
if (isMain && isInsidePnpm) linkTools();
else if (isMain) bootstrap();
