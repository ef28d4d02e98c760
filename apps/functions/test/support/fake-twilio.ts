/**
 * The ports of `changeConversation` in memory: as much of TaskRouter, chat and Sync as one conversation needs, with
 * time that tests control and calls that can go wrong. For meetings of several runs that no real server can repeat.
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
import type { Timeline } from './interleaving-scheduler';

/** What becomes of one call. `stalled`: done long after a lease has run out. `slow`: done
 * after other runs could have written. `crash-…`: never answered. */
export type Fate =
  | 'done'
  | 'stalled'
  | 'slow'
  | 'refused'
  | 'unavailable'
  | 'answer-lost'
  | 'crash-before'
  | 'crash-after';

const STALL_MS = 13_000;
const SLOW_MS = 3_000;

export interface ImaginedTask {
  readonly transferId?: string;
  /** The task whose attributes it was made with. */
  readonly copiedFrom?: string;
  state: 'waiting' | 'accepted' | 'wrapping' | 'completed' | 'canceled';
  takenBy?: WorkerSid;
  /** On its way back to where it came from. */
  isRedirected?: boolean;
}

const STATUS = {
  waiting: 'pending',
  accepted: 'assigned',
  wrapping: 'wrapping',
  completed: 'completed',
  canceled: 'canceled',
} as const;

export function createFakeTwilio(
  conversationSid: ConversationSid,
  workers: readonly WorkerRef[],
  { random, nowMs, sleep }: Timeline,
) {
  let stored: StoredLedger = {
    ledger: buildEmptyLedger(conversationSid, 'programmable-chat'),
    revision: undefined,
  };
  let revisions = 0;
  const state = {
    fateOf: (_doing: string): Fate => 'done',
    onTask: (_taskSid: TaskSid, _task: ImaginedTask): void => undefined,
    tasks: new Map<TaskSid, ImaginedTask>(),
    /** Ids of the notices in the chat, in order. */
    posted: [] as string[],
    /** Ids of the notices that were ever written into an outbox, in order. */
    decided: [] as string[],
    /** Identities of the agents in the chat. */
    members: new Set<string>(),
    attributes: {} as Readonly<Record<string, unknown>>,
    ledger: (): Ledger => stored.ledger,
    /** How many times the ledger was written. */
    ledgerWrites: () => revisions,
  };

  async function call<T>(doing: string, run: () => T): Promise<T> {
    await sleep(1 + random() * 120);
    const fate = state.fateOf(doing);
    if (fate === 'stalled') await sleep(STALL_MS);
    if (fate === 'slow') await sleep(SLOW_MS);
    if (fate === 'refused') throw new TwilioCallError(doing, 400, 20001, undefined);
    if (fate === 'unavailable') throw new TwilioCallError(doing, 503, 20503, undefined);
    if (fate === 'crash-before') return new Promise<never>(() => undefined);
    const answer = run();
    if (fate === 'crash-after') return new Promise<never>(() => undefined);
    await sleep(1 + random() * 120);
    if (fate === 'answer-lost') throw new TwilioCallError(doing, undefined, undefined, undefined);
    return answer;
  }

  function move(taskSid: TaskSid, from: readonly ImaginedTask['state'][], to: ImaginedTask['state']): void {
    const task = state.tasks.get(taskSid);
    if (task === undefined || !from.includes(task.state)) return;
    task.state = to;
    state.onTask(taskSid, task);
  }

  const backend: ConversationBackend = {
    readAhead: () => undefined,
    isParked: async () => false,
    listKnownTasks: () => call('fetch the chat', () => []),
    createTransferTask: (_, { attributes }) =>
      call('create the transfer task', () => {
        const taskSid = aTaskSid(state.tasks.size + 1);
        const { transferId, copiedFrom } = attributes;
        const task: ImaginedTask = {
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
        state.posted.push(id);
      }),
    hasNotice: (_, { id }) => call('look for a notice', () => state.posted.includes(id)),
    wrapUp: (_, taskSid) =>
      call('move the reservation to wrap-up', () => move(taskSid, ['accepted'], 'wrapping')),
    addParticipant: (_, identity) =>
      call('put the agent into the chat', () => {
        state.members.add(identity);
      }),
    removeParticipant: (_ledger, _taskSid, { identity }) =>
      call('remove the agent from the chat', () => {
        state.members.delete(identity);
      }),
    joinedAt: () => call('look for the agent in the chat', () => 0),
    completeTask: (_, taskSid) =>
      call('complete the task', () => {
        move(taskSid, ['accepted', 'wrapping'], 'completed');
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
    nowMs,
    // The waits of the code are jittered by dice of its own; here the seed throws them.
    sleep: (ms) => sleep(ms < 200 ? random() * 200 : ms),
    transferWorkflowSid: 'WW',
    ledgers: {
      read: () => call('read the ledger', () => structuredClone(stored)),
      write: (basis, next) =>
        call('write the ledger', () => {
          if (basis.revision !== stored.revision) return undefined;
          for (const { effect } of next.outbox) {
            if (effect.kind === 'post-notice' && !state.decided.includes(effect.notice.id)) {
              state.decided.push(effect.notice.id);
            }
          }
          revisions += 1;
          stored = structuredClone({ ledger: next, revision: String(revisions) });
          return structuredClone(stored);
        }),
    },
    defaultAgentName: 'Support',
    backends: { 'programmable-chat': backend, conversations: backend },
    taskRouter: {
      fetchTask: (sid) =>
        call('fetch the task', () => ({
          sid,
          attributes: { channelSid: conversationSid, copiedFrom: sid },
          assignmentStatus: STATUS[state.tasks.get(sid)?.state ?? 'accepted'],
          taskChannel: 'chat',
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
          return isHeld && task.takenBy !== undefined
            ? [{ sid: 'WR', workerSid: task.takenBy, status: task.state }]
            : [];
        }),
      findTransferTask: (transferId) =>
        call('look for the transfer task', () => {
          const found = [...state.tasks].find(([, task]) => task.transferId === transferId);
          return found?.[0];
        }),
      cancelTask: (taskSid) =>
        call('cancel the task', () => {
          move(taskSid, ['waiting'], 'canceled');
          return state.tasks.get(taskSid)?.state === 'canceled';
        }),
      redirectTask: (taskSid) =>
        call('redirect the task', () => {
          const task = state.tasks.get(taskSid);
          if (task?.state === 'waiting') task.isRedirected = true;
        }),
    },
  };
  return { state, ports, move };
}
