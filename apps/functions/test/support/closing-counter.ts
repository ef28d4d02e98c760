/**
 * Counts how often each channel of an interaction is closed, by the answers that callers got. Every channel should be
 * closed once. As the outermost interceptor it does not count an answer that a fault loses.
 */
import type { CallInterceptor, CallOptions } from './direct-transport';

export function createClosingCounter() {
  const closings = new Map<string, number>();

  const intercept: CallInterceptor = async (call, forward) => {
    const answer = await forward();
    const channelSid = readClosedChannel(call);
    if (channelSid !== undefined && isSuccess(answer)) {
      closings.set(channelSid, (closings.get(channelSid) ?? 0) + 1);
    }
    return answer;
  };

  return {
    intercept,
    /** How often a channel (UO…) was closed. */
    countClosings: (channelSid: string): number => closings.get(channelSid) ?? 0,
    /** For a new account, which may use the same SIDs. */
    reset: () => closings.clear(),
  };
}

/** The channel that the call closes, if any. */
function readClosedChannel({ method, uri, data }: CallOptions): string | undefined {
  const [, channelSid] = /\/Interactions\/KD\w+\/Channels\/(UO\w+)$/.exec(new URL(uri).pathname) ?? [];
  const isClosing = typeof data === 'object' && data !== null && 'Status' in data && data.Status === 'closed';
  return method.toUpperCase() === 'POST' && isClosing ? channelSid : undefined;
}

const isSuccess = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'statusCode' in answer && Number(answer.statusCode) < 300;
