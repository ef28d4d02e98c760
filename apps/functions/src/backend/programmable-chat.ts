/**
 * Programmable Chat: tasks are created at TaskRouter, and the channel's attributes say whether the chat is
 * open. Flex and its channel janitor write those attributes too.
 */
import {
  addFollowedBy,
  type ConversationSid,
  conversationAttributes,
  detachConversation,
  followedBy,
  isOpenForCustomer,
  isTexting,
  parseSuccessor,
  type TaskSid,
  tasksOf,
} from '@chat-transfer/transfer-core';
import type { TextedNotices } from '../settings';
import type { Attributes } from '../twilio/attributes';
import type { FlexChannels } from '../twilio/flex-channels';
import type { ChatChannels } from '../twilio/programmable-chat';
import type { TaskRouter } from '../twilio/task-router';
import type { ConversationBackend } from './backend';
import { createNoticePoster, type InTurn } from './post-notices';
import { type ListSecrets, readTaskList, withTaskList } from './sign-task-list';

export interface ProgrammableChatPorts {
  readonly channels: ChatChannels;
  readonly flexChannels: FlexChannels;
  /** Sign the list of the chat's tasks. */
  readonly secrets: ListSecrets;
  readonly textedNotices: TextedNotices;
  readonly taskRouter: Pick<
    TaskRouter,
    'completeTask' | 'createTask' | 'fetchTask' | 'listUpdatedAttributes' | 'wrapReservation'
  >;
}

/** More transfers of one chat by the original feature are not expected. */
const MAX_SUCCESSORS = 10;

export function createProgrammableChatBackend({
  channels,
  flexChannels,
  secrets,
  textedNotices,
  taskRouter,
}: ProgrammableChatPorts): ConversationBackend {
  const inTurn = createTurns();

  /**
   * Flex's record names the first task. A task that Twilio's original feature transferred names its successor in its
   * attributes, which only its own agents can change.
   */
  async function listRecordedTasks(conversationSid: ConversationSid): Promise<ReadonlySet<TaskSid>> {
    const recorded = new Set<TaskSid>();
    let next = await flexChannels.fetchTaskSid(conversationSid);
    while (next !== undefined && !recorded.has(next) && recorded.size <= MAX_SUCCESSORS) {
      recorded.add(next);
      next = await findSuccessor(next);
    }
    return recorded;
  }

  /** The task that this task's agent passed the chat to, with Twilio's original feature. */
  async function findSuccessor(taskSid: TaskSid): Promise<TaskSid | undefined> {
    const task = await taskRouter.fetchTask(taskSid);
    if (task !== undefined) return parseSuccessor(task.attributes);
    // TaskRouter deletes a closed task after five minutes. Its log keeps the attributes.
    const logged = await taskRouter.listUpdatedAttributes(taskSid);
    return logged.flatMap((attributes) => parseSuccessor(attributes) ?? [])[0];
  }

  return {
    async readAhead({ conversationSid }, due) {
      // `update-conversation` follows when a transfer task changes, because `associatedTasks` lists the task.
      const isNeeded = due.some(({ kind }) =>
        ['update-conversation', 'create-transfer-task', 'recall-transfer'].includes(kind),
      );
      return isNeeded ? { attributes: await channels.readAttributes(conversationSid) } : undefined;
    },

    /**
     * The tasks of the functions' signed list, and those that Flex's record leads to. `associatedTasks` is no record:
     * every member of the chat can write it.
     */
    async listKnownTasks({ conversationSid }) {
      const [attributes, recorded] = await Promise.all([
        channels.readAttributes(conversationSid),
        listRecordedTasks(conversationSid),
      ]);
      return [...new Set([...recorded, ...readTaskList(attributes, conversationSid, secrets)])];
    },

    // Flex cannot park a chat on Programmable Chat.
    isParked: async () => false,

    async isClosed({ conversationSid }) {
      const attributes = await channels.readAttributes(conversationSid);
      return attributes === undefined || attributes.status === 'INACTIVE';
    },

    async isLongLived({ conversationSid }) {
      const attributes = await channels.readAttributes(conversationSid);
      return attributes?.long_lived === true;
    },

    createdAt: ({ conversationSid }) => channels.createdAt(conversationSid),

    createTransferTask: (_conversation, task) => taskRouter.createTask(task),

    ...createNoticePoster(channels, { textedNotices, inTurn }),

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

    completeTask: (ledger, taskSid, staysOpen, { task }) =>
      taskRouter.completeTask(
        taskSid,
        (attributes) =>
          addFollowedBy(staysOpen ? detachConversation(attributes) : attributes, followedBy(ledger, taskSid)),
        task?.sid === taskSid ? task : undefined,
      ),

    updateConversation: (ledger, { conversation }) =>
      inTurn(async () => {
        const { conversationSid } = ledger;
        // The notices of a customer who texts are in the attributes. This run may have added some since it read them.
        const justRead = isTexting(ledger) ? undefined : conversation?.attributes;
        const current = justRead ?? (await channels.readAttributes(conversationSid));
        if (current === undefined) return;
        // In the same order in every run: the order of a ledger's keys may change when it is stored.
        const tasks = tasksOf(ledger)
          .map(([taskSid]) => taskSid)
          .sort();
        const wanted = withTaskList(conversationAttributes(current, ledger), conversationSid, tasks, secrets);
        const hasEnded = !isOpenForCustomer(ledger);
        // Before the write: if this run crashes between the two, the next one still finds the status to change.
        if (ledger.ended !== undefined && !hasEnded)
          await letCustomerBackIn(channels, conversationSid, current);
        // Twilio pushes every write to every client in the chat.
        if (JSON.stringify(wanted) !== JSON.stringify(current))
          await channels.writeAttributes(conversationSid, wanted);
        if (hasEnded) await removeCustomer(channels, conversationSid, current);
      }),
  };
}

/** Attributes have no If-Match, and effects of a run are executed side by side. */
function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const turn = last.then(run, run);
    last = turn;
    return turn;
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
