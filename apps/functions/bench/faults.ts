/**
 * `npm run bench -- faults`: runs the whole fault matrix and prints it. `--write` writes it to docs/fault-matrix.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatFaultMatrix, readCells } from './fault-matrix-report';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const functions = resolve(import.meta.dirname, '../..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const results = join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/faults', '--reporter=dot', '--reporter=json', `--outputFile.json=${results}`],
  {
    cwd: functions,
    env: { ...process.env, TEST_TIER: 'full', TEST_QUIRKS: 'default' },
    // The output of the tests goes to stderr: stdout holds the page only.
    stdio: ['ignore', process.stderr, process.stderr],
  },
);
const page = formatFaultMatrix(readCells(JSON.parse(readFileSync(results, 'utf8'))));
rmSync(folder, { recursive: true });

if (values.write) writeFileSync(resolve(functions, '../../docs/fault-matrix.md'), page);
else process.stdout.write(page);
process.exit(status ?? 1);
