/** A service of Twilio that refuses every call for a while, also those that a test makes itself. */
import type { CallInterceptor } from './direct-transport';
import { buildRefusal } from './fault-injector';

export function createServiceOutage({ nowMs }: { readonly nowMs: () => number }) {
  let outage: { readonly host: string; readonly untilMs: number } | undefined;

  const intercept: CallInterceptor = async <Answer>(
    { uri }: Parameters<CallInterceptor>[0],
    forward: () => Promise<Answer>,
  ): Promise<Answer> => {
    const url = new URL(uri);
    const isRefused = outage !== undefined && outage.host === url.hostname && nowMs() < outage.untilMs;
    return isRefused ? (buildRefusal(url, 503) as Answer) : forward();
  };

  return {
    intercept,
    /** Begins an outage of a host such as `sync.twilio.com`. */
    begin(host: string, durationMs: number): void {
      outage = { host, untilMs: nowMs() + durationMs };
    },
    end(): void {
      outage = undefined;
    },
  };
}
