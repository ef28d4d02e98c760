import { describe, expect, it } from 'vitest';
import { redirectTwilioUrl } from './twilio-url.js';

const origin = 'http://alice.localhost:4010';
const redirect = (url: string) => redirectTwilioUrl(url, origin);

describe('redirectTwilioUrl', () => {
  it('changes only the origin of a Twilio URL, not the path and query', () => {
    expect(redirect('https://flex-api.twilio.com/v1/Configuration?UiVersion=2')).toBe(
      `${origin}/flex-api.twilio.com/v1/Configuration?UiVersion=2`,
    );
  });

  it('changes wss: to ws:', () => {
    expect(redirect('wss://tsock.us1.twilio.com/v3/wsconnect')).toBe(
      'ws://alice.localhost:4010/tsock.us1.twilio.com/v3/wsconnect',
    );
  });

  it('adds a slash when the URL has no path', () => {
    expect(redirect('https://event-bridge.twilio.com?token=1')).toBe(
      `${origin}/event-bridge.twilio.com/?token=1`,
    );
  });

  it('accepts a URL without a scheme', () => {
    expect(redirect('//media.twiliocdn.com/ring.mp3')).toBe(`${origin}/media.twiliocdn.com/ring.mp3`);
  });

  it.each([
    'https://example.com/x',
    '/plugin.js',
    'https://nottwilio.com/x',
    'https://twilio.com.example.org/x',
    'data:text/plain,https://api.twilio.com/',
  ])('returns %s unchanged', (url) => {
    expect(redirect(url)).toBe(url);
  });
});
