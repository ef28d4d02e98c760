/**
 * POST /sweep: repairs chats that are due, without an event of theirs. Agents' and customers' pages ask for it, and a
 * scheduler may. The answer says only when to ask again.
 */
import {
  type Result,
  type SweepAnswer,
  type SweepRequest,
  SweepRequestSchema,
  succeed,
} from '@chat-transfer/transfer-core';
import { defineConversationEndpoint } from '../requests/conversation-endpoint';
import { type SweepResult, sweep } from '../requests/sweep';
import { checkSweepCaller, type SweepServices } from '../requests/sweep-caller';
import { sweepChat } from '../requests/sweep-chat';

/** When a caller should ask again. A short time for all callers would be one call per agent and second. */
const NEXT_IN_MS: Readonly<Record<SweepResult, number>> = { none: 60_000, some: 20_000, more: 2_000 };

export const handler = defineConversationEndpoint(
  '/sweep',
  { required: ['allowedOrigins'], optional: ['webchatSessionSecret', 'sweepSecret'] },
  SweepRequestSchema,
  sweepForCaller,
);

async function sweepForCaller(services: SweepServices, request: SweepRequest): Promise<Result<SweepAnswer>> {
  const caller = await checkSweepCaller(services, request);
  if (!caller.ok) return caller;
  const { session } = caller.value;
  if (session !== undefined) await sweepChat(services, session.conversationSid, []);
  return succeed({ ok: true, nextInMs: NEXT_IN_MS[await sweep(services)] });
}
