/**
 * The helper library, as the functions use it. `TWILIO_API_BASE_URL` sends every call to another address instead of
 * `https://HOST`, as `BASE/HOST/PATH`: the one seam for running without Twilio.
 */
import { Agent } from 'node:http';
import twilio from 'twilio';

export type TwilioClient = ReturnType<typeof twilio>;

/** The time, from outside. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What a function's context holds of Twilio: https://www.twilio.com/docs/serverless/functions-assets/functions/invocation */
export interface TwilioContext {
  getTwilioClient(options?: object): TwilioClient;
  readonly TWILIO_API_BASE_URL?: string;
  /** Where time is imagined, too; Twilio's runtime gives none. */
  readonly clock?: Clock;
}

const { RequestClient } = twilio;

class RebasedRequestClient extends RequestClient {
  constructor(private readonly baseUrl: string) {
    super();
    // The helper library sets its agent up for https only. Over plain http, axios and Node's shared agent leave a
    // listener behind on each socket they reuse.
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
