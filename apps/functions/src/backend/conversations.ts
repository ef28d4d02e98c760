/**
 * Flex Conversations: the Interactions API invites and releases agents and closes chats. Flex does not change
 * a conversation when its task ends at TaskRouter. A closed conversation stays closed.
 */
import { type Ledger, type TaskSid, tasksOf } from '@chat-transfer/transfer-core';
import type { TextedNotices } from '../settings';
import { TwilioCallError } from '../twilio/call';
import type { Conversations } from '../twilio/conversations';
import type { ChannelParticipant, Interactions } from '../twilio/interactions';
import type { TaskRouter } from '../twilio/task-router';
import type { ConversationBackend, JustRead } from './backend';
import { writeFollowedBy } from './followed-by';
import { createNoticePoster } from './post-notices';

export interface ConversationsPorts {
  readonly conversations: Conversations;
  readonly interactions: Interactions;
  readonly taskRouter: Pick<TaskRouter, 'changeAttributes' | 'completeTask' | 'wrapReservation'>;
  readonly textedNotices: TextedNotices;
}

export function createConversationsBackend({
  conversations,
  interactions,
  taskRouter,
  textedNotices,
}: ConversationsPorts): ConversationBackend {
  /** Releases a task's agent through the interaction. Returns `false` when no release took place. */
  async function release(
    ledger: Ledger,
    taskSid: TaskSid,
    status: 'wrapup' | 'closed',
    { conversation }: JustRead,
  ): Promise<boolean> {
    const { interaction } = ledger;
    // A release would remove the agent from the conversation, but they are in it with another task too.
    if (interaction === undefined || isInChatWithOtherTask(ledger, taskSid)) return false;
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

  /**
   * Removes a task's agent from the conversation. For tasks that the interaction cannot release. An agent who has come
   * back with another task stays, even if the event about it has not arrived: the interaction lists them with that task.
   */
  async function removeAgent(ledger: Ledger, taskSid: TaskSid): Promise<void> {
    const worker = ledger.tasks[taskSid]?.worker;
    if (worker === undefined || isInChatWithOtherTask(ledger, taskSid)) return;
    const { interaction } = ledger;
    const participants = interaction === undefined ? [] : await interactions.listParticipants(interaction);
    const hasReturned = participants.some(
      (participant) => participant.workerSid === worker.sid && participant.taskSid !== taskSid,
    );
    if (hasReturned) return;
    await conversations.removeParticipant(ledger.conversationSid, worker.identity);
  }

  return {
    async readAhead(ledger, due, justRead) {
      const { interaction } = ledger;
      const isNeeded = due.some(({ kind }) => ['wrap-reservation', 'complete-task'].includes(kind));
      if (!isNeeded || interaction === undefined) return undefined;
      const completion = due.find((effect) => effect.kind === 'complete-task');
      const [participants] = await Promise.all([
        interactions.listParticipants(interaction),
        // The value is true, whatever becomes of the decision, and Insights reads it when the task ends.
        completion && writeFollowedBy(taskRouter, ledger, completion.taskSid, justRead),
      ]);
      return { participants, ...(completion && { followedByOf: completion.taskSid }) };
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

    isClosed: ({ conversationSid }) => conversations.isClosed(conversationSid),
    // A closed conversation stays closed. A customer who comes back gets a new one.
    isLongLived: async () => false,

    createdAt: ({ conversationSid }) => conversations.createdAt(conversationSid),

    createTransferTask({ interaction }, task) {
      if (interaction === undefined) {
        throw new TwilioCallError('find the interaction of the chat', 404, undefined, undefined);
      }
      return interactions.invite(interaction, task);
    },

    // Nothing else here writes attributes, and the notices of a run are posted one after another.
    ...createNoticePoster(conversations, { textedNotices, inTurn: (run) => run() }),

    async deleteMessages({ conversationSid }, messageSids) {
      for (const sid of messageSids) await conversations.deleteMessage(conversationSid, sid);
    },

    async wrapUp(ledger, taskSid, { sid }, justRead) {
      if (await release(ledger, taskSid, 'wrapup', justRead)) return;
      await Promise.all([taskRouter.wrapReservation(taskSid, sid), removeAgent(ledger, taskSid)]);
    },

    addParticipant: ({ conversationSid }, identity) =>
      conversations.addParticipant(conversationSid, identity),
    removeParticipant: ({ conversationSid }, _taskSid, { identity }) =>
      conversations.removeParticipant(conversationSid, identity),
    joinedAt: ({ conversationSid }, identity) => conversations.joinedAt(conversationSid, identity),

    async completeTask(ledger, taskSid, _staysOpen, justRead) {
      const isWritten = justRead.conversation?.followedByOf === taskSid;
      if (!isWritten) await writeFollowedBy(taskRouter, ledger, taskSid, justRead);
      if (await release(ledger, taskSid, 'closed', justRead)) return true;
      const [isOurs] = await Promise.all([
        taskRouter.completeTask(taskSid, (attributes) => attributes),
        removeAgent(ledger, taskSid),
      ]);
      return isOurs;
    },

    async updateConversation({ ended, interaction, conversationSid }) {
      if (ended === undefined) return;
      await (interaction === undefined
        ? conversations.close(conversationSid)
        : interactions.close(interaction, () => conversations.isClosed(conversationSid)));
    },
  };
}

/** Whether the agent of a task is in the chat with another task. */
function isInChatWithOtherTask(ledger: Ledger, taskSid: TaskSid): boolean {
  const worker = ledger.tasks[taskSid]?.worker;
  return tasksOf(ledger).some(
    ([other, task]) => other !== taskSid && task.state === 'active' && task.worker?.sid === worker?.sid,
  );
}
