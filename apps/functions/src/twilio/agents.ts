/** Agents as the ledger knows them: from a worker's attributes, and as the one who holds a task. */
import { publicNameOf, type TaskSid, type WorkerRef, type WorkerSid } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import type { ReservationFacts, TaskRouter } from './task-router';

export interface AgentPorts {
  readonly taskRouter: Pick<TaskRouter, 'fetchWorkerAttributes' | 'listReservations'>;
  /** The public name of agents who have none. */
  readonly defaultAgentName: string;
}

const ContactSchema = v.object({ contact_uri: v.pipe(v.string(), v.startsWith('client:')) });

/** Flex makes the chat identity of a worker the name in their `contact_uri`; without one they cannot be in a chat. */
export function parseAgent(
  sid: WorkerSid,
  attributes: unknown,
  defaultAgentName: string,
): WorkerRef | undefined {
  const contact = v.safeParse(ContactSchema, attributes);
  if (!contact.success) return undefined;
  return {
    sid,
    identity: contact.output.contact_uri.slice('client:'.length),
    publicName: publicNameOf(attributes, defaultAgentName),
  };
}

/** Whoever has accepted a task, also when they wrap up or are done by now; `undefined` when nobody has. */
export async function findAgent(
  { taskRouter, defaultAgentName }: AgentPorts,
  taskSid: TaskSid,
  justRead?: readonly ReservationFacts[],
): Promise<WorkerRef | undefined> {
  const reservations = justRead ?? (await taskRouter.listReservations(taskSid));
  const inState = (wanted: string) => reservations.find(({ status }) => status === wanted);
  const held = inState('accepted') ?? inState('wrapping') ?? inState('completed');
  if (held === undefined) return undefined;
  const attributes = await taskRouter.fetchWorkerAttributes(held.workerSid);
  return parseAgent(held.workerSid, attributes, defaultAgentName);
}
