/**
 * `npm run bench -- faults`: runs the tests in which one call to Twilio goes wrong at a time, and says what became of
 * every call of every function. `--write` puts it into docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsReport, readCells } from './fault-matrix-report';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const functions = resolve(import.meta.dirname, '../..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const results = join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/faults', '--reporter=dot', '--reporter=json', `--outputFile.json=${results}`],
  // What the tests say goes beside the table, which others may read.
  { cwd: functions, stdio: ['ignore', process.stderr, process.stderr] },
);
const report = faultsReport(readCells(JSON.parse(readFileSync(results, 'utf8'))));
rmSync(folder, { recursive: true });

if (values.write) writeSection(resolve(functions, '../../docs/benchmarks.md'), report);
else process.stdout.write(report);
process.exit(status ?? 1);

/** Replaces the section of that heading, or adds it at the end. */
function writeSection(file: string, section: string): void {
  const before = readFileSync(file, 'utf8');
  const [heading = ''] = section.split('\n', 1);
  const from = before.indexOf(`${heading}\n`);
  const next = from === -1 ? -1 : before.indexOf('\n## ', from);
  const head = from === -1 ? `${before.trimEnd()}\n\n` : before.slice(0, from);
  const tail = next === -1 ? '' : before.slice(next);
  writeFileSync(file, `${head}${section}${tail}`);
}
