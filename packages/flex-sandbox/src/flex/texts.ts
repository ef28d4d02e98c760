/**
 * SMS and WhatsApp in both directions. A message in the conversation of a participant who is reached by text
 * is recorded as a sent text. An incoming text is added to the open conversation of its sender, or starts a
 * new one. Nothing leaves the machine. https://www.twilio.com/docs/conversations/inbound-autocreation
 */
import { badRequest, notFound } from '../api-error.js';
import type { Chat } from '../chat/chat.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Address, Addresses } from './addresses.js';
import type { SendToFlex } from './send-to-flex.js';

type TextType = 'sms' | 'whatsapp';

/** A text that was sent to a customer. */
export interface Text {
  readonly sid: string;
  readonly type: string;
  readonly from: string | null;
  readonly to: string;
  readonly body: string;
  readonly conversationSid: string;
  readonly messageSid: string;
  /** The message's author in the conversation. */
  readonly author: string;
  readonly sentAtMs: number;
}

interface IncomingText {
  readonly from: string;
  readonly body: string;
  /** Default `sms`. */
  readonly type?: string | undefined;
}

export interface Texts {
  /** Oldest first. */
  sent(): readonly Text[];
  /** Throws 400 for an unknown type, 404 when the account has no enabled address for texts. */
  receive(text: IncomingText): { readonly conversationSid: string; readonly messageSid: string };
}

export interface TextDependencies {
  readonly sandbox: SandboxState;
  readonly chat: Chat;
  readonly addresses: Addresses;
  readonly sendToFlex: SendToFlex;
}

export function addTexts({ sandbox, chat, addresses, sendToFlex }: TextDependencies): Texts {
  const sent: Text[] = [];

  chat.onChange((change) => {
    if (change.kind !== 'message-added') return;
    const { channel, message } = change;
    for (const { sid, binding } of channel.members.values()) {
      if (binding === null || message.memberSid === sid || message.author === binding.address) continue;
      sent.push({
        sid: sandbox.sids('SM'),
        type: binding.type,
        from: binding.proxyAddress,
        to: binding.address,
        body: message.body ?? '',
        conversationSid: channel.sid,
        messageSid: message.sid,
        author: message.author,
        sentAtMs: sandbox.clock.nowMs(),
      });
    }
  });

  const findOpenConversation = (sender: string, proxyAddress: string): string | undefined =>
    chat
      .snapshot()
      .channels.find(
        ({ state, members }) =>
          state !== 'closed' &&
          members.some(({ binding }) => binding?.address === sender && binding.proxyAddress === proxyAddress),
      )?.sid;

  return {
    sent: () => sent,
    receive({ from, body, type = 'sms' }) {
      if (type !== 'sms' && type !== 'whatsapp') throw badRequest('type must be sms or whatsapp');
      const address = findAddress(addresses, type);
      const [sender, proxyAddress] = [formatAddress(type, from), formatAddress(type, address.address)];

      const openConversationSid = findOpenConversation(sender, proxyAddress);
      const conversationSid = openConversationSid ?? chat.createChannel({}).sid;
      if (openConversationSid === undefined)
        chat.addMember(conversationSid, { binding: { type, address: sender, proxyAddress } });
      const { sid: messageSid } = chat.addMessage(conversationSid, { author: sender, body });
      if (openConversationSid === undefined) {
        const customer = { name: sender, address: sender };
        sendToFlex(address, { conversationSid, channelType: type, customer });
      }
      return { conversationSid, messageSid };
    },
  };
}

/** Without a WhatsApp address, the SMS address receives both types. */
function findAddress(addresses: Addresses, type: TextType): Address {
  const address = addresses.findByType(type) ?? addresses.findByType('sms');
  if (address?.autoCreation.enabled !== true) throw notFound(`/Configuration/Addresses?Type=${type}`);
  return address;
}

const formatAddress = (type: TextType, address: string): string =>
  type === 'whatsapp' && !address.startsWith('whatsapp:') ? `whatsapp:${address}` : address;
