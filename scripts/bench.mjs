/**
 * `npm run bench -- NAME [OPTIONS]`: builds what a benchmark needs and runs it with the options that follow its name,
 * for example `npm run bench -- transfer --json`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By name: what it measures, the workspace to build, and the built file to run. */
const BENCHMARKS = {
  transfer: {
    measures: 'calls to Twilio, their depth and the time of a transfer, with 60 ms for each call',
    workspace: 'chat-transfer-functions',
    file: 'apps/functions/dist/bench/transfer.mjs',
  },
  faults: {
    measures: 'the outcome of every call to Twilio × every fault; --write writes it to docs/fault-matrix.md',
    workspace: 'chat-transfer-functions',
    file: 'apps/functions/dist/bench/faults.mjs',
  },
  'concurrent-starts': {
    measures:
      'the time of 60 transfers that start at the same moment, through the demo; --starts N for another number',
    workspace: 'chat-transfer-demo',
    file: 'apps/demo/dist/bench/concurrent-starts.js',
  },
};

const [name, ...options] = process.argv.slice(2);
const benchmark = Object.hasOwn(BENCHMARKS, name ?? '') ? BENCHMARKS[name] : undefined;
if (benchmark === undefined) {
  console.error(
    `Failed to run a benchmark: ${name === undefined ? 'none is named' : `"${name}" does not exist`}. Choose one:`,
  );
  for (const [known, { measures }] of Object.entries(BENCHMARKS))
    console.error(`  npm run bench -- ${known.padEnd(18)} ${measures}`);
  process.exit(1);
}

const run = (command, args, stdout, shell) =>
  spawnSync(command, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'], shell }).status ?? 1;

// The build prints to stderr: stdout holds the benchmark's figures only, so that a program can read them.
const build = ['run', 'build', `--filter=${benchmark.workspace}`, '--output-logs=errors-only'];
const built = run('turbo', build, process.stderr, process.platform === 'win32');
if (built !== 0) process.exit(built);
process.exit(run(process.execPath, [benchmark.file, ...options], 'inherit', false));
