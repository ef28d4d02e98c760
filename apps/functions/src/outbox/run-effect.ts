/**
 * Executes one effect as calls to Twilio. Every effect may run twice: a second attempt first checks whether the first one
 * succeeded. Throws when the effect must be tried again.
 */
import {
  agentsInChat,
  buildRedirectAttributes,
  type ConversationEvent,
  detachConversation,
  findTransfer,
  isRedirected,
  isWithdrawnReservation,
  LANDING_MS,
  type Ledger,
  type OutboxEntry,
  START_WITHIN_MS,
  type TransferFailure,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import type { JustRead, PostedNotices } from '../backend/backend';
import { allowStatus } from '../twilio/call';
import type { TaskRouter } from '../twilio/task-router';
import { findLostAcceptance } from './find-lost-acceptance';
import { runTransferTask, type TransferTaskPorts, withdrawTransferTask } from './transfer-task';

export interface EffectPorts extends TransferTaskPorts {
  readonly taskRouter: TransferTaskPorts['taskRouter'] & Pick<TaskRouter, 'redirectTask'>;
  /** How many writes of this request were given up while they ran. */
  readonly unansweredWrites: () => number;
}

export interface EffectResult {
  /** Events that follow from the effect. */
  readonly events?: readonly ConversationEvent[];
  /** When the result must be checked (ms since 1970): an earlier attempt may still take effect. */
  readonly recheckAt?: number;
  /** Twilio refuses the effect for good. The events say what follows. */
  readonly refusal?: TransferFailure;
}

export interface Known {
  readonly justRead: JustRead;
  /** Which notices are in the chat; absent when the lane has none that may have been posted. */
  readonly posted: PostedNotices | undefined;
}

const DONE: EffectResult = {};

export async function runEffect(
  ports: EffectPorts,
  ledger: Ledger,
  entry: OutboxEntry,
  { justRead, posted }: Known,
): Promise<EffectResult> {
  const { effect, attempts, firstAttemptAt, mayLandUntil = 0 } = entry;
  const { taskRouter, backends, nowMs, unansweredWrites } = ports;
  const backend = backends[ledger.backend];
  const isRepeated = attempts > 1;
  const unansweredBefore = unansweredWrites();
  /** For an effect that each check executes again: only if a write of it was given up, and may still take effect. */
  const recheckUnanswered = (): EffectResult =>
    unansweredWrites() > unansweredBefore || nowMs() < mayLandUntil
      ? { recheckAt: nowMs() + LANDING_MS }
      : DONE;
  /** An earlier attempt that got no answer may still take effect after this one. */
  const recheck = (): EffectResult =>
    isRepeated ? { recheckAt: nowMs() + LANDING_MS } : recheckUnanswered();
  switch (effect.kind) {
    case 'create-transfer-task':
    case 'recall-transfer':
      return runTransferTask(ports, ledger, { ...entry, effect }, justRead.task);
    case 'withdraw-transfer-task':
      return withdrawTransferTask(ports, ledger, effect.transferId, firstAttemptAt ?? nowMs());
    case 'post-notice': {
      const { notice } = effect;
      if (posted?.ids.has(notice.id)) {
        await backend.deleteMessages(ledger, posted.duplicates.get(notice.id) ?? []);
        return recheckOthers(attempts, firstAttemptAt, nowMs());
      }
      await backend.postNotice(ledger, notice);
      return recheck();
    }
    case 'wrap-reservation':
      await backend.wrapUp(ledger, effect.taskSid, effect.worker, justRead);
      return DONE;
    case 'add-participant': {
      const { taskSid, worker } = effect;
      if (isInChat(ledger, worker)) await backend.addParticipant(ledger, worker.identity);
      else if (isRepeated) {
        // The agent has left. An earlier attempt may have added them after that.
        const joinedAt = await backend.joinedAt(ledger, worker.identity);
        if (joinedAt !== undefined && joinedAt >= (firstAttemptAt ?? nowMs()))
          await backend.removeParticipant(ledger, taskSid, worker);
      }
      return recheckUnanswered();
    }
    case 'remove-participant': {
      const { worker, taskSid, at } = effect;
      if (isInChat(ledger, worker)) {
        // The agent has come back on another task. An earlier attempt may have removed them after that.
        if (isRepeated) await backend.addParticipant(ledger, worker.identity);
        return DONE;
      }
      const joinedAt = isRepeated ? await backend.joinedAt(ledger, worker.identity) : at;
      if (joinedAt === undefined || joinedAt > at) return DONE;
      await backend.removeParticipant(ledger, taskSid, worker);
      return recheck();
    }
    case 'complete-task': {
      const staysOpen = effect.conversation === 'goes-on';
      const isCompletedByUs = await backend.completeTask(ledger, effect.taskSid, staysOpen, justRead);
      return isCompletedByUs
        ? DONE
        : { events: [{ type: 'task-closed', taskSid: effect.taskSid, byOthers: true, at: nowMs() }] };
    }
    case 'cancel-task': {
      const staysOpen = ledger.ended === undefined;
      const isOver = await taskRouter.cancelTask(
        effect.taskSid,
        staysOpen ? 'The chat has an agent already' : 'The chat has ended',
        (attributes) => (staysOpen ? detachConversation(attributes) : attributes),
      );
      return {
        events: isOver
          ? [{ type: 'task-closed', taskSid: effect.taskSid, at: nowMs() }]
          : // The event about the acceptance may have come before the ledger knew the task, and was ignored then.
            await findLostAcceptance(ports, ledger, effect.taskSid),
      };
    }
    case 'redirect-task':
      await redirect(ports, ledger, effect.transferId);
      return DONE;
    case 'update-conversation':
      await backend.updateConversation(ledger, justRead);
      return recheckUnanswered();
  }
}

/** When to check an effect that is done: several attempts may have been made, and the others may still take effect. */
export function recheckOthers(
  attempts: number,
  firstAttemptAt: number | undefined,
  nowMs: number,
): Pick<EffectResult, 'recheckAt'> {
  const lastLandingAt = (firstAttemptAt ?? nowMs) + START_WITHIN_MS + LANDING_MS;
  return attempts > 2 && nowMs < lastLandingAt ? { recheckAt: lastLandingAt } : {};
}

const isInChat = (ledger: Ledger, worker: WorkerRef): boolean =>
  agentsInChat(ledger).some(({ sid }) => sid === worker.sid);

async function redirect({ taskRouter }: EffectPorts, ledger: Ledger, transferId: string): Promise<void> {
  const transfer = findTransfer(ledger, transferId);
  if (transfer?.transferTaskSid === undefined || transfer.endedAt !== undefined) return;
  const { from, declinedBy = [] } = transfer;
  // 400: other programs have filled the attributes. The workflow goes on to the same agent or queue by itself.
  const redirecting = taskRouter.redirectTask(transfer.transferTaskSid, {
    change: (attributes, withdrawn) => buildRedirectAttributes(attributes, transfer, withdrawn),
    // An offer to an agent who declined may not stay. Any other may stay if it is to the agent who transferred, or if
    // the task made it after it was redirected.
    mayStayPending: ({ sid, workerSid }, attributes) =>
      !declinedBy.includes(workerSid) &&
      (workerSid === from.sid || (isRedirected(attributes) && !isWithdrawnReservation(attributes, sid))),
  });
  await allowStatus([400], redirecting);
}
