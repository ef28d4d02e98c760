/**
 * Programmable Chat: tasks are created at TaskRouter, and the channel's attributes say whether the chat is
 * open. Flex and its channel janitor write those attributes too.
 */
import {
  type ConversationSid,
  conversationAttributes,
  detachConversation,
  isOpenForCustomer,
  isTexting,
  parseTaskSid,
} from '@chat-transfer/transfer-core';
import type { Attributes } from '../twilio/attributes';
import type { ChatChannels } from '../twilio/programmable-chat';
import type { TaskRouter } from '../twilio/task-router';
import type { ConversationBackend } from './backend';
import { collectPostedNotices, toMessage } from './notice-message';

export interface ProgrammableChatPorts {
  readonly channels: ChatChannels;
  readonly taskRouter: Pick<TaskRouter, 'completeTask' | 'createTask' | 'wrapReservation'>;
}

export function createProgrammableChatBackend({
  channels,
  taskRouter,
}: ProgrammableChatPorts): ConversationBackend {
  return {
    readAhead({ conversationSid }, due) {
      // `update-conversation` follows when a transfer task changes, because `associatedTasks` lists the task.
      const isNeeded = due.some(({ kind }) =>
        ['update-conversation', 'create-transfer-task', 'recall-transfer'].includes(kind),
      );
      return isNeeded
        ? channels.readAttributes(conversationSid).then((attributes) => ({ attributes }))
        : undefined;
    },

    /** From `associatedTasks`, where Twilio's original feature listed tasks too. */
    async listKnownTasks({ conversationSid }) {
      const associated = (await channels.readAttributes(conversationSid))?.associatedTasks;
      if (typeof associated !== 'object' || associated === null) return [];
      return Object.entries(associated).flatMap(([sid, state]) =>
        state === 'completed' ? [] : (parseTaskSid(sid) ?? []),
      );
    },

    // Flex cannot park a chat on Programmable Chat.
    isParked: async () => false,

    async isClosed({ conversationSid }) {
      const attributes = await channels.readAttributes(conversationSid);
      return attributes === undefined || attributes.status === 'INACTIVE';
    },

    createTransferTask: (_conversation, task) => taskRouter.createTask(task),

    postNotice: ({ conversationSid }, notice) => channels.createMessage(conversationSid, toMessage(notice)),

    findNotices: async ({ conversationSid }, _notices, sinceMs) =>
      collectPostedNotices(await channels.listMessages(conversationSid, sinceMs)),

    async deleteMessages({ conversationSid }, messageSids) {
      for (const sid of messageSids) await channels.deleteMessage(conversationSid, sid);
    },

    async wrapUp(_ledger, taskSid, { sid }, { task, reservations }) {
      const justRead = task?.sid === taskSid ? reservations : undefined;
      const accepted = justRead?.find(({ workerSid, status }) => workerSid === sid && status === 'accepted');
      await taskRouter.wrapReservation(taskSid, sid, accepted?.sid);
    },

    addParticipant: ({ conversationSid }, identity) => channels.addMember(conversationSid, identity),
    removeParticipant: ({ conversationSid }, _taskSid, { identity }) =>
      channels.removeMember(conversationSid, identity),
    joinedAt: ({ conversationSid }, identity) => channels.joinedAt(conversationSid, identity),

    completeTask: (_ledger, taskSid, staysOpen, { task }) =>
      taskRouter.completeTask(
        taskSid,
        (attributes) => (staysOpen ? detachConversation(attributes) : attributes),
        task?.sid === taskSid ? task : undefined,
      ),

    async updateConversation(ledger, { conversation }) {
      const { conversationSid } = ledger;
      const current = conversation?.attributes ?? (await channels.readAttributes(conversationSid));
      if (current === undefined) return;
      const wanted = conversationAttributes(current, ledger);
      const hasEnded = !isOpenForCustomer(ledger);
      // Before the write: if this run crashes between the two, the next one still finds the status to change.
      if (ledger.ended !== undefined && !hasEnded)
        await letCustomerBackIn(channels, conversationSid, current);
      // Twilio pushes every write to every client in the chat.
      if (JSON.stringify(wanted) !== JSON.stringify(current))
        await channels.writeAttributes(conversationSid, wanted);
      if (hasEnded) await removeCustomer(channels, conversationSid, current);
    },
  };
}

/** The customer of an ended chat could write on, in any client that does not read the attributes. */
async function removeCustomer(
  channels: ChatChannels,
  conversationSid: ConversationSid,
  attributes: Attributes,
): Promise<void> {
  const customer = await findRemovableCustomer(channels, conversationSid, attributes);
  if (customer !== undefined) await channels.removeCustomer(conversationSid, customer);
}

/** A task that arrives after the end opens the chat again. The agent who accepts it must find the customer. */
async function letCustomerBackIn(
  channels: ChatChannels,
  conversationSid: ConversationSid,
  attributes: Attributes,
): Promise<void> {
  const customer = await findRemovableCustomer(channels, conversationSid, attributes);
  if (customer !== undefined) await channels.addCustomer(conversationSid, customer);
}

/**
 * `undefined` for a customer who stays a member: one who texts has no client that could write into the chat, and a
 * long-lived chat is used again when the customer comes back.
 * https://www.twilio.com/docs/flex/developer/messaging/manage-flows
 */
async function findRemovableCustomer(
  channels: ChatChannels,
  conversationSid: ConversationSid,
  { channel_type, long_lived }: Attributes,
): Promise<string | undefined> {
  const channelType = typeof channel_type === 'string' ? channel_type : undefined;
  if (long_lived === true || isTexting({ channelType })) return undefined;
  return channels.findCustomer(conversationSid);
}
