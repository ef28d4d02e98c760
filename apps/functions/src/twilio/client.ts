/**
 * Twilio's helper library, with the account of a function's context. The build bundles this version of it; the one that
 * Twilio's runtime would provide (`getTwilioClient`) may be older. With `TWILIO_API_BASE_URL`, a call to
 * `https://HOST/PATH` goes to `BASE/HOST/PATH`. The functions need nothing else to run without Twilio.
 */
import twilio from 'twilio';
import { type Budget, startBudget } from './budget';
import { type Calls, createCalls } from './call';
import { type Clock, hostClock } from './clock';
import { RebasedRequestClient, TimedRequestClient } from './request-client';
import { createTwilioTime } from './twilio-time';

export type TwilioClient = ReturnType<typeof twilio>;

/**
 * The part of a function's context that this file uses:
 * https://www.twilio.com/docs/serverless/functions-assets/functions/invocation
 */
export interface TwilioContext {
  readonly TWILIO_API_BASE_URL?: string;
  /** Set by tests only. Default: a client of the helper library. */
  readonly createTwilioClient?: (options?: object) => TwilioClient;
  /** Set by tests only; Twilio's runtime does not provide it. */
  readonly clock?: Clock;
}

/** Twilio, for one request. */
export interface Twilio {
  readonly client: TwilioClient;
  readonly calls: Calls;
  /** Twilio's time in ms since 1970; see `twilio-time.ts`. Not for durations: the first answer may correct it. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly budget: Budget;
  /** How many writes of this request were given up while they ran. Twilio may still process them. */
  readonly unansweredWrites: () => number;
}

/** Connects a request that begins now. */
export function connectTwilio(
  context: TwilioContext,
  { accountSid, authToken }: { readonly accountSid: string; readonly authToken: string },
): Twilio {
  const {
    clock = hostClock,
    TWILIO_API_BASE_URL: baseUrl,
    createTwilioClient = (options?: object) => twilio(accountSid, authToken, options),
  } = context;
  const budget = startBudget(clock);
  const time = createTwilioTime(clock.nowMs);
  const transport = baseUrl ? new RebasedRequestClient(baseUrl) : createTwilioClient().httpClient;
  let unansweredWrites = 0;
  const onUnansweredWrite = () => {
    unansweredWrites += 1;
  };
  const httpClient = new TimedRequestClient({ transport, clock, budget, time, onUnansweredWrite });
  return {
    client: createTwilioClient({ httpClient }),
    calls: createCalls({ sleep: clock.sleep, budget }),
    nowMs: time.nowMs,
    sleep: clock.sleep,
    budget,
    unansweredWrites: () => unansweredWrites,
  };
}
