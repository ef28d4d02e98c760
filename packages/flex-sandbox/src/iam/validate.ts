/**
 * The token endpoints: `Tokens/validate` for backends, `Tokens/Info` and `Tokens/refresh` for Flex UI, and
 * `authenticate` for a Flex UI that has no token. tokens.ts issues and reads the tokens.
 */
import { createHash } from 'node:crypto';
import { ApiError, unauthorized } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { type ApiReply, type ApiRequest, requireText, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { forAccount } from './callers.js';
import { TOKEN_ERROR_CODES, type TokenClaims, type TokenProblem } from './tokens.js';

const MESSAGES: Record<TokenProblem, string> = {
  malformed: 'Invalid Access Token',
  'bad-signature': 'Invalid Access Token signature',
  expired: 'Access Token expired or expiration date invalid',
  'no-identity': 'Invalid Access Token: no identity',
};

/** Adds the token endpoints of `iam` and of `flex-api`. */
export function addTokenEndpoints(sandbox: SandboxState): void {
  const { router, tokens } = sandbox;

  const validate = forAccount((request) => {
    requireOwnAccount(sandbox, request);
    const reading = tokens.read(requireText(request.body, 'token'));
    if (!reading.ok) {
      const { problem } = reading;
      return { body: { valid: false, code: TOKEN_ERROR_CODES[problem], message: MESSAGES[problem] } };
    }
    const { identity, workerSid, roles } = reading.claims;
    return {
      body: {
        valid: true,
        code: 0,
        message: null,
        identity,
        realm_user_id: identity,
        roles,
        expiration: formatExpiration(reading.claims),
        worker_sid: workerSid ?? null,
      },
    };
  });
  router.on('POST', 'iam', '/v1/Accounts/:account/Tokens/validate', validate);

  // Flex UI calls this at each start and after each refresh, with the token in the body.
  router.on('POST', 'flex-api', '/v1/Accounts/:account/Tokens/Info', (request) => {
    const claims = requireFlexClaims(sandbox, text(request.body, 'Token') ?? '');
    return {
      body: {
        valid: true,
        account_sid: sandbox.account.accountSid,
        flex_instance_sid: sandbox.account.flexInstanceSid,
        flex_user_sid: flexUserSid(claims.identity),
        worker_sid: claims.workerSid ?? null,
        identity: claims.identity,
        name_id: claims.identity,
        realm_user_id: claims.identity,
        roles: claims.roles,
        permissions: null,
        expiration: formatExpiration(claims),
      },
    };
  });

  router.on('POST', 'iam', '/v1/Accounts/:account/Tokens/refresh', (request): ApiReply => {
    const claims = requireFlexClaims(sandbox, text(request.body, 'token') ?? '');
    const { identity, roles, workerSid, workspaceSid, lifetimeMs } = claims;
    const token = tokens.issueFlexToken({
      identity,
      roles,
      ...(workerSid === undefined ? {} : { workerSid }),
      ...(workspaceSid === undefined ? {} : { workspaceSid }),
      ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
    });
    const expiration = formatExpiration(requireFlexClaims(sandbox, token));
    return { body: { token, identity, roles, expiration, flexUserSid: flexUserSid(identity) } };
  });

  // Flex calls this when it has no session. The landing page replaces the identity provider's sign-in page.
  router.on('POST', 'iam', '/v1/Accounts/:account/authenticate', () => ({
    body: { location: `${sandbox.url}/` },
  }));
}

/** The SID of a Flex user: a hash of the identity, so that it is the same in every run. */
export function flexUserSid(identity: string): string {
  return `FU${createHash('md5').update(identity).digest('hex')}`;
}

export function formatExpiration({ expiresAtMs }: Pick<TokenClaims, 'expiresAtMs'>): string {
  return isoMilliseconds(expiresAtMs);
}

/**
 * Requires a valid Flex token. Throws 401 with the code of the problem. A chat token is refused: refreshing
 * it would give a customer the rights of an agent.
 */
function requireFlexClaims(sandbox: SandboxState, token: string): TokenClaims {
  const reading = sandbox.tokens.read(token);
  if (reading.ok && reading.claims.kind === 'flex') return reading.claims;
  const problem = reading.ok ? 'malformed' : reading.problem;
  throw new ApiError(401, TOKEN_ERROR_CODES[problem], MESSAGES[problem]);
}

function requireOwnAccount(sandbox: SandboxState, request: ApiRequest): void {
  if (request.segments.account !== sandbox.account.accountSid) throw unauthorized();
}
