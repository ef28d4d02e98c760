/**
 * Identifies the sender of a request: the account's backend, a user signed in to Flex, or a user with a chat
 * token, who may be a customer. Each endpoint checks the rights that it requires.
 */
import { unauthorized } from '../api-error.js';
import type { Caller, Handler } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { TokenClaims } from './tokens.js';

/** The caller who sends this token, which must be valid. */
export function createCaller(token: string, { identity, workerSid, roles }: TokenClaims): Caller {
  return { kind: 'user', identity, roles, token, ...(workerSid === undefined ? {} : { workerSid }) };
}

/**
 * Identifies the caller by the header `x-flex-jwe`, `x-twilio-token` (media) or `authorization` (Basic). When
 * the Basic user is `token`, the password is a Flex or chat token. The Flex SDK appends a stray `)` to that
 * header.
 */
export function identifyCaller(
  sandbox: SandboxState,
  headers: Readonly<Record<string, string | undefined>>,
): Caller {
  const identifyByToken = (token: string): Caller => {
    const reading = sandbox.tokens.read(token);
    return reading.ok ? createCaller(token, reading.claims) : { kind: 'anonymous' };
  };

  const flexToken = headers['x-flex-jwe'];
  if (flexToken !== undefined) return identifyByToken(flexToken);
  const mediaToken = headers['x-twilio-token'];
  if (mediaToken !== undefined) return identifyByToken(mediaToken);

  const basic = /^Basic ([\w+/=-]+)/.exec(headers.authorization ?? '')?.[1];
  if (basic === undefined) return { kind: 'anonymous' };
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  const { accountSid, authToken, apiKeySid, apiKeySecret } = sandbox.account;
  if (user === accountSid && password === authToken) return { kind: 'account' };
  if (user === apiKeySid && password === apiKeySecret) return { kind: 'account' };
  if (user === 'token' && password !== undefined) return identifyByToken(password);
  return { kind: 'anonymous' };
}

/** Wraps a handler so that only the account's backend may call it; other callers get 401. */
export function forAccount(handler: Handler): Handler {
  return (request) => {
    if (request.caller.kind !== 'account') throw unauthorized();
    return handler(request);
  };
}

/** Whether the caller is signed in to Flex. A `user` may also be a customer with a chat token. */
export function isFlexUser(sandbox: SandboxState, { token = '' }: Caller): boolean {
  const reading = sandbox.tokens.read(token);
  return reading.ok && reading.claims.kind === 'flex';
}

/** Whether the caller has a role that may read, and act for, other workers. */
export function isSupervisor({ roles = [] }: Caller): boolean {
  return roles.includes('supervisor') || roles.includes('admin');
}
