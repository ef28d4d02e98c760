import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { startBudget } from './budget';
import { TimedRequestClient, type Transport, UnansweredWriteError } from './request-client';
import { createTwilioTime } from './twilio-time';

const { RequestClient } = twilio;

/** A transport that gets no answer, and records the timeouts of its calls. */
function aSilentTransport() {
  const timeouts: unknown[] = [];
  class SilentRequestClient extends RequestClient {
    override request: Transport['request'] = ({ timeout }) => {
      timeouts.push(timeout);
      return new Promise(() => undefined);
    };
  }
  return { transport: new SilentRequestClient(), timeouts };
}

/** A request whose clock moves when the test says so. */
function aRequest() {
  let now = 0;
  let timers: { readonly dueAtMs: number; readonly run: () => void }[] = [];
  const clock = {
    nowMs: () => now,
    sleep: async () => undefined,
    startTimer(ms: number, run: () => void) {
      const timer = { dueAtMs: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const { transport, timeouts } = aSilentTransport();
  let unansweredWrites = 0;
  const client = new TimedRequestClient({
    transport,
    clock,
    budget: startBudget(clock),
    time: createTwilioTime(clock.nowMs),
    onUnansweredWrite: () => {
      unansweredWrites += 1;
    },
  });
  return {
    timeouts,
    unansweredWrites: () => unansweredWrites,
    post: (path: string) => client.request({ method: 'post', uri: `https://api.twilio.com${path}` }),
    get: (path: string) => client.request({ method: 'get', uri: `https://api.twilio.com${path}` }),
    advanceTo(ms: number) {
      now = ms;
      for (const { run } of timers.filter(({ dueAtMs }) => dueAtMs <= now)) run();
    },
  };
}

const TASK = `/v1/Workspaces/WS/Tasks/WT${'0'.repeat(32)}`;

describe('a call', () => {
  it('fails when no answer comes in time', async () => {
    const request = aRequest();
    const call = request.get(TASK);
    request.advanceTo(2_500);
    await expect(call).rejects.toThrow('no answer within 2500 ms');
  });

  it('counts as an unanswered write when it is given up, unless it is a read', async () => {
    const request = aRequest();
    const read = request.get(TASK);
    const write = request.post(TASK);
    request.advanceTo(2_500);
    await expect(read).rejects.not.toThrow(UnansweredWriteError);
    await expect(write).rejects.toThrow(UnansweredWriteError);
    expect(request.unansweredWrites()).toBe(1);
  });

  it.each([
    ['get', '/v1/Workspaces/WS/Tasks', 2_500],
    ['post', TASK, 2_500],
    ['post', '/v1/Services/IS/Documents/chat-transfer.CH', 2_500],
    ['post', '/v1/Accounts/AC/Tokens/validate', 2_500],
    ['post', '/v1/Workspaces/WS/Tasks', 4_000],
    ['post', '/v1/Conversations/CH/Messages', 4_000],
    ['post', '/v2/WebChats', 4_000],
  ] as const)('%s %s makes the transport close its connection after %i ms', (method, path, timeoutMs) => {
    const request = aRequest();
    void request[method](path);
    expect(request.timeouts).toEqual([timeoutMs]);
  });

  it('is given up when the request has used its time', async () => {
    const request = aRequest();
    request.advanceTo(8_000);
    const call = request.post('/v1/Workspaces/WS/Tasks');
    expect(request.timeouts).toEqual([1_000]);
    request.advanceTo(9_000);
    await expect(call).rejects.toThrow('no answer within 1000 ms');
  });

  it('is not made when the request has hardly any time left', async () => {
    const request = aRequest();
    request.advanceTo(8_501);
    await expect(request.get(TASK)).rejects.toThrow('no time left');
    expect(request.timeouts).toEqual([]);
  });
});
