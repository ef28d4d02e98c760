/**
 * The figures of the feature this product started from: the published measurement of `chat-transfer` in
 * flex-project-template at fbd5594, with its functions and its plugin unmodified, under the same latencies and without
 * thinking time. Each figure has two values: with the list of queues cached in the page, and before that.
 */
import type { JourneyId } from './journeys';

interface Figure {
  readonly cached: number;
  /** In the first transfer of a session; absent if it is the same. */
  readonly first?: number;
}

export interface OriginalFigures {
  /** All calls of the functions to Twilio. */
  readonly calls?: Figure;
  readonly functionRequests?: Figure;
  readonly chain?: Figure;
  readonly wallMs: Figure;
}

/** Without what it does not do, and what was not measured. */
export const ORIGINAL: Readonly<Partial<Record<JourneyId, OriginalFigures>>> = {
  'warm-transfer-notice': { wallMs: { cached: 466, first: 685 } },
  'warm-transfer-answered': {
    calls: { cached: 7, first: 9 },
    functionRequests: { cached: 2, first: 3 },
    chain: { cached: 10, first: 13 },
    wallMs: { cached: 699, first: 921 },
  },
  'cold-transfer-notice': { chain: { cached: 7, first: 10 }, wallMs: { cached: 470, first: 676 } },
  'cold-transfer-wrapup': { wallMs: { cached: 1619, first: 1814 } },
  'cold-transfer-completed': {
    calls: { cached: 14, first: 16 },
    functionRequests: { cached: 5, first: 6 },
    chain: { cached: 25, first: 28 },
    wallMs: { cached: 1799, first: 1996 },
  },
  'leaving-wrapup': { wallMs: { cached: 905 } },
  'leaving-completed': {
    calls: { cached: 7 },
    functionRequests: { cached: 3 },
    chain: { cached: 15 },
    wallMs: { cached: 1086 },
  },
};

export const formatFigure = (figure: Figure | undefined): string =>
  figure === undefined ? '' : `${figure.cached}${figure.first === undefined ? '' : ` (${figure.first})`}`;
