/**
 * The interceptor of every API request, over HTTP and twilsock: it applies faults and writes the log. Delays
 * use real time, not the sandbox's clock: a reset stops that clock, but a pending request must still end.
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
    const matchingFaults = faults.consume(request);
    const fault = matchingFaults.length === 0 ? {} : { fault: matchingFaults.map(describeFault).join(', ') };

    const delayMs = matchingFaults.reduce((sum, match) => sum + (match.delayMs ?? 0), 0);
    if (delayMs > 0) await wait(delayMs);

    const hangingFault = matchingFaults.find((match) => match.hang !== undefined);
    if (hangingFault?.hang === 'before') {
      await faults.waitForRemoval(hangingFault.id);
      logEnd({ unknownEndpoint: false, ...fault });
      return 'drop';
    }
    if (matchingFaults.some((match) => match.drop === 'before')) {
      logEnd({ unknownEndpoint: false, ...fault });
      return 'drop';
    }
    const refusingFault = matchingFaults.find((match) => match.status !== undefined);
    if (refusingFault !== undefined && refusingFault.refuse !== 'after') {
      const reply = buildRefusal(refusingFault);
      logEnd({ status: reply.status ?? 500, unknownEndpoint: false, ...fault });
      return reply;
    }
    try {
      const { unknownEndpoint, ...reply } = await next();
      if (hangingFault !== undefined) {
        reply.afterReply?.();
        await faults.waitForRemoval(hangingFault.id);
        logEnd({ unknownEndpoint, ...fault });
        return 'drop';
      }
      if (matchingFaults.some((match) => match.drop === 'after')) {
        logEnd({ unknownEndpoint, ...fault });
        reply.afterReply?.();
        return 'drop';
      }
      if (refusingFault !== undefined) {
        const { afterReply } = reply;
        const refusal = buildRefusal(refusingFault);
        logEnd({ status: refusal.status ?? 500, unknownEndpoint, ...fault });
        return afterReply === undefined ? refusal : { ...refusal, afterReply };
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

function describeFault({ delayMs, status, refuse = 'before', drop, hang }: Fault): string {
  return [
    ...(delayMs === undefined ? [] : [`delayed ${delayMs} ms`]),
    ...(hang === undefined ? [] : [`never answered, hung ${hang} the effect`]),
    ...(drop === undefined ? [] : [`dropped ${drop} the effect`]),
    ...(status === undefined
      ? []
      : [`refused with ${status}${refuse === 'after' ? ' after the effect' : ''}`]),
  ].join(', ');
}
