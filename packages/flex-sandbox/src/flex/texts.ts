/**
 * SMS and WhatsApp at both ends of a conversation: what is written to a participant who is reached by text is kept as a
 * text that was sent, and a text that comes in is written into the open conversation of its sender, or starts one.
 * Nothing leaves the machine. https://www.twilio.com/docs/conversations/inbound-autocreation
 */
import { badRequest, notFound } from '../api-error.js';
import type { Chat } from '../chat/chat.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Address, Addresses } from './addresses.js';
import type { SendToFlex } from './send-to-flex.js';

type TextType = 'sms' | 'whatsapp';

/** Something a customer got on their phone. */
export interface Text {
  readonly sid: string;
  readonly type: string;
  readonly from: string | null;
  readonly to: string;
  readonly body: string;
  readonly conversationSid: string;
  readonly messageSid: string;
  /** Who wrote it in the conversation. */
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
  /** Throws 400 for another type, 404 when no address of the account takes texts. */
  receive(text: IncomingText): { readonly conversationSid: string; readonly messageSid: string };
}

export interface TextParts {
  readonly sandbox: SandboxState;
  readonly chat: Chat;
  readonly addresses: Addresses;
  readonly sendToFlex: SendToFlex;
}

export function addTexts({ sandbox, chat, addresses, sendToFlex }: TextParts): Texts {
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

  const openConversationOf = (sender: string, proxyAddress: string): string | undefined =>
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
      if (type !== 'sms' && type !== 'whatsapp') throw badRequest('type is sms or whatsapp');
      const address = addressFor(addresses, type);
      const [sender, proxyAddress] = [addressOfType(type, from), addressOfType(type, address.address)];

      const found = openConversationOf(sender, proxyAddress);
      const conversationSid = found ?? chat.createChannel({}).sid;
      if (found === undefined)
        chat.addMember(conversationSid, { binding: { type, address: sender, proxyAddress } });
      const { sid: messageSid } = chat.addMessage(conversationSid, { author: sender, body });
      if (found === undefined) {
        const customer = { name: sender, address: sender };
        sendToFlex(address, { conversationSid, channelType: type, customer });
      }
      return { conversationSid, messageSid };
    },
  };
}

/** A number without an address of its own for WhatsApp takes both. */
function addressFor(addresses: Addresses, type: TextType): Address {
  const address = addresses.ofType(type) ?? addresses.ofType('sms');
  if (address?.autoCreation.enabled !== true) throw notFound(`/Configuration/Addresses?Type=${type}`);
  return address;
}

const addressOfType = (type: TextType, address: string): string =>
  type === 'whatsapp' && !address.startsWith('whatsapp:') ? `whatsapp:${address}` : address;
