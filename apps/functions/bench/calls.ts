/**
 * Calls to Twilio as intervals on one clock: their number, and their depth, which is what a user waits for. Nothing here
 * makes a call.
 */

/** Times in ms on `performance.now()`. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Call extends Interval {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** The form. */
  readonly data: unknown;
  /** When Twilio has done it; the answer arrives at `endMs`. */
  readonly doneMs: number;
}

/** One run of a function: the request or event, and the calls that it made. */
export interface Invocation extends Interval {
  /** The URL path, such as `/transfer/start`. */
  readonly path: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly calls: readonly Call[];
}

/**
 * The number of intervals in the longest chain in which each starts after the one before has ended. Calls side by side
 * count once.
 */
export function depthOf(intervals: readonly Interval[]): number {
  const chains: { readonly endMs: number; readonly depth: number }[] = [];
  for (const { startMs, endMs } of [...intervals].sort((a, b) => a.startMs - b.startMs)) {
    const before = chains.filter((chain) => chain.endMs <= startMs).map(({ depth }) => depth);
    chains.push({ endMs, depth: Math.max(0, ...before) + 1 });
  }
  return Math.max(0, ...chains.map(({ depth }) => depth));
}

/** The depth of `last`, one of the intervals: how many of them run one after another until it has ended. */
export function depthTo(intervals: readonly Interval[], last: Interval): number {
  return depthOf(intervals.filter(({ endMs }) => endMs <= last.startMs)) + 1;
}

/** One line for each call, in ms from the start of the invocation. Shows which call waits for which. */
export function describeCalls({ path, startMs, calls }: Invocation): string {
  const sinceStart = (atMs: number) => String(Math.round(atMs - startMs)).padStart(5);
  const lines = [...calls]
    .sort((a, b) => a.startMs - b.startMs)
    .map(
      (call) =>
        `${sinceStart(call.startMs)} –${sinceStart(call.endMs)} ms  ${call.method} ${call.host}${call.path}`,
    );
  return [`Calls of ${path}:`, ...lines].join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('Failed to take a median: there are no values.');
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return (lower + upper) / 2;
}
