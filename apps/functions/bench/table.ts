/** Figures as text: tables that read well in a terminal and in Markdown alike. */
import type { Backend } from '@chat-transfer/transfer-core';
import { median } from './calls';
import { JOURNEYS, type JourneyId } from './journeys';
import { figureText, ORIGINAL } from './original';
import { REQUESTS, type RequestId } from './requests';
import type { Sample } from './sample';

export type Run = Readonly<Record<RequestId | JourneyId, Sample>>;

/** One JSON object a line; medians. */
export function jsonLines(backend: Backend, runs: readonly Run[]): string {
  const lines = [...REQUESTS, ...JOURNEYS].map(({ id: scenario }) => {
    const samples = samplesOf(runs, scenario);
    const value = (name: keyof Sample) => middle(samples, name);
    return JSON.stringify({
      scenario,
      backend,
      calls: value('calls'),
      depth: value('depth'),
      wallMs: round(value('wallMs')),
      callsInAll: value('callsInAll'),
      chain: value('chain'),
      functionRequests: value('functionRequests'),
    });
  });
  return `${lines.join('\n')}\n`;
}

export function requestTable(runs: readonly Run[]): string {
  return table(
    ['Request', 'Calls to the answer', 'Calls in all', 'Depth', 'ms'],
    REQUESTS.map(({ id, title }) => {
      const samples = samplesOf(runs, id);
      return [
        title,
        range(samples, 'calls'),
        range(samples, 'callsInAll'),
        range(samples, 'depth'),
        wall(samples),
      ];
    }),
  );
}

export function journeyTable(runs: readonly Run[]): string {
  return table(
    [
      'Journey',
      'Calls in all',
      'original',
      'Requests to functions',
      'original',
      'Chain',
      'original',
      'ms',
      'original',
    ],
    JOURNEYS.map(({ id, end, title }) => {
      const original = ORIGINAL[id];
      const samples = samplesOf(runs, id);
      return [
        title,
        end ? range(samples, 'callsInAll') : '',
        figureText(original?.calls),
        end ? range(samples, 'functionRequests') : '',
        figureText(original?.functionRequests),
        range(samples, 'chain'),
        figureText(original?.chain),
        wall(samples),
        figureText(original?.wallMs),
      ];
    }),
  );
}

const samplesOf = (runs: readonly Run[], id: keyof Run) => runs.map((run) => run[id]);

function middle(samples: readonly Sample[], name: keyof Sample): number | undefined {
  const values = samples.map((sample) => sample[name]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

const round = (value: number | undefined) => (value === undefined ? undefined : Math.round(value));

const wall = (samples: readonly Sample[]): string => String(round(middle(samples, 'wallMs')) ?? '');

/** A count, which should be the same in every run; where it is not, from the least to the most. */
function range(samples: readonly Sample[], name: keyof Sample): string {
  const values = samples.map((sample) => sample[name] ?? Number.NaN);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |\n`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return line(head) + line(rule) + rows.map(line).join('');
}

const pad = (cell: string, width: number, column: number) =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);
