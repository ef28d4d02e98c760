/**
 * How an address of Twilio becomes one of the sandbox: `https://HOST/PATH` → `ORIGIN/HOST/PATH`, and
 * `wss://` → `ws://` likewise. Runs in the page; imports nothing.
 */

const TWILIO_ADDRESS =
  /^(https?|wss?):\/\/((?:[a-z0-9-]+\.)+(?:twilio|twiliocdn)\.com)(?::\d+)?(?=[/?#]|$)(.*)$/is;

/** The sandbox's address for `address`, or `address` itself when it is not Twilio's. `origin` is the page's own. */
export function redirectTwilioUrl(address: string, origin: string): string {
  const absolute = address.startsWith('//') ? `https:${address}` : address;
  const [, scheme, host, rest = ''] = TWILIO_ADDRESS.exec(absolute) ?? [];
  if (scheme === undefined || host === undefined) return address;
  const base = scheme.startsWith('ws') ? origin.replace(/^http/, 'ws') : origin;
  return `${base}/${host.toLowerCase()}${rest.startsWith('/') ? '' : '/'}${rest}`;
}
