/** Who accepted a task that an agent has had, if the event about that is lost or late. */
import type { ConversationEvent, Ledger, TaskSid } from '@chat-transfer/transfer-core';
import { type AgentPorts, findAgent } from '../twilio/agents';

interface LostAcceptancePorts extends AgentPorts {
  readonly nowMs: () => number;
}

/**
 * The event that the ledger lacks; `[]`, without a call, if it knows the agent. Without it, the agent would stay in the
 * conversation. Throws when a call to Twilio fails: a sweep compares the task later.
 */
export async function findLostAcceptance(
  ports: LostAcceptancePorts,
  ledger: Ledger,
  taskSid: TaskSid,
): Promise<ConversationEvent[]> {
  const record = ledger.tasks[taskSid];
  if (record !== undefined && record.state !== 'waiting') return [];
  const worker = await findAgent(ports, taskSid);
  return worker === undefined ? [] : [{ type: 'task-accepted', taskSid, worker, at: ports.nowMs() }];
}
