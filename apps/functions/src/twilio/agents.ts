/** Agents as the ledger records them: read from a worker's attributes, or found by the task they accepted. */
import { publicNameOf, type TaskSid, type WorkerRef, type WorkerSid } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import type { ReservationFacts, TaskRouter } from './task-router';

export interface AgentPorts {
  readonly taskRouter: Pick<TaskRouter, 'fetchWorkerAttributes' | 'listReservations'>;
  /** The public name of agents whose attributes hold none. */
  readonly defaultAgentName: string;
}

const ContactSchema = v.object({ contact_uri: v.pipe(v.string(), v.startsWith('client:')) });

/**
 * Flex uses the name in a worker's `contact_uri` as their chat identity. `undefined` without one: such a
 * worker cannot be in a chat.
 */
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

/** The agent who accepted a task, also in wrap-up and after completion. `undefined` when no agent did. */
export async function findAgent(
  { taskRouter, defaultAgentName }: AgentPorts,
  taskSid: TaskSid,
  justRead?: readonly ReservationFacts[],
): Promise<WorkerRef | undefined> {
  const reservations = justRead ?? (await taskRouter.listReservations(taskSid));
  const findByStatus = (wanted: string) => reservations.find(({ status }) => status === wanted);
  const reservation = findByStatus('accepted') ?? findByStatus('wrapping') ?? findByStatus('completed');
  if (reservation === undefined) return undefined;
  const attributes = await taskRouter.fetchWorkerAttributes(reservation.workerSid);
  return parseAgent(reservation.workerSid, attributes, defaultAgentName);
}
