/**
 * Who sends a request: the account's own backend, somebody signed in to Flex, or the bearer of a chat token, who may
 * be a customer. What each of them may do is said where it is done.
 */
import { unauthorized } from '../api-error.js';
import type { Caller, Handler } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { TokenClaims } from './tokens.js';

/** The bearer of a token that says this. */
export function createCaller(token: string, { identity, workerSid, roles }: TokenClaims): Caller {
  return { kind: 'user', identity, roles, token, ...(workerSid === undefined ? {} : { workerSid }) };
}

/**
 * Who sends a request, from its Authorization header (`Basic`), `x-flex-jwe` or (media) `x-twilio-token`.
 * Basic user `token` carries a Flex or chat token as its password; Flex SDK appends a stray `)` to that header.
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

/** The handler for the account's own backend alone; anybody else gets 401. */
export function forAccount(handler: Handler): Handler {
  return (request) => {
    if (request.caller.kind !== 'account') throw unauthorized();
    return handler(request);
  };
}

/** Somebody signed in to Flex. A chat token makes a `user` as well, and may be a customer's. */
export function isFlexUser(sandbox: SandboxState, { token = '' }: Caller): boolean {
  const reading = sandbox.tokens.read(token);
  return reading.ok && reading.claims.kind === 'flex';
}

/** Whether the token names a role that may look at, and act for, other workers. */
export function isSupervisor({ roles = [] }: Caller): boolean {
  return roles.includes('supervisor') || roles.includes('admin');
}
