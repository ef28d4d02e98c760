/**
 * The interceptor of every API request, over HTTP and twilsock: it applies faults and writes the log.
 * Delays use real time, not the sandbox's clock: a reset stops that clock, and a pending request must end anyway.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError } from '../api-error.js';
import type { ApiReply } from '../router.js';
import type { Interceptor } from '../server.js';
import type { Fault, Faults } from './faults.js';
import type { RequestLog } from './requests.js';

export function createInterceptor(faults: Faults, log: RequestLog): Interceptor {
  return async (request, next) => {
    const logEnd = log.begin(request);
    const hits = faults.consume(request);
    const fault = hits.length === 0 ? {} : { fault: hits.map(describeFault).join(', ') };

    const delayMs = hits.reduce((sum, hit) => sum + (hit.delayMs ?? 0), 0);
    if (delayMs > 0) await wait(delayMs);

    if (hits.some((hit) => hit.drop === 'before')) {
      logEnd({ unknownEndpoint: false, ...fault });
      return 'drop';
    }
    const refusal = hits.find((hit) => hit.status !== undefined);
    if (refusal !== undefined && refusal.refuse !== 'after') {
      const reply = buildRefusal(refusal);
      logEnd({ status: reply.status ?? 500, unknownEndpoint: false, ...fault });
      return reply;
    }
    try {
      const { unknownEndpoint, ...reply } = await next();
      if (hits.some((hit) => hit.drop === 'after')) {
        logEnd({ unknownEndpoint, ...fault });
        reply.afterReply?.();
        return 'drop';
      }
      if (refusal !== undefined) {
        const { afterReply } = reply;
        const refused = buildRefusal(refusal);
        logEnd({ status: refused.status ?? 500, unknownEndpoint, ...fault });
        return afterReply === undefined ? refused : { ...refused, afterReply };
      }
      logEnd({ status: reply.status ?? 200, unknownEndpoint, ...fault });
      return reply;
    } catch (error) {
      logEnd({ status: 500, unknownEndpoint: false, ...fault });
      throw error;
    }
  };
}

function buildRefusal({ status = 500, code, message }: Fault): ApiReply {
  return { status, body: new ApiError(status, code ?? 20000 + status, message ?? 'Injected fault').toBody() };
}

function describeFault({ delayMs, status, refuse = 'before', drop }: Fault): string {
  return [
    ...(delayMs === undefined ? [] : [`delayed ${delayMs} ms`]),
    ...(drop === undefined ? [] : [`dropped ${drop} the effect`]),
    ...(status === undefined
      ? []
      : [`refused with ${status}${refuse === 'after' ? ' after the effect' : ''}`]),
  ].join(', ');
}
