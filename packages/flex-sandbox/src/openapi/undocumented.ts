/**
 * What the sandbox serves although Twilio's API descriptions do not have it, and why. openapi.test.ts fails for
 * an endpoint that is missing here, and for one that is described or no longer served.
 */

/** Hosts with nothing but internal endpoints of Twilio's clients, and the client that uses each. */
const INTERNAL_HOSTS: Readonly<Record<string, string>> = {
  'event-bridge': 'the sockets of the worker SDK (twilio-taskrouter)',
  'event-bridge-request': 'the requests of the worker SDK and of Flex UI through these sockets',
  tsock: 'the sockets of the chat and Sync SDKs',
  cds: 'Sync, as its SDK uses it',
  aim: 'chat, as its SDKs (twilio-chat, @twilio/conversations) use it',
  mcs: 'media, as the chat SDKs use it; https://www.twilio.com/docs/conversations/media-support-conversations',
  flex: 'what Flex UI loads when it starts',
  status: 'the status page of Twilio, which Flex UI reads: https://status.twilio.com/api/v2/summary.json',
  assets: 'files of Flex UI',
  media: 'sounds of Flex UI',
  'flex-sdk': 'the telemetry of Flex UI',
};

/** Single endpoints of hosts that are described. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  'POST iam /v1/Accounts/:/Tokens/validate':
    'the check of Flex tokens; https://www.npmjs.com/package/twilio-flex-token-validator sends it',
  'POST iam /v1/Accounts/:/Tokens/refresh': 'Flex UI sends it before its token expires',
  'POST iam /v1/Accounts/:/authenticate': 'Flex UI sends it to sign in',
  'POST flex-api /v1/Accounts/:/Tokens/Info': 'Flex UI sends it after it has got a token',
  'GET flex-api /v1/Configuration/Public': 'Flex UI reads it before it signs in',
  'GET flex-api /v3/Instances/:/TransferSettings': 'Flex UI reads it for its native transfers',
  'GET flex-api /v1/Instances/:/Teams/Context': 'Flex UI reads it for the Teams view',
  'POST flex-api /v1/Channels/:/Roles/:/Users': 'Flex UI sends it when an agent accepts a chat task',
};

/** Why an endpoint is served without a description; `undefined` when no reason is listed. `key`: see `operationKey`. */
export function whyUndocumented(key: string): string | undefined {
  const [, product = ''] = key.split(' ');
  return ENDPOINTS[key] ?? INTERNAL_HOSTS[product];
}

/** The hosts and the keys of the endpoints that have a reason. */
export const UNDOCUMENTED = { hosts: Object.keys(INTERNAL_HOSTS), endpoints: Object.keys(ENDPOINTS) };
