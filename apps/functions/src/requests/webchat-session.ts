/** Proof that a chat is a customer's own: conversation, identity and expiry, signed. Stateless. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { BackendSchema, ConversationSidSchema } from '@chat-transfer/transfer-core';
import * as v from 'valibot';

const SessionSchema = v.object({
  conversationSid: ConversationSidSchema,
  /** Sessions of before there were two do not say. */
  backend: v.optional(BackendSchema, 'programmable-chat'),
  identity: v.string(),
  /** Milliseconds since 1970. */
  expiresAt: v.number(),
});
export type WebchatSession = v.InferOutput<typeof SessionSchema>;

const sign = (payload: string, secret: string) => createHmac('sha256', secret).update(payload).digest();

export function signSession(session: WebchatSession, secret: string): string {
  const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `${payload}.${sign(payload, secret).toString('base64url')}`;
}

/** `undefined` when it is forged, malformed or expired. */
export function readSession(signed: string, secret: string, nowMs: number): WebchatSession | undefined {
  const [payload = '', signature = ''] = signed.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = sign(payload, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const session = v.safeParse(SessionSchema, JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  return session.success && session.output.expiresAt > nowMs ? session.output : undefined;
}
