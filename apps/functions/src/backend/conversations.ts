/**
 * Flex Conversations: the Interactions API invites, releases and closes. Flex writes nothing of its own accord here: a task
 * that ends at TaskRouter leaves the conversation as it is, and a closed conversation is closed for good.
 */
import {
  type ConversationSid,
  isTexting,
  type Ledger,
  type Notice,
  parseAgentNotices,
  type TaskSid,
  tasksOf,
  withAgentNotice,
} from '@chat-transfer/transfer-core';
import type { TextedNotices } from '../settings';
import { allowStatus, TwilioCallError } from '../twilio/call';
import type { Conversations } from '../twilio/conversations';
import type { ChannelParticipant, Interactions } from '../twilio/interactions';
import type { TaskRouter } from '../twilio/task-router';
import type { ConversationBackend, JustRead } from './backend';
import { carriesNotice, toMessage } from './notice-message';
import { isSentToCustomer } from './texted-notices';

export interface ConversationsPorts {
  readonly conversations: Conversations;
  readonly interactions: Interactions;
  readonly taskRouter: Pick<TaskRouter, 'completeTask' | 'wrapReservation'>;
  readonly textedNotices: TextedNotices;
}

export function createConversationsBackend({
  conversations,
  interactions,
  taskRouter,
  textedNotices,
}: ConversationsPorts): ConversationBackend {
  /** Lets the agent of a task go through the interaction. `false` when that is not possible, or would be wrong. */
  async function release(
    ledger: Ledger,
    taskSid: TaskSid,
    status: 'wrapup' | 'closed',
    { conversation }: JustRead,
  ): Promise<boolean> {
    const { interaction } = ledger;
    // The interaction would take them out of the conversation, in which they are by another task.
    if (interaction === undefined || isElsewhere(ledger, taskSid)) return false;
    const worker = ledger.tasks[taskSid]?.worker;
    const find = (participants: readonly ChannelParticipant[] = []) =>
      participants.find((participant) => participant.taskSid === taskSid) ??
      participants.find(
        (participant) => participant.taskSid === undefined && participant.workerSid === worker?.sid,
      );
    const participant =
      find(conversation?.participants) ?? find(await interactions.listParticipants(interaction));
    return participant !== undefined && (await interactions.release(interaction, participant.sid, status));
  }

  /** What a release does besides, where there is none: takes the agent of a task out of the conversation. */
  async function takeOut(ledger: Ledger, taskSid: TaskSid): Promise<void> {
    const worker = ledger.tasks[taskSid]?.worker;
    if (worker === undefined || isElsewhere(ledger, taskSid)) return;
    await conversations.removeParticipant(ledger.conversationSid, worker.identity);
  }

  async function keepForAgents(conversationSid: ConversationSid, notice: Notice): Promise<void> {
    const attributes = await conversations.readAttributes(conversationSid);
    if (attributes === undefined) return;
    const wanted = withAgentNotice(attributes, notice);
    if (wanted !== attributes) await conversations.writeAttributes(conversationSid, wanted);
  }

  return {
    readAhead({ interaction }, due) {
      const isNeeded = due.some(({ kind }) => ['wrap-reservation', 'complete-task'].includes(kind));
      return isNeeded && interaction !== undefined
        ? interactions.listParticipants(interaction).then((participants) => ({ participants }))
        : undefined;
    },

    async listKnownTasks({ interaction }) {
      if (interaction === undefined) return [];
      const [participants, invited] = await Promise.all([
        interactions.listParticipants(interaction),
        interactions.listInvitedTasks(interaction),
      ]);
      return [...new Set([...participants.flatMap(({ taskSid }) => taskSid ?? []), ...invited])];
    },

    isParked: async ({ interaction }) => interaction !== undefined && interactions.isParked(interaction),

    createTransferTask({ interaction }, task) {
      if (interaction === undefined) {
        throw new TwilioCallError('find the interaction of the chat', 404, undefined, undefined);
      }
      return interactions.invite(interaction, task);
    },

    async postNotice(conversation, notice) {
      const { conversationSid } = conversation;
      // Agents get all of them, so that theirs is one list in order, whatever else is texted. It may be full of others' keys.
      if (isTexting(conversation)) await allowStatus([400, 413], keepForAgents(conversationSid, notice));
      if (isSentToCustomer(textedNotices, conversation, notice.kind)) {
        await conversations.createMessage(conversationSid, toMessage(notice));
      }
    },

    async hasNotice(conversation, notice) {
      const { conversationSid } = conversation;
      if (isSentToCustomer(textedNotices, conversation, notice.kind)) {
        const messages = await conversations.listMessages(conversationSid);
        return messages.some((message) => carriesNotice(message, notice));
      }
      const attributes = await conversations.readAttributes(conversationSid);
      return parseAgentNotices(attributes).some(({ id }) => id === notice.id);
    },

    async wrapUp(ledger, taskSid, { sid }, justRead) {
      if (await release(ledger, taskSid, 'wrapup', justRead)) return;
      await Promise.all([taskRouter.wrapReservation(taskSid, sid), takeOut(ledger, taskSid)]);
    },

    addParticipant: ({ conversationSid }, identity) =>
      conversations.addParticipant(conversationSid, identity),
    async removeParticipant(ledger, taskSid, { identity }) {
      const isBeingReleased = ledger.outbox.some(
        ({ effect, unconfirmedUntil }) =>
          (effect.kind === 'wrap-reservation' || effect.kind === 'complete-task') &&
          effect.taskSid === taskSid &&
          unconfirmedUntil === undefined,
      );
      // The interaction takes them out with their task. Beside it, it would not find them.
      if (!isBeingReleased) await conversations.removeParticipant(ledger.conversationSid, identity);
    },
    joinedAt: ({ conversationSid }, identity) => conversations.joinedAt(conversationSid, identity),

    async completeTask(ledger, taskSid, _goesOn, justRead) {
      if (await release(ledger, taskSid, 'closed', justRead)) return true;
      const [isOurs] = await Promise.all([
        taskRouter.completeTask(taskSid, (attributes) => attributes),
        takeOut(ledger, taskSid),
      ]);
      return isOurs;
    },

    async updateConversation({ ended, interaction, conversationSid }) {
      if (ended === undefined) return;
      await (interaction === undefined
        ? conversations.close(conversationSid)
        : interactions.close(interaction));
    },
  };
}

/** Whether the agent of a task is in the chat by another one. */
function isElsewhere(ledger: Ledger, taskSid: TaskSid): boolean {
  const worker = ledger.tasks[taskSid]?.worker;
  return tasksOf(ledger).some(
    ([other, task]) => other !== taskSid && task.state === 'active' && task.worker?.sid === worker?.sid,
  );
}
