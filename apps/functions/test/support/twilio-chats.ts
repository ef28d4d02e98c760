/**
 * Customers' chats at Twilio, on either backend: what Flex does to a chat, and what Twilio shows of it. Tests
 * distinguish the backends only here. It does not depend on how the functions work.
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
import { required } from './account';

/** For tests that are the same on both. */
export const BACKENDS = ['programmable-chat', 'conversations'] as const satisfies readonly Backend[];

export type ChannelSnapshot = SandboxSnapshot['chat']['channels'][number];
export type InteractionChannelSnapshot = SandboxSnapshot['interactions'][number]['channels'][number];

/** Matches a call of the functions, for a fault of the sandbox. */
interface CallPattern {
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

/** What differs between the backends. */
interface BackendActions {
  /** How the functions create the task of a transfer, a message and a chat. */
  readonly callPatterns: Readonly<Record<'newTask' | 'newMessage' | 'newChat', CallPattern>>;
  /** What Flex does after an agent has accepted: adds the agent to the chat, if they are not in it. */
  addAgent(agent: string, conversationSid: string): Promise<void>;
  /** Adds a participant who is no agent of a task, such as a bot. */
  addMember(identity: string, conversationSid: string): Promise<void>;
  /** Posts a message of a participant. */
  postMessage(conversationSid: string, author: string, body: string): Promise<void>;
  /** Whether the chat is open, for the customer and for Flex. */
  isOpen(conversationSid: string): boolean;
  /** Deletes the chat with all its messages. */
  deleteChat(conversationSid: string): Promise<void>;
}

export function createTwilioChats(
  backend: Backend,
  client: TwilioClient,
  sandbox: Pick<Sandbox, 'snapshot'>,
) {
  const find = (conversationSid: string) =>
    sandbox.snapshot().chat.channels.find(({ sid }) => sid === conversationSid);
  const channel = (conversationSid: string): ChannelSnapshot =>
    required(find(conversationSid), `chat ${conversationSid}`);
  const interaction = (conversationSid: string): InteractionChannelSnapshot | undefined =>
    sandbox
      .snapshot()
      .interactions.flatMap(({ channels }) => channels)
      .find((candidate) => candidate.conversationSid === conversationSid);
  const isClosed = (conversationSid: string) => find(conversationSid)?.state === 'closed';
  const members = (conversationSid: string): string[] =>
    channel(conversationSid).members.map(({ identity }) => identity ?? '');
  const notices = (conversationSid: string) => readNotices(channel(conversationSid));

  const { chatServiceSid } = SANDBOX_ACCOUNT;
  const channelContext = (sid: string) => client.chat.v2.services(chatServiceSid).channels(sid);
  const conversationContext = (sid: string) =>
    client.conversations.v1.services(chatServiceSid).conversations(sid);

  const programmableChat: BackendActions = {
    callPatterns: {
      newTask: postTo('taskrouter.twilio.com', '/Tasks$'),
      newMessage: postTo('chat.twilio.com', '/Messages$'),
      newChat: postTo('flex-api.twilio.com', '/v1/Channels$'),
    },
    async addAgent(agent, conversationSid) {
      await programmableChat.addMember(agent, conversationSid).catch((error: { status?: number }) => {
        if (error.status !== 409) throw error;
      });
    },
    async addMember(identity, conversationSid) {
      await channelContext(conversationSid).members.create({ identity });
    },
    async postMessage(conversationSid, from, body) {
      await channelContext(conversationSid).messages.create({ from, body });
    },
    isOpen(conversationSid) {
      const { attributes } = channel(conversationSid);
      const hasStatus = typeof attributes === 'object' && attributes !== null && 'status' in attributes;
      return !(hasStatus && attributes.status === 'INACTIVE');
    },
    async deleteChat(conversationSid) {
      await channelContext(conversationSid).remove();
    },
  };
  const conversations: BackendActions = {
    callPatterns: {
      newTask: postTo('flex-api.twilio.com', '/Invites$'),
      newMessage: postTo('conversations.twilio.com', '/Messages$'),
      newChat: postTo('flex-api.twilio.com', '/v2/WebChats$'),
    },
    // Twilio adds the agent when the reservation is accepted.
    addAgent: async () => undefined,
    async addMember(identity, conversationSid) {
      await conversationContext(conversationSid).participants.create({ identity });
    },
    async postMessage(conversationSid, author, body) {
      await conversationContext(conversationSid).messages.create({ author, body });
    },
    isOpen(conversationSid) {
      return !isClosed(conversationSid) && interaction(conversationSid)?.status !== 'closed';
    },
    async deleteChat(conversationSid) {
      await conversationContext(conversationSid).remove();
    },
  };

  return {
    backend,
    ...{ 'programmable-chat': programmableChat, conversations }[backend],
    /** The members, messages and attributes at Twilio. */
    channel,
    /** The channel of the interaction; `undefined` on Programmable Chat. */
    interaction,
    /** Identities in the chat. */
    members,
    /** Whether the chat is closed for good, which only Flex Conversations can do. */
    isClosed,
    /** Whether only one of the conversation and its interaction is closed. */
    isHalfClosed(conversationSid: string): boolean {
      const { status } = interaction(conversationSid) ?? {};
      return status !== undefined && (status === 'closed') !== isClosed(conversationSid);
    },
    /** Sorted identities of the agents in the chat. A chat that is closed for good has none. */
    agents: (conversationSid: string): string[] =>
      isClosed(conversationSid)
        ? []
        : members(conversationSid)
            .filter((identity) => !isCustomer(identity))
            .sort(),
    hasCustomer: (conversationSid: string): boolean => members(conversationSid).some(isCustomer),
    /** Agents who are participants of the interaction although they have completed their task. */
    leftoverAgents: (conversationSid: string): string[] =>
      (interaction(conversationSid)?.participants ?? [])
        .filter(({ type, reservationStatus }) => type === 'agent' && !HELD.includes(reservationStatus))
        .map(({ workerName, taskSid }) => `${workerName} on ${taskSid}`),
    /** The notices that a reader sees, in order. */
    notices,
    noticeKinds: (conversationSid: string) => notices(conversationSid).map(({ kind }) => kind),
  };
}

/** Statuses of a reservation that a worker holds. */
const HELD: readonly (string | null)[] = ['accepted', 'wrapping'];

/** The functions name customers like this; a customer who texts has no identity. */
const isCustomer = (identity: string) => identity === '' || identity.startsWith('customer-');

const postTo = (host: string, path: string): CallPattern => ({ method: 'POST', host, path });

/** The chat of a task by its attributes, also when the functions have moved `channelSid` to their own key. */
export const readConversationSid = (attributes: Readonly<Record<string, unknown>>): string =>
  String(attributes.conversationSid ?? attributes.channelSid ?? attributes.chatTransferredChannelSid);

/**
 * If the customer texts, the notices are in the attributes of the chat instead of the messages. Throws if a message of
 * the functions is no notice.
 */
function readNotices({ messages, attributes }: ChannelSnapshot): Notice[] {
  const agentNotices = parseAgentNotices(attributes);
  if (agentNotices.length > 0) return [...agentNotices];
  return messages.flatMap((message) => {
    const { author, body } = message;
    if (author !== NOTICE_AUTHOR) return [];
    const notice = parseNotice({ author, body: body ?? '', attributes: message.attributes });
    if (notice === undefined || notice.kind === 'text')
      throw new Error(`Unreadable notice: ${JSON.stringify(message.attributes)}`);
    return [notice];
  });
}
