import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/seeded-random';
import { createTwilioTime } from './twilio-time';

const START_MS = Date.parse('2026-11-27T10:00:00.400Z');

/** A host whose clock is ahead of Twilio's by `skewMs`. Calls take their time half before Twilio answers, half after. */
function aHost({ skewMs }: { readonly skewMs: number }) {
  let twilioMs = START_MS;
  const hostNowMs = () => twilioMs + skewMs;
  const { nowMs, observe } = createTwilioTime(hostNowMs);
  return {
    nowMs,
    observe,
    hostNowMs,
    twilioNowMs: () => twilioMs,
    wait(ms: number) {
      twilioMs += ms;
    },
    call(durationMs: number) {
      const sentAt = hostNowMs();
      twilioMs += durationMs / 2;
      const date = new Date(twilioMs).toUTCString();
      twilioMs += durationMs / 2;
      observe(date, sentAt);
    },
  };
}

describe('Twilio’s time', () => {
  it('is the host’s time before the first answer', () => {
    const host = aHost({ skewMs: 30_000 });
    expect(host.nowMs()).toBe(host.hostNowMs());
  });

  it.each([0, 5, -5])('is not corrected on a host whose clock is %i ms ahead', (skewMs) => {
    const host = aHost({ skewMs });
    for (let calls = 0; calls < 20; calls += 1) {
      host.call(60);
      host.wait(170);
      expect(host.nowMs()).toBe(host.hostNowMs());
    }
  });

  it.each([30_000, -30_000, 2_000, -2_000, 700, -700])(
    'is wrong by less than a second and a call on a host whose clock is %i ms ahead',
    (skewMs) => {
      for (let offsetMs = 0; offsetMs < 1_000; offsetMs += 50) {
        const host = aHost({ skewMs });
        host.wait(offsetMs);
        host.call(80);
        expect(Math.abs(host.nowMs() - host.twilioNowMs())).toBeLessThan(1_080);
      }
    },
  );

  it('becomes more exact with every answer', () => {
    const host = aHost({ skewMs: 30_000 });
    for (let calls = 0; calls < 12; calls += 1) {
      host.wait(190);
      host.call(80);
    }
    expect(Math.abs(host.nowMs() - host.twilioNowMs())).toBeLessThan(250);
  });

  it('does not run backwards after the first answer', () => {
    const random = createRandom(1);
    for (const skewMs of [30_000, -30_000, 900, -900]) {
      const host = aHost({ skewMs });
      host.call(80);
      for (let calls = 0, earlier = host.nowMs(); calls < 50; calls += 1) {
        if (random() < 0.5) host.call(random() * 400);
        else host.wait(random() * 100);
        expect(host.nowMs()).toBeGreaterThanOrEqual(earlier);
        earlier = host.nowMs();
      }
    }
  });

  it.each([undefined, '', 'yesterday', 5])('ignores the header %j', (date) => {
    const host = aHost({ skewMs: 30_000 });
    host.observe(date, host.hostNowMs());
    expect(host.nowMs()).toBe(host.hostNowMs());
  });

  it('follows the latest answer when it contradicts the earlier ones', () => {
    const host = aHost({ skewMs: 0 });
    host.call(80);
    host.observe(new Date(START_MS + 60_000).toUTCString(), host.hostNowMs());
    expect(host.nowMs() - host.hostNowMs()).toBeGreaterThan(58_000);
  });
});
