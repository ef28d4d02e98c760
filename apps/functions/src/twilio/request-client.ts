/**
 * How calls reach Twilio: with a timeout each, within the budget of the request, and with a look at Twilio's
 * clock. A call without an answer in time fails like one whose connection was lost.
 */
import { Agent } from 'node:http';
import twilio from 'twilio';
import type { Budget } from './budget';
import type { Clock } from './clock';
import type { TwilioTime } from './twilio-time';

const { RequestClient } = twilio;
export type Transport = InstanceType<typeof RequestClient>;
type Request = Transport['request'];

/** Twilio answers within a few hundred ms. After this time, another attempt is more likely to get an answer. */
const TIMEOUT_MS = 2_500;
/** Longer: after it, the functions must look whether the call succeeded, and it may still succeed after that. */
const CREATE_TIMEOUT_MS = 4_000;

/** A POST to a list creates something. Twilio's lists have names such as `Tasks`, its items have SIDs. */
const creates = (method: string, uri: string): boolean =>
  method.toLowerCase() === 'post' && /\/[A-Z][A-Za-z]+$/.test(new URL(uri).pathname);

/** A write that was given up while it ran. Twilio may still receive and process it. */
export class UnansweredWriteError extends Error {
  override readonly name = 'UnansweredWriteError';
}

export interface TimedRequestOptions {
  /** What makes the calls. */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly time: TwilioTime;
  readonly onUnansweredWrite: () => void;
}

export class TimedRequestClient extends RequestClient {
  constructor(private readonly timed: TimedRequestOptions) {
    super();
  }

  override request: Request = (options) => {
    const { transport, clock, budget, time, onUnansweredWrite } = this.timed;
    if (!budget.allowsCall()) return Promise.reject(new Error('the request has no time left for a call'));
    const sentAt = clock.nowMs();
    const limitMs = creates(options.method, options.uri) ? CREATE_TIMEOUT_MS : TIMEOUT_MS;
    const timeoutMs = Math.min(limitMs, budget.remainingMs());
    const isWrite = options.method.toLowerCase() !== 'get';
    const giveUp = (cause?: unknown): Error => {
      const message = `no answer within ${timeoutMs} ms`;
      if (!isWrite) return new Error(message, { cause });
      onUnansweredWrite();
      return new UnansweredWriteError(message, { cause });
    };
    return new Promise((resolve, reject) => {
      const stopTimer = clock.startTimer(timeoutMs, () => reject(giveUp()));
      // With its own timeout, the transport closes the connection of a call that was given up.
      transport.request({ ...options, timeout: timeoutMs }).then(
        (answer) => {
          stopTimer();
          time.observe(readHeader(answer.headers, 'date'), sentAt);
          resolve(answer);
        },
        (error: unknown) => {
          stopTimer();
          reject(isTimeout(error) ? giveUp(error) : error);
        },
      );
    });
  };
}

/** Whether the transport itself gave the call up: axios has this code for its timeout. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === 'ECONNABORTED';

function readHeader(headers: unknown, name: string): unknown {
  return typeof headers === 'object' && headers !== null ? Reflect.get(headers, name) : undefined;
}

/** Sends a call to `https://HOST/PATH` to `BASE/HOST/PATH`. */
export class RebasedRequestClient extends RequestClient {
  constructor(private readonly baseUrl: string) {
    super();
    // The helper library sets an agent for https only. Over plain http, axios with Node's shared agent leaks
    // a listener on each socket that it reuses.
    this.axios.defaults.httpAgent = new Agent({ keepAlive: false });
  }

  override request: Request = (options) => {
    const { hostname, pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.baseUrl}/${hostname}${pathname}${search}` });
  };
}
