/** POST /webchat/end: the customer ends their chat. What still waits for an agent is cancelled. */
import {
  type EndWebchatAnswer,
  type EndWebchatRequest,
  EndWebchatRequestSchema,
  fail,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';
import { adoptChat } from '../../adopt-chat';
import { changeConversation } from '../../change-conversation';
import { endpoint } from '../../handler';
import type { Services } from '../../services';
import { readSession } from '../../webchat-session';

export const handler = endpoint('/webchat/end', EndWebchatRequestSchema, endWebchat);

async function endWebchat(
  services: Services,
  { session: signed }: EndWebchatRequest,
): Promise<Result<EndWebchatAnswer>> {
  const now = services.nowMs();
  const session = readSession(signed, services.settings.webchatSessionSecret, now);
  if (session === undefined) return fail({ code: 'session-invalid' });

  const { conversationSid } = session;
  const stored = await services.ledgers.read(conversationSid);
  const changed = await changeConversation(services, {
    conversationSid,
    stored,
    events: [...(await adoptChat(services, stored)), { type: 'customer-ended', at: now }],
  });
  return changed.ok ? succeed({ ok: true }) : changed;
}
