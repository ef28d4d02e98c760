/**
 * The transfers of a chat whose ledger was lost. Their tasks are at TaskRouter, and the attributes of a transfer
 * task hold almost all of its transfer. Without them, a request that repeats would create a second task.
 */
import {
  parseTransferTrace,
  restoreTransfer,
  type TaskRecord,
  type TaskSid,
  type Transfer,
} from '@chat-transfer/transfer-core';
import type { Settings } from '../settings';
import { type AgentPorts, parseAgent } from '../twilio/agents';
import type { TaskFacts, TaskRouter } from '../twilio/task-router';
import { describeTarget, type TargetPorts } from './describe-target';

export interface RestorePorts extends AgentPorts {
  readonly taskRouter: AgentPorts['taskRouter'] & Pick<TaskRouter, 'queueExists'>;
  readonly settings: TargetPorts['settings'] & Pick<Settings, 'answerWithinMs'>;
  readonly nowMs: () => number;
}

/** A task of the chat. */
export interface AdoptedTask {
  readonly sid: TaskSid;
  /** `undefined` when TaskRouter has deleted the task. */
  readonly facts: TaskFacts | undefined;
  /** How the ledger will record it; `undefined` when the event that follows records it. */
  readonly record: TaskRecord | undefined;
}

export interface RestoredTransfers {
  readonly transfer?: Transfer;
  readonly past: readonly Transfer[];
}

/** Makes no call for tasks that no transfer created. If several transfers are open, the newest one counts. */
export async function restoreTransfers(
  ports: RestorePorts,
  tasks: readonly AdoptedTask[],
): Promise<RestoredTransfers> {
  const restored = await Promise.all(tasks.map((task) => restoreOne(ports, task)));
  const transfers = restored.filter((transfer) => transfer !== undefined);
  const open = transfers
    .filter(({ endedAt }) => endedAt === undefined)
    .sort((a, b) => b.requestedAt - a.requestedAt)
    // One whose task waits goes before one whose task the event that follows records.
    .sort((a, b) => Number(a.state === 'requested') - Number(b.state === 'requested'));
  const past = transfers.filter(({ endedAt }) => endedAt !== undefined);
  return { past, ...(open[0] === undefined ? {} : { transfer: open[0] }) };
}

async function restoreOne(
  ports: RestorePorts,
  { sid: taskSid, facts, record }: AdoptedTask,
): Promise<Transfer | undefined> {
  const trace = parseTransferTrace(facts?.attributes);
  if (facts === undefined || trace === undefined) return undefined;
  const { taskRouter, defaultAgentName, settings, nowMs } = ports;
  const [attributes, to] = await Promise.all([
    taskRouter.fetchWorkerAttributes(trace.fromSid),
    describeTarget(ports, trace.target),
  ]);
  const from = parseAgent(trace.fromSid, attributes, defaultAgentName);
  // The worker was deleted. Nothing is left to do for them, so the task counts as one without a transfer.
  if (from === undefined) return undefined;
  const createdAt = nowMs() - facts.ageSeconds * 1000;
  return restoreTransfer(
    trace,
    { taskSid, record, createdAt },
    { from, to: to ?? { kind: 'queue' }, answerWithinMs: settings.answerWithinMs },
  );
}
