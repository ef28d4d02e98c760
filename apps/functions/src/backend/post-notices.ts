/**
 * Posts notices. A customer who texts gets a message only for the kinds that the account has chosen. For their agents, every
 * notice is kept in the conversation's attributes.
 */
import {
  type ConversationSid,
  isTexting,
  type Notice,
  parseAgentNotices,
  withAgentNotice,
} from '@chat-transfer/transfer-core';
import type { TextedNotices } from '../settings';
import type { Attributes } from '../twilio/attributes';
import { allowStatus } from '../twilio/call';
import type { ChatMessage, NewMessage } from '../twilio/messages';
import type { ConversationBackend } from './backend';
import { collectPostedNotices, toMessage } from './notice-message';
import { isSentToCustomer } from './texted-notices';

/** The conversations of one backend. */
export interface ConversationMessages {
  readAttributes(sid: ConversationSid): Promise<Attributes | undefined>;
  writeAttributes(sid: ConversationSid, attributes: Attributes): Promise<void>;
  createMessage(sid: ConversationSid, message: NewMessage): Promise<void>;
  listMessages(sid: ConversationSid, sinceMs: number): Promise<readonly ChatMessage[]>;
}

/** Runs what reads and writes attributes, one after another. */
export type InTurn = (run: () => Promise<void>) => Promise<void>;

export function createNoticePoster(
  messages: ConversationMessages,
  { textedNotices, inTurn }: { readonly textedNotices: TextedNotices; readonly inTurn: InTurn },
): Pick<ConversationBackend, 'postNotice' | 'findNotices'> {
  async function storeAgentNotice(conversationSid: ConversationSid, notice: Notice): Promise<void> {
    const attributes = await messages.readAttributes(conversationSid);
    if (attributes === undefined) return;
    const wanted = withAgentNotice(attributes, notice);
    if (wanted !== attributes) await messages.writeAttributes(conversationSid, wanted);
  }

  return {
    async postNotice(conversation, notice) {
      const { conversationSid } = conversation;
      // The stored list holds every notice, also those that are texted, so that agents get one list in order.
      // Twilio refuses the write when keys of other programs fill the attributes. The list then lacks the
      // notice.
      if (isTexting(conversation))
        await inTurn(async () => {
          await allowStatus([400, 413], storeAgentNotice(conversationSid, notice));
        });
      if (isSentToCustomer(textedNotices, conversation, notice.kind)) {
        await messages.createMessage(conversationSid, toMessage(notice));
      }
    },

    async findNotices(conversation, notices, sinceMs) {
      const { conversationSid } = conversation;
      const isMessage = ({ kind }: Notice) => isSentToCustomer(textedNotices, conversation, kind);
      const [posted, stored] = await Promise.all([
        notices.some(isMessage) ? messages.listMessages(conversationSid, sinceMs) : [],
        notices.every(isMessage) ? undefined : messages.readAttributes(conversationSid),
      ]);
      const { ids, duplicates } = collectPostedNotices(posted);
      const storedIds = new Set(parseAgentNotices(stored).map(({ id }) => id));
      const isPosted = (notice: Notice) => (isMessage(notice) ? ids : storedIds).has(notice.id);
      return { ids: new Set(notices.filter(isPosted).map(({ id }) => id)), duplicates };
    },
  };
}
