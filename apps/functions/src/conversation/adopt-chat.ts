/**
 * Chats that are older than their ledger: they began before installation, or were transferred by Twilio's original
 * feature, which kept `associatedTasks` on the channel. Their tasks are looked up at the first contact, so that the
 * first agent who leaves does not end the chat of the others. Nobody is told anything: for them nothing happened.
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

/** How the chat comes to be known. */
export interface FirstContact {
  /** An agent's request, about a task they have been on for a while. */
  readonly task?: TaskFacts;
  readonly worker?: WorkerRef;
  /** A report about this task, which tells of it itself. */
  readonly reportedTaskSid?: TaskSid;
  /** The task was made just now: only the conversation itself may know of earlier ones. */
  readonly isNew?: boolean;
}

/** TaskRouter's word of a new task comes within seconds. */
const NEW_SECONDS = 60;

/** `[]`, and no call, for a chat that is known. */
export async function adoptChat(
  ports: AdoptPorts,
  { ledger, revision }: StoredLedger,
  { task, worker, reportedTaskSid, isNew = false }: FirstContact = {},
): Promise<ConversationEvent[]> {
  if (revision !== undefined && (tasksOf(ledger).length > 0 || ledger.ended !== undefined)) return [];

  const found = await findTasks(ports, ledger, isNew);
  const at = ports.nowMs();
  const own: Array<[TaskSid, TaskRecord]> =
    task === undefined || task.ageSeconds < NEW_SECONDS
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
    // A list by attributes is dear: TaskRouter allows three a second.
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
