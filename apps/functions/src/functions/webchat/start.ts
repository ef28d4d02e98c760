/**
 * POST /webchat/start: a customer starts a chat. Every visitor of an allowed page may do that. It refuses a request without
 * an `Origin`: it has no other proof of the page, and a server can start chats through Twilio itself.
 */
import { randomUUID } from 'node:crypto';
import {
  type Backend,
  fail,
  type Result,
  type StartWebchatAnswer,
  type StartWebchatRequest,
  StartWebchatRequestSchema,
  succeed,
} from '@chat-transfer/transfer-core';
import { defineEndpoint } from '../../requests/endpoint';
import { WEBCHAT_SETTINGS } from '../../requests/needed-settings';
import type { ServiceContext, Services } from '../../requests/services';
import { signSession } from '../../requests/webchat-session';
import { type NeededSettings, readSettings } from '../../settings';
import { connectTwilio } from '../../twilio/client';
import {
  createChatToken,
  type NewCustomer,
  type StartedChat,
  startConversation,
  startProgrammableChat,
} from '../../twilio/webchat';

/** How long a customer can use a chat. After that, they must start another one. */
const SESSION_LIFETIME_MS = 6 * 60 * 60 * 1000;

export const handler = defineEndpoint(
  '/webchat/start',
  createServices,
  StartWebchatRequestSchema,
  startWebchat,
  { requiresOrigin: true },
);

/** It uses neither TaskRouter nor a ledger, so it needs none of their settings. */
function createServices(context: ServiceContext) {
  const settings = readSettings(context, WEBCHAT_SETTINGS);
  if (!settings.ok) return settings;
  const twilio = connectTwilio(context, settings.value);
  return succeed({ settings: settings.value, twilio, nowMs: twilio.nowMs });
}

type WebchatSettings = NeededSettings<
  (typeof WEBCHAT_SETTINGS.required)[number],
  (typeof WEBCHAT_SETTINGS.optional)[number]
>;

interface WebchatServices extends Pick<Services, 'twilio' | 'nowMs'> {
  readonly settings: WebchatSettings;
}

async function startWebchat(
  { settings, twilio, nowMs }: WebchatServices,
  { name, backend = defaultBackend(settings) }: StartWebchatRequest,
): Promise<Result<StartWebchatAnswer>> {
  const customer = { identity: `customer-${randomUUID()}`, name };
  const started = await startChat(backend, { settings, twilio }, customer);
  if (!started.ok) return started;

  const { identity, conversationSid } = started.value;
  const session = { conversationSid, backend, identity, expiresAt: nowMs() + SESSION_LIFETIME_MS };
  return succeed({
    ok: true,
    token: createChatToken(settings, identity, SESSION_LIFETIME_MS),
    identity,
    conversationSid,
    backend,
    session: signSession(session, settings.webchatSessionSecret),
  });
}

/** Flex Conversations if the account is set up for it, because Programmable Chat is the older product. */
const defaultBackend = ({ webchatAddressSid }: WebchatSettings): Backend =>
  webchatAddressSid === undefined ? 'programmable-chat' : 'conversations';

async function startChat(
  backend: Backend,
  { settings, twilio }: Pick<WebchatServices, 'settings' | 'twilio'>,
  customer: NewCustomer,
): Promise<Result<StartedChat>> {
  const { chatServiceSid, flexFlowSid, webchatAddressSid: addressSid } = settings;
  switch (backend) {
    case 'programmable-chat':
      return flexFlowSid === undefined
        ? fail({ code: 'not-configured', setting: 'TWILIO_FLEX_FLOW_SID' })
        : succeed(await startProgrammableChat(twilio, { chatServiceSid, flexFlowSid }, customer));
    case 'conversations':
      return addressSid === undefined
        ? fail({ code: 'not-configured', setting: 'TWILIO_WEBCHAT_ADDRESS_SID' })
        : succeed(await startConversation(twilio, { chatServiceSid, addressSid }, customer));
  }
}
