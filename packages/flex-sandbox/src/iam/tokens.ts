/**
 * Issues and reads the tokens of Twilio's clients: HS256 access tokens, which the helper library signs with
 * an API key, and opaque Flex tokens. Twilio's clients do not read the contents of tokens.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccountCredentials } from '../account-credentials.js';
import type { Clock } from '../clock.js';
import { parseJsonObject } from '../json.js';

/** The contents of a valid token. */
export interface TokenClaims {
  readonly identity: string;
  /** `flex` for a Flex token, `access` for an access token. */
  readonly kind: 'flex' | 'access';
  readonly workerSid?: string;
  readonly workspaceSid?: string;
  readonly roles: readonly string[];
  readonly expiresAtMs: number;
  /** Of a Flex token. */
  readonly lifetimeMs?: number;
  /** The chat service of the ChatGrant. A Flex token needs no grant. */
  readonly chatServiceSid?: string;
  /** The Sync service of the SyncGrant. A ChatGrant gives no access to Sync. */
  readonly syncServiceSid?: string;
}

export type TokenProblem = 'malformed' | 'bad-signature' | 'expired' | 'no-identity';

type TokenReading =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly problem: TokenProblem };

/** Twilio's error code for each problem: https://www.twilio.com/docs/api/errors/20101 and following. */
export const TOKEN_ERROR_CODES: Record<TokenProblem, number> = {
  malformed: 20101,
  'bad-signature': 20107,
  expired: 20104,
  'no-identity': 20103,
};

export interface Tokens {
  /** Issues the opaque token of a Flex user. `lifetimeMs` defaults to 24 hours. */
  issueFlexToken(claims: FlexTokenClaims): string;
  /** Issues an access token with a ChatGrant, like the helper library. `lifetimeMs` defaults to one hour. */
  issueChatToken(identity: string, lifetimeMs?: number): string;
  /** Reads and verifies a token of either kind. */
  read(token: string): TokenReading;
}

interface FlexTokenClaims {
  readonly identity: string;
  readonly workerSid?: string;
  readonly workspaceSid?: string;
  readonly roles?: readonly string[];
  readonly lifetimeMs?: number;
}

const HOUR_MS = 3_600_000;

export function createTokens(account: AccountCredentials, clock: Clock): Tokens {
  const flexTokens = new Map<string, TokenClaims>();

  const sign = (text: string) => createHmac('sha256', account.apiKeySecret).update(text).digest();

  return {
    issueFlexToken({ identity, workerSid, workspaceSid, roles = ['agent'], lifetimeMs = 24 * HOUR_MS }) {
      // Five parts, as in the compact serialisation of a JWE. The content is random, so clients cannot rely
      // on it.
      const random = (bytes: number) => randomBytes(bytes).toString('base64url');
      const header = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url');
      const token = [header, '', random(12), random(48), random(16)].join('.');
      flexTokens.set(token, {
        identity,
        kind: 'flex',
        roles,
        lifetimeMs,
        expiresAtMs: clock.nowMs() + lifetimeMs,
        ...(workerSid === undefined ? {} : { workerSid }),
        ...(workspaceSid === undefined ? {} : { workspaceSid }),
      });
      return token;
    },

    issueChatToken(identity, lifetimeMs = HOUR_MS) {
      const nowSeconds = Math.floor(clock.nowMs() / 1000);
      const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
      const header = encode({ typ: 'JWT', alg: 'HS256', cty: 'twilio-fpa;v=1' });
      const payload = encode({
        jti: `${account.apiKeySid}-${nowSeconds}`,
        iss: account.apiKeySid,
        sub: account.accountSid,
        iat: nowSeconds,
        exp: nowSeconds + Math.ceil(lifetimeMs / 1000),
        grants: { identity, chat: { service_sid: account.chatServiceSid } },
      });
      return `${header}.${payload}.${sign(`${header}.${payload}`).toString('base64url')}`;
    },

    read(token) {
      const claims = flexTokens.get(token);
      const reading: TokenReading =
        claims === undefined ? readAccessToken(token, account, sign) : { ok: true, claims };
      return reading.ok && reading.claims.expiresAtMs <= clock.nowMs()
        ? { ok: false, problem: 'expired' }
        : reading;
    },
  };
}

interface AccessTokenPayload {
  iss?: string;
  exp?: number;
  grants?: {
    identity?: string;
    task_router?: { worker_sid?: string; workspace_sid?: string; role?: string };
    chat?: { service_sid?: string };
    data_sync?: { service_sid?: string };
  };
}

function readAccessToken(
  token: string,
  account: AccountCredentials,
  sign: (text: string) => Buffer,
): TokenReading {
  const [header, payload, signature] = token.split('.');
  const claims: AccessTokenPayload | undefined = parseJsonObject(
    Buffer.from(payload ?? '', 'base64url').toString('utf8'),
  );
  if (header === undefined || signature === undefined || claims === undefined) {
    return { ok: false, problem: 'malformed' };
  }
  const expected = sign(`${header}.${payload}`);
  const actual = Buffer.from(signature, 'base64url');
  if (
    claims.iss !== account.apiKeySid ||
    actual.length !== expected.length ||
    !timingSafeEqual(actual, expected)
  ) {
    return { ok: false, problem: 'bad-signature' };
  }
  if (claims.grants?.identity === undefined) return { ok: false, problem: 'no-identity' };
  const { worker_sid: workerSid, workspace_sid: workspaceSid, role } = claims.grants.task_router ?? {};
  const chatServiceSid = claims.grants.chat?.service_sid;
  const syncServiceSid = claims.grants.data_sync?.service_sid;
  return {
    ok: true,
    claims: {
      identity: claims.grants.identity,
      kind: 'access',
      roles: role === undefined ? [] : [role],
      expiresAtMs: (claims.exp ?? 0) * 1000,
      ...(chatServiceSid === undefined ? {} : { chatServiceSid }),
      ...(syncServiceSid === undefined ? {} : { syncServiceSid }),
      ...(workerSid === undefined ? {} : { workerSid }),
      ...(workspaceSid === undefined ? {} : { workspaceSid }),
    },
  };
}
