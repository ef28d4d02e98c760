/** The signed session that proves that a chat is a customer's own. The functions do not store sessions. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { BackendSchema, ConversationSidSchema } from '@chat-transfer/transfer-core';
import * as v from 'valibot';

const SessionSchema = v.object({
  conversationSid: ConversationSidSchema,
  /** Absent in sessions from versions that supported only Programmable Chat. */
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

/** `undefined` when the session is forged, malformed or expired. */
export function readSession(signed: string, secret: string, nowMs: number): WebchatSession | undefined {
  const [payload = '', signature = ''] = signed.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = sign(payload, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // The signature matches, so the payload is JSON that `signSession` wrote.
  const session = v.safeParse(SessionSchema, JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  return session.success && session.output.expiresAt > nowMs ? session.output : undefined;
}
