/**
 * A customer's chat at Twilio, on either backend: what Flex does to it, and what is to be seen of it from outside. The one
 * place where tests tell the backends apart; it knows nothing of how the functions do.
 */
import { SANDBOX_ACCOUNT, type Sandbox, type SandboxSnapshot } from '@chat-transfer/flex-sandbox';
import {
  type Backend,
  NOTICE_AUTHOR,
  type Notice,
  parseAgentNotices,
  parseNotice,
} from '@chat-transfer/transfer-core';
import type { TwilioClient } from '../../src/twilio/client';
import { must } from './account';

/** For tests that are the same on both. */
export const BACKENDS = ['programmable-chat', 'conversations'] as const satisfies readonly Backend[];

export type ChannelSnapshot = SandboxSnapshot['chat']['channels'][number];
export type InteractionChannelSnapshot = SandboxSnapshot['interactions'][number]['channels'][number];

/** A call of the functions, for a fault of the sandbox to hit. */
interface CallPattern {
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

/** What differs. */
interface Ways {
  /** How the functions have Twilio make the task of a transfer, a message, and a chat. */
  readonly calls: Readonly<Record<'newTask' | 'newMessage' | 'newChat', CallPattern>>;
  /** What Flex does when an agent has accepted: the agent is in the chat then, however often it is done. */
  admit(agent: string, conversationSid: string): Promise<void>;
  /** A message of somebody who is in the chat. */
  write(conversationSid: string, author: string, body: string): Promise<void>;
  /** Whether it goes on, for the customer and for Flex. */
  isOpen(conversationSid: string): boolean;
  /** Deletes the chat with all its messages. */
  remove(conversationSid: string): Promise<void>;
}

export function chatsOnTwilio(backend: Backend, client: TwilioClient, sandbox: Pick<Sandbox, 'snapshot'>) {
  const find = (conversationSid: string) =>
    sandbox.snapshot().chat.channels.find(({ sid }) => sid === conversationSid);
  const channel = (conversationSid: string): ChannelSnapshot =>
    must(find(conversationSid), `chat ${conversationSid}`);
  /** On Flex Conversations. */
  const interaction = (conversationSid: string): InteractionChannelSnapshot | undefined =>
    sandbox
      .snapshot()
      .interactions.flatMap(({ channels }) => channels)
      .find((one) => one.conversationSid === conversationSid);
  const isClosed = (conversationSid: string) => find(conversationSid)?.state === 'closed';
  const members = (conversationSid: string): string[] =>
    channel(conversationSid).members.map(({ identity }) => identity ?? '');
  const notices = (conversationSid: string) => noticesOf(channel(conversationSid));

  const { chatServiceSid } = SANDBOX_ACCOUNT;
  const channelOf = (sid: string) => client.chat.v2.services(chatServiceSid).channels(sid);
  const conversationAt = (sid: string) => client.conversations.v1.services(chatServiceSid).conversations(sid);

  const programmableChat: Ways = {
    calls: {
      newTask: post('taskrouter.twilio.com', '/Tasks$'),
      newMessage: post('chat.twilio.com', '/Messages$'),
      newChat: post('flex-api.twilio.com', '/v1/Channels$'),
    },
    async admit(agent, conversationSid) {
      const adding = channelOf(conversationSid).members.create({ identity: agent });
      await adding.catch((error: { status?: number }) => {
        if (error.status !== 409) throw error;
      });
    },
    async write(conversationSid, from, body) {
      await channelOf(conversationSid).messages.create({ from, body });
    },
    isOpen(conversationSid) {
      const { attributes } = channel(conversationSid);
      const isMarked = typeof attributes === 'object' && attributes !== null && 'status' in attributes;
      return !(isMarked && attributes.status === 'INACTIVE');
    },
    async remove(conversationSid) {
      await channelOf(conversationSid).remove();
    },
  };
  const conversations: Ways = {
    calls: {
      newTask: post('flex-api.twilio.com', '/Invites$'),
      newMessage: post('conversations.twilio.com', '/Messages$'),
      newChat: post('flex-api.twilio.com', '/v2/WebChats$'),
    },
    // Twilio has done it when the reservation was accepted.
    admit: async () => undefined,
    async write(conversationSid, author, body) {
      await conversationAt(conversationSid).messages.create({ author, body });
    },
    isOpen(conversationSid) {
      return !isClosed(conversationSid) && interaction(conversationSid)?.status !== 'closed';
    },
    async remove(conversationSid) {
      await conversationAt(conversationSid).remove();
    },
  };

  return {
    backend,
    ...{ 'programmable-chat': programmableChat, conversations }[backend],
    /** As Twilio holds it: members, messages, attributes. */
    channel,
    interaction,
    /** Identities in the chat. */
    members,
    /** Whether it is over for good; only on Flex Conversations. */
    isClosed,
    /** Whether the conversation is over and its interaction is not, or the other way round. */
    isHalfClosed(conversationSid: string): boolean {
      const { status } = interaction(conversationSid) ?? {};
      return status !== undefined && (status === 'closed') !== isClosed(conversationSid);
    },
    /** Identities of the agents in the chat; in one that is closed for good there is nobody. */
    agents: (conversationSid: string): string[] =>
      isClosed(conversationSid)
        ? []
        : members(conversationSid)
            .filter((identity) => !isCustomer(identity))
            .sort(),
    /** Agents whom the interaction still counts in though they are done with their task. */
    leftOver: (conversationSid: string): string[] =>
      (interaction(conversationSid)?.participants ?? [])
        .filter(({ type, reservationStatus: status }) => type === 'agent' && !HELD.includes(status))
        .map(({ workerName, taskSid }) => `${workerName} on ${taskSid}`),
    /** The notices a reader would see, in order. */
    notices,
    noticeKinds: (conversationSid: string) => notices(conversationSid).map(({ kind }) => kind),
  };
}

/** Statuses of a reservation of somebody who is not done with it. */
const HELD: readonly (string | null)[] = ['accepted', 'wrapping'];

/** As the functions name customers, who are no users of Flex; one who texts has no name at all. */
const isCustomer = (identity: string) => identity === '' || identity.startsWith('customer-');

const post = (host: string, path: string): CallPattern => ({ method: 'POST', host, path });

/** Of the task that brings the chat, also when it does so no more. */
export const conversationOf = (attributes: Readonly<Record<string, unknown>>): string =>
  String(attributes.conversationSid ?? attributes.channelSid ?? attributes.transferredChannelSid);

/** Those of a chat whose customer texts are kept beside the messages. Throws when a message of the functions is no notice. */
function noticesOf({ messages, attributes: ofChat }: ChannelSnapshot): Notice[] {
  const kept = parseAgentNotices(ofChat);
  if (kept.length > 0) return [...kept];
  return messages.flatMap(({ author, body, attributes }) => {
    if (author !== NOTICE_AUTHOR) return [];
    const notice = parseNotice({ author, body: body ?? '', attributes });
    if (notice === undefined || notice.kind === 'text')
      throw new Error(`Unreadable notice: ${JSON.stringify(attributes)}`);
    return [notice];
  });
}
