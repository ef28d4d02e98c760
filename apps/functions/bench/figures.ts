/** Figures as text: JSON lines and Markdown tables. */
import type { Backend } from '@chat-transfer/transfer-core';
import { median } from './calls';
import { JOURNEYS, type JourneyId } from './journeys';
import { formatTable } from './markdown-table';
import { formatFigure, ORIGINAL } from './original';
import { REQUESTS, type RequestId } from './requests';
import type { Sample } from './sample';

export type Run = Readonly<Record<RequestId | JourneyId, Sample>>;

/** One JSON object a line, with medians. */
export function formatJsonLines(backend: Backend, runs: readonly Run[]): string {
  const lines = [...REQUESTS, ...JOURNEYS].map(({ id: scenario }) => {
    const samples = listSamples(runs, scenario);
    const value = (name: keyof Sample) => medianOf(samples, name);
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

export function formatRequestTable(runs: readonly Run[]): string {
  return formatTable(
    ['Request', 'Calls to the answer', 'Calls in all', 'Depth', 'ms'],
    REQUESTS.map(({ id, title }) => {
      const samples = listSamples(runs, id);
      return [
        title,
        formatRange(samples, 'calls'),
        formatRange(samples, 'callsInAll'),
        formatRange(samples, 'depth'),
        formatWallMs(samples),
      ];
    }),
    { numbers: true },
  );
}

export function formatJourneyTable(runs: readonly Run[]): string {
  return formatTable(
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
      const samples = listSamples(runs, id);
      return [
        title,
        end ? formatRange(samples, 'callsInAll') : '',
        formatFigure(original?.calls),
        end ? formatRange(samples, 'functionRequests') : '',
        formatFigure(original?.functionRequests),
        formatRange(samples, 'chain'),
        formatFigure(original?.chain),
        formatWallMs(samples),
        formatFigure(original?.wallMs),
      ];
    }),
    { numbers: true },
  );
}

const listSamples = (runs: readonly Run[], id: keyof Run) => runs.map((run) => run[id]);

function medianOf(samples: readonly Sample[], name: keyof Sample): number | undefined {
  const values = samples.map((sample) => sample[name]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

const round = (value: number | undefined) => (value === undefined ? undefined : Math.round(value));

const formatWallMs = (samples: readonly Sample[]): string => String(round(medianOf(samples, 'wallMs')) ?? '');

/** A count, or its range if it differs between runs. */
function formatRange(samples: readonly Sample[], name: keyof Sample): string {
  const values = samples.map((sample) => sample[name] ?? Number.NaN);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return min === max ? String(min) : `${min}–${max}`;
}
