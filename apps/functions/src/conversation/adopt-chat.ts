/**
 * Chats that are older than their ledger: they began before the installation, or Twilio's original feature
 * transferred them and kept `associatedTasks` on the channel. The first request or event of such a chat looks
 * up its tasks, so that the first agent who leaves does not end it for the others. No notice is posted,
 * because nothing happened in the chat.
 */
import {
  type Backend,
  type ConversationEvent,
  type Ledger,
  type TaskRecord,
  type TaskSid,
  tasksOf,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';
import type { StoredLedger } from '../ledger/ledger-store';
import { type AgentPorts, findAgent } from '../twilio/agents';
import type { TaskFacts, TaskRouter } from '../twilio/task-router';

export interface AdoptPorts extends AgentPorts {
  readonly taskRouter: AgentPorts['taskRouter'] & Pick<TaskRouter, 'fetchTask' | 'listConversationTasks'>;
  readonly backends: Readonly<Record<Backend, Pick<ConversationBackend, 'listKnownTasks'>>>;
  readonly nowMs: () => number;
}

/** What the first request or event of a chat says about its task. */
export interface FirstContact {
  /** The task of an agent's request, and the agent. */
  readonly task?: TaskFacts;
  readonly worker?: WorkerRef;
  /** The task of an event. The event itself records it. */
  readonly reportedTaskSid?: TaskSid;
  /** The task has just been created. Earlier tasks are then looked up on the conversation only. */
  readonly isNew?: boolean;
}

/** A younger task is not adopted: its `task.created` event, which arrives within seconds, records it. */
const MIN_AGE_SECONDS = 60;

/** The event that records the chat's tasks; `[]`, without a call, when the ledger knows the chat. */
export async function adoptChat(
  ports: AdoptPorts,
  { ledger, revision }: StoredLedger,
  { task, worker, reportedTaskSid, isNew = false }: FirstContact = {},
): Promise<ConversationEvent[]> {
  if (revision !== undefined && (tasksOf(ledger).length > 0 || ledger.ended !== undefined)) return [];

  const found = await findTasks(ports, ledger, isNew);
  const at = ports.nowMs();
  const own: Array<[TaskSid, TaskRecord]> =
    task === undefined || task.ageSeconds < MIN_AGE_SECONDS
      ? []
      : [[task.sid, recordOf(task.assignmentStatus, worker, at)]];
  const others = await Promise.all(
    found
      .filter((sid) => sid !== task?.sid && sid !== reportedTaskSid)
      .map(async (sid): Promise<[TaskSid, TaskRecord]> => {
        const [facts, agent] = await Promise.all([ports.taskRouter.fetchTask(sid), findAgent(ports, sid)]);
        return [sid, recordOf(facts?.assignmentStatus, agent, at)];
      }),
  );
  const tasks = Object.fromEntries([...others, ...own]);
  return Object.keys(tasks).length === 0 ? [] : [{ type: 'chat-adopted', tasks, at }];
}

async function findTasks(
  { taskRouter, backends }: AdoptPorts,
  ledger: Ledger,
  isNew: boolean,
): Promise<TaskSid[]> {
  const { conversationSid, backend } = ledger;
  const [known, listed] = await Promise.all([
    backends[backend].listKnownTasks(ledger),
    // TaskRouter allows three lists by attributes a second.
    isNew ? [] : taskRouter.listConversationTasks(conversationSid, backend),
  ]);
  return [...new Set([...known, ...listed.map(({ sid }) => sid)])];
}

function recordOf(status: string | undefined, worker: WorkerRef | undefined, openedAt: number): TaskRecord {
  const held = worker === undefined ? {} : { worker };
  switch (status) {
    case 'pending':
    case 'reserved':
      return { state: 'waiting', openedAt };
    case 'assigned':
      return worker === undefined ? { state: 'waiting', openedAt } : { state: 'active', openedAt, worker };
    case 'wrapping':
      return { state: 'left', openedAt, ...held };
    default:
      return { state: 'closed', openedAt, ...held };
  }
}
