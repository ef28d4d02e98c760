/**
 * The ports of `changeConversation` in memory: TaskRouter, the chat and Sync, as far as one conversation needs them.
 * Calls are steps of a scheduler and can have faults. For interleavings that no real server can repeat.
 */
import {
  buildEmptyLedger,
  type ConversationSid,
  conversationAttributes,
  type Ledger,
  type TaskSid,
  type WorkerRef,
  type WorkerSid,
} from '@chat-transfer/transfer-core';
import { aTaskSid } from '@chat-transfer/transfer-core/testing';
import type { ConversationBackend } from '../../src/backend/backend';
import type { ConversationPorts } from '../../src/conversation/change-conversation';
import type { StoredLedger } from '../../src/ledger/ledger-store';
import { TwilioCallError } from '../../src/twilio/call';
import { callWithFault, type FaultKind } from './fault-injector';
import type { InterleavingScheduler } from './interleaving-scheduler';
import type { VirtualClock } from './virtual-clock';

export interface FakeTask {
  readonly transferId?: string;
  /** The task whose attributes it was created with. */
  readonly copiedFrom?: string;
  state: 'waiting' | 'accepted' | 'wrapping' | 'completed' | 'canceled';
  acceptedBy?: WorkerSid;
  /** The workflow offers it to where the chat came from. */
  isRedirected?: boolean;
}

/** TaskRouter's status of a task in each state. */
const ASSIGNMENT_STATUS = {
  waiting: 'pending',
  accepted: 'assigned',
  wrapping: 'wrapping',
  completed: 'completed',
  canceled: 'canceled',
} as const;

