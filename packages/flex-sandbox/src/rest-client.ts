/**
 * Twilio's own helper library, unmodified, pointed at a sandbox. The `httpClient` option is its documented seam.
 * An entry of its own, because `twilio` is the caller's: the sandbox itself does without.
 */
import { Agent } from 'node:http';
import twilio from 'twilio';
import { SANDBOX_ACCOUNT } from './account-credentials.js';

const { RequestClient } = twilio;

class SandboxRequestClient extends RequestClient {
  constructor(private readonly sandboxUrl: string) {
    super();
    // The helper library sets its agent up for https only. Over plain http, axios and Node's shared agent leave a
    // listener behind on each socket they reuse.
    this.axios.defaults.httpAgent = new Agent({ keepAlive: false });
  }

  override request: InstanceType<typeof RequestClient>['request'] = (options) => {
    const { hostname, pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.sandboxUrl}/${hostname}${pathname}${search}` });
  };
}

/** A REST client of the sandbox's account. `sandboxUrl`: such as `http://127.0.0.1:4010`. */
export function restClient(sandboxUrl: string): ReturnType<typeof twilio> {
  const { accountSid, authToken } = SANDBOX_ACCOUNT;
  return twilio(accountSid, authToken, { httpClient: new SandboxRequestClient(sandboxUrl) });
}
