/** Checks who asks for a sweep. A sweep tells its caller nothing, so every agent may ask, and a customer for their chat. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { fail, type Result, type SweepRequest, succeed } from '@chat-transfer/transfer-core';
import type { ServicesWith } from './services';
import { readSession, type WebchatSession } from './webchat-session';

export type SweepServices = ServicesWith<never, 'webchatSessionSecret' | 'sweepSecret'>;

export interface SweepCaller {
  /** Of a customer. */
  readonly session?: WebchatSession;
}

export async function checkSweepCaller(
  services: Pick<SweepServices, 'settings' | 'validateFlexToken' | 'nowMs' | 'sweepMemory'>,
  request: SweepRequest,
): Promise<Result<SweepCaller>> {
  if ('token' in request) return checkAgent(services, request.token);
  const { settings, nowMs } = services;
  if ('session' in request) {
    const { webchatSessionSecret } = settings;
    // An account that uses no webchat of ours has no sessions.
    if (webchatSessionSecret === undefined) return fail({ code: 'session-invalid' });
    const session = readSession(request.session, webchatSessionSecret, nowMs());
    return session === undefined ? fail({ code: 'session-invalid' }) : succeed({ session });
  }
  const { sweepSecret } = settings;
  const isKnown = sweepSecret !== undefined && isSameText(request.secret, sweepSecret);
  return isKnown ? succeed({}) : fail({ code: 'not-allowed' });
}

/**
 * Every Flex page asks once a minute, so a validated token is not validated again at once. A token that ends meanwhile causes a
 * sweep and learns nothing.
 */
const VALID_FOR_MS = 5 * 60_000;
const MAX_AGENTS = 1_000;

async function checkAgent(
  { validateFlexToken, nowMs, sweepMemory: { agents } }: Parameters<typeof checkSweepCaller>[0],
  token: string,
): Promise<Result<SweepCaller>> {
  const key = hash(token).toString('base64');
  if ((agents.get(key) ?? 0) > nowMs()) return succeed({});
  const agent = await validateFlexToken(token);
  if (!agent.ok) return agent;
  if (agents.size >= MAX_AGENTS) agents.clear();
  agents.set(key, nowMs() + VALID_FOR_MS);
  return succeed({});
}

/** Takes the same time for any two texts: the hashes have one length. */
const isSameText = (one: string, other: string): boolean => timingSafeEqual(hash(one), hash(other));

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
