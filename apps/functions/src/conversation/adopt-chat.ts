/**
 * Chats that are older than their ledger: they began before the installation, Twilio's original feature
 * transferred them, or their ledger was lost or rejected. The first request or event of such a chat looks up
 * the tasks that Twilio's records tie to it, its transfers and its end, so that the first agent who leaves does
 * not end it for the others. No notice is posted, because nothing happened in the chat.
 */
import {
  type Backend,
  type ConversationEvent,
  parseTransferTrace,
  type TaskRecord,
  type TaskSid,
  tasksOf,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';
import type { StoredLedger } from '../ledger/ledger-store';
import { findAgent } from '../twilio/agents';
import type { TaskFacts, TaskRouter } from '../twilio/task-router';
import { type ChatEndPorts, findChatEnd } from './find-chat-end';
import { type AdoptedTask, type RestorePorts, restoreTransfers } from './restore-transfers';

export interface AdoptPorts extends RestorePorts {
  readonly taskRouter: RestorePorts['taskRouter'] & Pick<TaskRouter, 'fetchTask'>;
  readonly backends: ChatEndPorts['backends'] &
    Readonly<Record<Backend, Pick<ConversationBackend, 'listKnownTasks'>>>;
}

/** What the first request or event of a chat says about its task, for which the caller has found evidence. */
export interface FirstContact {
  /** The task of an agent's request, and the agent. */
  readonly task?: TaskFacts;
  readonly worker?: WorkerRef;
  /** The task of an event. The event itself records it, unless an earlier ledger may have recorded it. */
  readonly reportedTaskSid?: TaskSid;
  /** What the event says about the agent of the task, who accepted it or left. */
  readonly reports?: 'accepted' | 'left' | undefined;
  /** The task has just been created. The end of an earlier chat is then not looked up. */
  readonly isNew?: boolean;
}

/** A younger task is not adopted: its `task.created` event, which arrives within seconds, records it. */
const MIN_AGE_SECONDS = 60;

/**
 * The event that records the chat; `[]`, without a call, when the ledger knows the chat. The ledger must hold
 * the location of the chat.
 */
export async function adoptChat(
  ports: AdoptPorts,
  { ledger, revision, rejection }: StoredLedger,
  contact: FirstContact = {},
): Promise<ConversationEvent[]> {
  if (revision !== undefined && (tasksOf(ledger).length > 0 || ledger.ended !== undefined)) return [];

  const isFirst = contact.isNew === true && rejection === undefined;
  const [sids, endedBy] = await Promise.all([
    ports.backends[ledger.backend].listKnownTasks(ledger),
    isFirst ? undefined : findChatEnd(ports, ledger),
  ]);
  const hadLedger = rejection !== undefined || endedBy !== undefined;
  const at = ports.nowMs();
  const { task, worker, reportedTaskSid } = contact;
  const own: AdoptedTask[] =
    task === undefined || task.ageSeconds < MIN_AGE_SECONDS
      ? []
      : [{ sid: task.sid, facts: task, record: recordOf(task, worker, at) }];
  const others = await Promise.all(
    sids
      .filter((sid) => sid !== task?.sid && sid !== reportedTaskSid)
      .concat(hadLedger && reportedTaskSid !== undefined ? [reportedTaskSid] : [])
      .map((sid) => adoptTask(ports, sid, at)),
  );
  const adopted = [...others, ...own].map((found) =>
    found.sid === reportedTaskSid && endedBy === undefined ? adaptToReport(found, contact) : found,
  );
  const tasks = Object.fromEntries(
    adopted.flatMap(({ sid, record }) => (record === undefined ? [] : [[sid, record]])),
  );
  const isUnknown = adopted.length === 0 && endedBy === undefined;
  if (isUnknown) return [];
  const transfers = await restoreTransfers(ports, adopted);
  return [{ type: 'chat-adopted', tasks, ...transfers, ...(endedBy === undefined ? {} : { endedBy }), at }];
}

async function adoptTask(ports: AdoptPorts, sid: TaskSid, at: number): Promise<AdoptedTask> {
  const [facts, agent] = await Promise.all([ports.taskRouter.fetchTask(sid), findAgent(ports, sid)]);
  return { sid, facts, record: recordOf(facts, agent, at) };
}

/**
 * The event that follows announces an agent who has just joined or left, if the chat does not say so yet. A
 * task that is closed counts as left until the event about its end, which ends the chat with its last agent.
 */
function adaptToReport(task: AdoptedTask, { reports }: FirstContact): AdoptedTask {
  const { facts, record } = task;
  const isAnnounced =
    reports === 'left' || (reports === 'accepted' && facts?.assignmentStatus === 'assigned');
  if (isAnnounced) return { ...task, record: undefined };
  return record?.state === 'closed' ? { ...task, record: { ...record, state: 'left' } } : task;
}

function recordOf(facts: TaskFacts | undefined, worker: WorkerRef | undefined, openedAt: number): TaskRecord {
  const transferId = parseTransferTrace(facts?.attributes)?.transferId;
  const known = { openedAt, ...(transferId === undefined ? {} : { transferId }) };
  const held = worker === undefined ? known : { ...known, worker };
  switch (facts?.assignmentStatus) {
    case 'pending':
    case 'reserved':
      return { state: 'waiting', ...known };
    case 'assigned':
      return worker === undefined ? { state: 'waiting', ...known } : { state: 'active', ...held };
    case 'wrapping':
      return { state: 'left', ...held };
    default:
      return { state: 'closed', ...held };
  }
}
