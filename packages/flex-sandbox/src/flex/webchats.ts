/**
 * Webchat on Flex Conversations. One call creates the conversation and adds the customer. The address decides
 * what happens next.
 * https://www.twilio.com/docs/flex/developer/conversations/webchats-resource
 */
import { badRequest } from '../api-error.js';
import type { Chat } from '../chat/chat.js';
import { forAccount } from '../iam/callers.js';
import { parseJsonObjectOrEmpty } from '../json.js';
import { requireText, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Addresses } from './addresses.js';
import type { SendToFlex } from './send-to-flex.js';

export interface WebchatDependencies {
  readonly sandbox: SandboxState;
  readonly chat: Chat;
  readonly addresses: Addresses;
  readonly sendToFlex: SendToFlex;
}

/** Adds `WebChats` to `flex-api`. */
export function addWebchats({ sandbox, chat, addresses, sendToFlex }: WebchatDependencies): void {
  const start = forAccount(({ body }) => {
    const address = addresses.find(requireText(body, 'AddressSid'));
    if (address.type !== 'chat') throw badRequest(`Address ${address.sid} is not for chat`, 45745);
    const name = text(body, 'CustomerFriendlyName') ?? 'Customer';
    const identity = text(body, 'Identity') ?? sandbox.sids('');
    const preEngagementData = parseJsonObjectOrEmpty(text(body, 'PreEngagementData'));

    const { sid } = chat.createChannel({
      friendlyName: text(body, 'ChatFriendlyName'),
      attributes: { from: name, channel_type: 'web', pre_engagement_data: preEngagementData },
    });
    chat.addMember(sid, { identity });
    chat.setFriendlyName(identity, name);
    sendToFlex(address, {
      conversationSid: sid,
      channelType: 'web',
      customer: { name, address: identity },
      attributes: { pre_engagement_data: preEngagementData },
    });
    return { status: 201, body: { conversation_sid: sid, identity } };
  });
  sandbox.router.on('POST', 'flex-api', '/v2/WebChats', start);
}
