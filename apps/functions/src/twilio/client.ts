/**
 * Twilio's helper library, from a function's context. With `TWILIO_API_BASE_URL`, a call to
 * `https://HOST/PATH` goes to `BASE/HOST/PATH`. The functions need nothing else to run without Twilio.
 */
import { Agent } from 'node:http';
import twilio from 'twilio';

export type TwilioClient = ReturnType<typeof twilio>;

/** The current time and waiting. Tests replace it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * The part of a function's context that this file uses:
 * https://www.twilio.com/docs/serverless/functions-assets/functions/invocation
 */
export interface TwilioContext {
  getTwilioClient(options?: object): TwilioClient;
  readonly TWILIO_API_BASE_URL?: string;
  /** Set by tests only; Twilio's runtime does not provide it. */
  readonly clock?: Clock;
}

const { RequestClient } = twilio;

class RebasedRequestClient extends RequestClient {
  constructor(private readonly baseUrl: string) {
    super();
    // The helper library sets an agent for https only. Over plain http, axios with Node's shared agent leaks
    // a listener on each socket that it reuses.
    this.axios.defaults.httpAgent = new Agent({ keepAlive: false });
  }

  override request: InstanceType<typeof RequestClient>['request'] = (options) => {
    const { hostname, pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.baseUrl}/${hostname}${pathname}${search}` });
  };
}

export function createTwilioClient(context: TwilioContext): TwilioClient {
  const baseUrl = context.TWILIO_API_BASE_URL;
  return baseUrl === undefined || baseUrl === ''
    ? context.getTwilioClient()
    : context.getTwilioClient({ httpClient: new RebasedRequestClient(baseUrl) });
}
