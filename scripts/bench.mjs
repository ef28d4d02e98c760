/**
 * `npm run bench -- NAME`: builds what a benchmark needs and runs it. What comes after the name is the benchmark's own:
 * `npm run bench -- transfer --json`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By name: what it measures, the workspace it is in, and its built file there. */
const BENCHMARKS = {
  transfer: {
    measures: 'calls to Twilio, their depth and the time of a transfer, with 60 ms for every call',
    workspace: 'chat-transfer-functions',
    file: 'apps/functions/dist/bench/transfer.mjs',
  },
  faults: {
    measures: 'what becomes of every call to Twilio that goes wrong; --write puts it into docs/benchmarks.md',
    workspace: 'chat-transfer-functions',
    file: 'apps/functions/dist/bench/faults.mjs',
  },
};

const [name, ...options] = process.argv.slice(2);
const benchmark = Object.hasOwn(BENCHMARKS, name ?? '') ? BENCHMARKS[name] : undefined;
if (benchmark === undefined) {
  console.error(
    name === undefined ? 'Which benchmark? There are:' : `There is no benchmark "${name}". There are:`,
  );
  for (const [known, { measures }] of Object.entries(BENCHMARKS))
    console.error(`  npm run bench -- ${known}   ${measures}`);
  process.exit(1);
}

const run = (command, args, stdout, shell) =>
  spawnSync(command, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'], shell }).status ?? 1;

// What the build says goes beside the figures, which others may read: stdout is theirs alone.
const build = ['run', 'build', `--filter=${benchmark.workspace}`, '--output-logs=errors-only'];
const built = run('turbo', build, process.stderr, process.platform === 'win32');
if (built !== 0) process.exit(built);
process.exit(run(process.execPath, [benchmark.file, ...options], 'inherit', false));
