/**
 * Twilio's own helper library, unmodified, pointed at a sandbox: for this package's tests.
 * The `httpClient` option is its documented seam.
 */
import twilio from 'twilio';
import { SANDBOX_ACCOUNT } from './account.js';

const { RequestClient } = twilio;

class SandboxRequestClient extends RequestClient {
  constructor(private readonly sandboxUrl: string) {
    super();
  }

  override request: InstanceType<typeof RequestClient>['request'] = (options) => {
    const { hostname, pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.sandboxUrl}/${hostname}${pathname}${search}` });
  };
}

/** A REST client of the sandbox's account. */
export function restClient(sandboxUrl: string): ReturnType<typeof twilio> {
  const { accountSid, authToken } = SANDBOX_ACCOUNT;
  return twilio(accountSid, authToken, { httpClient: new SandboxRequestClient(sandboxUrl) });
}
