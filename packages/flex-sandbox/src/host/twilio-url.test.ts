import { describe, expect, it } from 'vitest';
import { redirectTwilioUrl } from './twilio-url.js';

const origin = 'http://alice.localhost:4010';
const redirected = (address: string) => redirectTwilioUrl(address, origin);

describe('redirectTwilioAddress', () => {
  it('sends requests for Twilio to the page’s own origin, path and query untouched', () => {
    expect(redirected('https://flex-api.twilio.com/v1/Configuration?UiVersion=2')).toBe(
      `${origin}/flex-api.twilio.com/v1/Configuration?UiVersion=2`,
    );
  });

  it('keeps sockets sockets', () => {
    expect(redirected('wss://tsock.us1.twilio.com/v3/wsconnect')).toBe(
      'ws://alice.localhost:4010/tsock.us1.twilio.com/v3/wsconnect',
    );
  });

  it('gives an address without a path one', () => {
    expect(redirected('https://event-bridge.twilio.com?token=1')).toBe(
      `${origin}/event-bridge.twilio.com/?token=1`,
    );
  });

  it('reads addresses that leave out the scheme', () => {
    expect(redirected('//media.twiliocdn.com/ring.mp3')).toBe(`${origin}/media.twiliocdn.com/ring.mp3`);
  });

  it.each([
    'https://example.com/x',
    '/plugin.js',
    'https://nottwilio.com/x',
    'https://twilio.com.example.org/x',
    'data:text/plain,https://api.twilio.com/',
  ])('leaves %s alone', (address) => {
    expect(redirected(address)).toBe(address);
  });
});
