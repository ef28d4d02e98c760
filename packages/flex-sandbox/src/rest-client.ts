/**
 * Twilio's unmodified helper library, pointed at a sandbox by its documented `httpClient` option. A separate
 * entry of the package: `twilio` is an optional peer dependency, and the sandbox itself does not use it.
 */
import { Agent } from 'node:http';
import twilio from 'twilio';
import { SANDBOX_ACCOUNT } from './account-credentials.js';

const { RequestClient } = twilio;

class SandboxRequestClient extends RequestClient {
  constructor(private readonly sandboxUrl: string) {
    super();
    // The helper library sets an agent for https only. Over plain http, axios and Node's shared agent leak
    // one listener on each reused socket.
    this.axios.defaults.httpAgent = new Agent({ keepAlive: false });
  }

  override request: InstanceType<typeof RequestClient>['request'] = (options) => {
    const { hostname, pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.sandboxUrl}/${hostname}${pathname}${search}` });
  };
}

/** A REST client for the sandbox's account. `sandboxUrl` is a URL such as `http://127.0.0.1:4010`. */
export function restClient(sandboxUrl: string): ReturnType<typeof twilio> {
  const { accountSid, authToken } = SANDBOX_ACCOUNT;
  return twilio(accountSid, authToken, { httpClient: new SandboxRequestClient(sandboxUrl) });
}
