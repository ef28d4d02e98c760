/**
 * Converts a Twilio URL to a URL of the sandbox: `https://HOST/PATH` → `ORIGIN/HOST/PATH`, and `wss://` →
 * `ws://`. Imports nothing, because it runs in the page.
 */

const TWILIO_URL =
  /^(https?|wss?):\/\/((?:[a-z0-9-]+\.)+(?:twilio|twiliocdn)\.com)(?::\d+)?(?=[/?#]|$)(.*)$/is;

/** The sandbox's URL for a Twilio URL. Returns other URLs unchanged. `origin` is the page's origin. */
export function redirectTwilioUrl(url: string, origin: string): string {
  const absolute = url.startsWith('//') ? `https:${url}` : url;
  const [, scheme, host, rest = ''] = TWILIO_URL.exec(absolute) ?? [];
  if (scheme === undefined || host === undefined) return url;
  const base = scheme.startsWith('ws') ? origin.replace(/^http/, 'ws') : origin;
  return `${base}/${host.toLowerCase()}${rest.startsWith('/') ? '' : '/'}${rest}`;
}
