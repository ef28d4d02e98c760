/**
 * Counts how often each interaction is closed, of what callers were told: once is what it should be. Outermost on the line:
 * an answer that was lost on the way counts for nothing.
 */
import type { CallOptions, Line } from './loopback-client';

export type WatchedLine = ReturnType<typeof watchLine>;

export function watchLine(line: Line) {
  const closings = new Map<string, number>();

  const watched: Line = async (call, pass) => {
    const answer = await line(call, pass);
    const channelSid = channelClosed(call);
    if (channelSid !== undefined && isDone(answer)) {
      closings.set(channelSid, (closings.get(channelSid) ?? 0) + 1);
    }
    return answer;
  };

  return {
    line: watched,
    /** How often a channel of an interaction (UO) was closed. */
    closings: (channelSid: string): number => closings.get(channelSid) ?? 0,
    /** For an account that is new: its SIDs may be those of the one before. */
    forget: () => closings.clear(),
  };
}

function channelClosed({ method, uri, data }: CallOptions): string | undefined {
  const [, channelSid] = /\/Interactions\/KD\w+\/Channels\/(UO\w+)$/.exec(new URL(uri).pathname) ?? [];
  const isClosing = typeof data === 'object' && data !== null && 'Status' in data && data.Status === 'closed';
  return method.toUpperCase() === 'POST' && isClosing ? channelSid : undefined;
}

const isDone = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'statusCode' in answer && Number(answer.statusCode) < 300;
