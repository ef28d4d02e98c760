/**
 * What the feature this product started from takes for the same journeys: the published measurement of `chat-transfer`
 * in flex-project-template at fbd5594, its functions and its plugin run unmodified, under the same latencies and with
 * people who think for no time. Each figure twice: once the list of queues is cached in the page, and before that.
 */
import type { JourneyId } from './journeys';

interface Figure {
  readonly later: number;
  /** The first transfer of a session; absent where it makes no difference. */
  readonly first?: number;
}

export interface OriginalFigures {
  /** Calls to Twilio by the functions, in all. */
  readonly calls?: Figure;
  readonly functionRequests?: Figure;
  readonly chain?: Figure;
  readonly wallMs: Figure;
}

/** What it does not do, or was not measured for, is absent. */
export const ORIGINAL: Readonly<Partial<Record<JourneyId, OriginalFigures>>> = {
  'warm-transfer-notice': { wallMs: { later: 466, first: 685 } },
  'warm-transfer-answered': {
    calls: { later: 7, first: 9 },
    functionRequests: { later: 2, first: 3 },
    chain: { later: 10, first: 13 },
    wallMs: { later: 699, first: 921 },
  },
  'cold-transfer-notice': { chain: { later: 7, first: 10 }, wallMs: { later: 470, first: 676 } },
  'cold-transfer-wrapup': { wallMs: { later: 1619, first: 1814 } },
  'cold-transfer-completed': {
    calls: { later: 14, first: 16 },
    functionRequests: { later: 5, first: 6 },
    chain: { later: 25, first: 28 },
    wallMs: { later: 1799, first: 1996 },
  },
  'leaving-wrapup': { wallMs: { later: 905 } },
  'leaving-completed': {
    calls: { later: 7 },
    functionRequests: { later: 3 },
    chain: { later: 15 },
    wallMs: { later: 1086 },
  },
};

export const figureText = (figure: Figure | undefined): string =>
  figure === undefined ? '' : `${figure.later}${figure.first === undefined ? '' : ` (${figure.first})`}`;