export function createFakeTwilio(
  conversationSid: ConversationSid,
  workers: readonly WorkerRef[],
  { clock, scheduler }: { readonly clock: VirtualClock; readonly scheduler: InterleavingScheduler },
) {
  let stored: StoredLedger = {
    ledger: buildEmptyLedger(conversationSid, 'programmable-chat'),
    revision: undefined,
  };
  let revisions = 0;
  const state = {
    /** The fault of a call, by what the call does. */
    faultOf: (_doing: string): FaultKind | undefined => undefined,
    /** TaskRouter's event about a task that was created or changed. */
    onTask: (_taskSid: TaskSid, _task: FakeTask): void => undefined,
    tasks: new Map<TaskSid, FakeTask>(),
    /** Ids of the notices in the chat, in order. */
    postedNotices: [] as string[],
    /** Ids of the notices that any ledger had in its outbox, in order. */
    decidedNotices: [] as string[],
    /** Identities of the agents in the chat. */
    agents: new Set<string>(),
    attributes: {} as Readonly<Record<string, unknown>>,
    ledger: (): Ledger => stored.ledger,
    /** How often the ledger was written. */
    ledgerWrites: () => revisions,
  };

  const call = <T>(doing: string, run: () => T): Promise<T> =>
    scheduler.runCall(() =>
      callWithFault<T>(state.faultOf(doing), async () => run(), {
        refuse(status) {
          throw new TwilioCallError(doing, status, 20_000 + status, undefined);
        },
        loseConnection() {
          throw new TwilioCallError(doing, undefined, undefined, undefined);
        },
        hang: () => new Promise<never>(() => undefined),
        sleep: scheduler.sleep,
        crash: () => new Promise<never>(() => undefined),
      }),
    );

  /** Moves a task to another state, if it is in one of those given. */
  function moveTask(taskSid: TaskSid, from: readonly FakeTask['state'][], to: FakeTask['state']): void {
    const task = state.tasks.get(taskSid);
    if (task === undefined || !from.includes(task.state)) return;
    task.state = to;
    state.onTask(taskSid, task);
  }

  const backend: ConversationBackend = {
    readAhead: async () => undefined,
    isParked: async () => false,
    isClosed: async () => false,
    isLongLived: async () => false,
    createdAt: async () => undefined,
    listKnownTasks: () => call('fetch the chat', () => []),
    createTransferTask: (_, { attributes }) =>
      call('create the transfer task', () => {
        const taskSid = aTaskSid(state.tasks.size + 1);
        const { chatTransferId: transferId, copiedFrom } = attributes;
        const task: FakeTask = {
          transferId: String(transferId),
          copiedFrom: String(copiedFrom),
          state: 'waiting',
        };
        state.tasks.set(taskSid, task);
        state.onTask(taskSid, task);
        return taskSid;
      }),
    postNotice: (_, { id }) =>
      call('post a notice', () => {
        state.postedNotices.push(id);
      }),
    findNotices: () =>
      call('look for a notice', () => {
        const { postedNotices } = state;
        const repeated = postedNotices.filter((id, index) => postedNotices.indexOf(id) !== index);
        return { ids: new Set(postedNotices), duplicates: new Map(repeated.map((id) => [id, [id]])) };
      }),
    deleteMessages: (_, messageSids) =>
      call('delete a notice that was posted twice', () => {
        for (const id of messageSids) state.postedNotices.splice(state.postedNotices.lastIndexOf(id), 1);
      }),
    wrapUp: (_, taskSid) =>
      call('move the reservation to wrap-up', () => moveTask(taskSid, ['accepted'], 'wrapping')),
    addParticipant: (_, identity) =>
      call('put the agent into the chat', () => {
        state.agents.add(identity);
      }),
    removeParticipant: (_ledger, _taskSid, { identity }) =>
      call('remove the agent from the chat', () => {
        state.agents.delete(identity);
      }),
    joinedAt: () => call('look for the agent in the chat', () => 0),
    completeTask: (_, taskSid) =>
      call('complete the task', () => {
        moveTask(taskSid, ['accepted', 'wrapping'], 'completed');
        return true;
      }),
    async updateConversation(ledger) {
      const current = await call('fetch the chat', () => state.attributes);
      await call('update the chat', () => {
        state.attributes = conversationAttributes(current, ledger);
      });
    },
  };

  const ports: ConversationPorts = {
    nowMs: clock.nowMs,
    sleep: scheduler.sleep,
    transferWorkflowSid: 'WW',
    unansweredWrites: () => 0,
    ledgers: {
      hasLostItem: () => false,
      read: () => call('read the ledger', () => structuredClone(stored)),
      write: (basis, next) =>
        call('write the ledger', () => {
          if (basis.revision !== stored.revision) return undefined;
          for (const { effect } of next.outbox) {
            if (effect.kind === 'post-notice' && !state.decidedNotices.includes(effect.notice.id)) {
              state.decidedNotices.push(effect.notice.id);
            }
          }
          revisions += 1;
          stored = structuredClone({ ledger: next, revision: String(revisions) });
          return structuredClone(stored);
        }),
    },
    defaultAgentName: 'Support',
    ringWithinMs: 30_000,
    backends: { 'programmable-chat': backend, conversations: backend },
    taskRouter: {
      fetchTask: (sid) =>
        call('fetch the task', () => ({
          sid,
          attributes: { channelSid: conversationSid, copiedFrom: sid },
          assignmentStatus: ASSIGNMENT_STATUS[state.tasks.get(sid)?.state ?? 'accepted'],
          taskChannel: 'chat',
          priority: 0,
          queueSid: undefined,
          ageSeconds: 600,
          etag: undefined,
        })),
      fetchWorkerAttributes: (sid) =>
        call('fetch the worker', () => {
          const worker = workers.find((known) => known.sid === sid);
          return worker && { contact_uri: `client:${worker.identity}`, public_identity: worker.publicName };
        }),
      listReservations: (taskSid) =>
        call('list the reservations of the task', () => {
          const task = state.tasks.get(taskSid);
          const isHeld = task?.state === 'accepted' || task?.state === 'wrapping';
          return isHeld && task.acceptedBy !== undefined
            ? [{ sid: 'WR', workerSid: task.acceptedBy, status: task.state, createdAt: 0, updatedAt: 0 }]
            : [];
        }),
      listTransferTasks: (transferId) =>
        call('look for the transfer task', () =>
          [...state.tasks].flatMap(([taskSid, task]) => (task.transferId === transferId ? [taskSid] : [])),
        ),
      cancelTask: (taskSid) =>
        call('cancel the task', () => {
          moveTask(taskSid, ['waiting'], 'canceled');
          return state.tasks.get(taskSid)?.state === 'canceled';
        }),
      redirectTask: (taskSid) =>
        call('redirect the task', () => {
          const task = state.tasks.get(taskSid);
          if (task?.state === 'waiting') task.isRedirected = true;
        }),
    },
  };
  return { state, ports, moveTask };
}
