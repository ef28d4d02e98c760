/** POST /webchat/start: a customer opens a chat. Anybody on a listed page may. */
import { randomUUID } from 'node:crypto';
import {
  fail,
  type Result,
  type StartWebchatAnswer,
  type StartWebchatRequest,
  StartWebchatRequestSchema,
  succeed,
} from '@chat-transfer/transfer-core';
import { endpoint } from '../../handler';
import type { Services } from '../../services';
import { mintChatToken, startFlexChat } from '../../twilio/webchat';
import { signSession } from '../../webchat-session';

/** How long a customer can chat before they must start anew. */
const SESSION_LIFETIME_MS = 6 * 60 * 60 * 1000;

export const handler = endpoint('/webchat/start', StartWebchatRequestSchema, startWebchat);

async function startWebchat(
  { settings, client, nowMs }: Services,
  { name }: StartWebchatRequest,
): Promise<Result<StartWebchatAnswer>> {
  const { flexFlowSid } = settings;
  if (flexFlowSid === undefined) return fail({ code: 'not-configured', setting: 'TWILIO_FLEX_FLOW_SID' });

  const identity = `customer-${randomUUID()}`;
  const conversationSid = await startFlexChat(client, settings.chatServiceSid, {
    flexFlowSid,
    identity,
    name,
  });
  const session = { conversationSid, identity, expiresAt: nowMs() + SESSION_LIFETIME_MS };
  return succeed({
    ok: true,
    token: mintChatToken(settings, identity, SESSION_LIFETIME_MS),
    identity,
    conversationSid,
    session: signSession(session, settings.webchatSessionSecret),
  });
}
