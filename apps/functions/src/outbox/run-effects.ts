/**
 * Runs effects as calls to Twilio. Every effect may run twice: a second attempt first checks whether the
 * first one succeeded. A failed effect stays in the outbox for the next attempt, event or request.
 */
import {
  agentsInChat,
  buildRedirectAttributes,
  type ConversationEvent,
  detachConversation,
  type Effect,
  findTransfer,
  isRedirected,
  type Lane,
  type Ledger,
  laneOf,
  type OutboxEntry,
  parseWithdrawnReservations,
  type TransferFailure,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend, JustRead } from '../backend/backend';
import { logAbandonedEffect } from '../log';
import { TwilioCallError } from '../twilio/call';
import type { TaskRouter } from '../twilio/task-router';
import type { TransferTaskPorts } from './transfer-task';

export interface EffectPorts extends TransferTaskPorts {
  readonly taskRouter: TransferTaskPorts['taskRouter'] & Pick<TaskRouter, 'redirectTask'>;
}

export interface EffectsOutcome {
  /** Ids of the effects that are done. */
  readonly done: ReadonlySet<string>;
  /** Events that follow from the effects. */
  readonly events: readonly ConversationEvent[];
  /** The first failure of each lane. The effects after it did not run. */
  readonly failures: readonly unknown[];
}

/** Runs all effects but those of the lane `task`: lanes side by side, each until its first failure. */
export async function runEffects(
  ports: EffectPorts,
  ledger: Ledger,
  entries: readonly OutboxEntry[],
  justRead: JustRead = {},
): Promise<EffectsOutcome> {
  const done = new Set<string>();
  const events: ConversationEvent[] = [];
  const failures: unknown[] = [];
  const lanes = new Map<Lane, OutboxEntry[]>();
  for (const entry of entries) {
    const lane = laneOf(entry.effect, ledger.backend);
    if (lane !== 'task') lanes.set(lane, [...(lanes.get(lane) ?? []), entry]);
  }

  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const entry of lane) {
        try {
          // On Flex Conversations, closing the conversation is in this lane too, after the notices.
          if (entry === lane[0] && laneOf(entry.effect, ledger.backend) === 'notices')
            await checkEarlierNotices(ports.backends[ledger.backend], ledger);
          const event = await runEffect(ports, ledger, entry, justRead);
          if (event !== undefined) events.push(event);
          done.add(entry.effect.id);
        } catch (error) {
          if (!isPermanent(entry.effect, error)) {
            failures.push(error);
            return;
          }
          // An effect that Twilio will never accept must not block the effects after it.
          logAbandonedEffect(ledger.conversationSid, entry.effect.id, error);
          done.add(entry.effect.id);
        }
      }
    }),
  );
  return { done, events, failures };
}

/**
 * Whether no retry can succeed: Twilio finds a notice malformed or too large. Wrong credentials are not
 * permanent, because an admin can correct them.
 */
function isPermanent({ kind }: Effect, error: unknown): boolean {
  return (
    kind === 'post-notice' && error instanceof TwilioCallError && [400, 413, 422].includes(error.status ?? 0)
  );
}

async function runEffect(
  { taskRouter, backends, nowMs }: EffectPorts,
  ledger: Ledger,
  { effect, attempts }: OutboxEntry,
  justRead: JustRead,
): Promise<ConversationEvent | undefined> {
  const backend = backends[ledger.backend];
  switch (effect.kind) {
    case 'create-transfer-task':
    case 'recall-transfer':
      return undefined;
    case 'post-notice':
      if (attempts > 1 && (await backend.hasNotice(ledger, effect.notice))) return undefined;
      await backend.postNotice(ledger, effect.notice);
      return undefined;
    case 'wrap-reservation':
      await backend.wrapUp(ledger, effect.taskSid, effect.worker, justRead);
      return undefined;
    case 'add-participant':
      // A late attempt must not add an agent who has left again.
      if (!agentsInChat(ledger).some(({ sid }) => sid === effect.worker.sid)) return undefined;
      await backend.addParticipant(ledger, effect.worker.identity);
      return undefined;
    case 'remove-participant':
      // A late attempt must not remove an agent who has come back on another task.
      if (agentsInChat(ledger).some(({ sid }) => sid === effect.worker.sid)) return undefined;
      if (attempts > 1 && ((await backend.joinedAt(ledger, effect.worker.identity)) ?? 0) > effect.at) {
        return undefined;
      }
      await backend.removeParticipant(ledger, effect.taskSid, effect.worker);
      return undefined;
    case 'complete-task': {
      const staysOpen = effect.conversation === 'goes-on';
      const isCompletedByUs = await backend.completeTask(ledger, effect.taskSid, staysOpen, justRead);
      return isCompletedByUs
        ? undefined
        : { type: 'task-closed', taskSid: effect.taskSid, byOthers: true, at: nowMs() };
    }
    case 'cancel-task': {
      const staysOpen = ledger.ended === undefined;
      const isOver = await taskRouter.cancelTask(
        effect.taskSid,
        staysOpen ? 'The chat has an agent already' : 'The chat has ended',
        (attributes) => (staysOpen ? detachConversation(attributes) : attributes),
      );
      return isOver ? { type: 'task-closed', taskSid: effect.taskSid, at: nowMs() } : undefined;
    }
    case 'redirect-task': {
      const transfer = findTransfer(ledger, effect.transferId);
      if (transfer?.transferTaskSid === undefined || transfer.endedAt !== undefined) return undefined;
      const { from, declinedBy = [] } = transfer;
      await taskRouter.redirectTask(transfer.transferTaskSid, {
        change: (attributes, withdrawn) => buildRedirectAttributes(attributes, transfer, withdrawn),
        // An offer to an agent who declined may not stay. Any other may stay if it is to the agent who
        // transferred, or if the task made it after it was redirected.
        mayStayPending: ({ sid, workerSid }, attributes) =>
          !declinedBy.includes(workerSid) &&
          (workerSid === from.sid ||
            (isRedirected(attributes) && !parseWithdrawnReservations(attributes).includes(sid))),
      });
      return undefined;
    }
    case 'update-conversation':
      await backend.updateConversation(ledger, justRead);
      return undefined;
  }
}

/**
 * Throws a transient failure while an unconfirmed notice of another run is not in the chat: that run may
 * still post it, and later notices must come after it.
 */
async function checkEarlierNotices(backend: ConversationBackend, ledger: Ledger): Promise<void> {
  for (const { effect, unconfirmedUntil } of ledger.outbox) {
    if (effect.kind !== 'post-notice' || unconfirmedUntil === undefined) continue;
    if (await backend.hasNotice(ledger, effect.notice)) continue;
    throw new NoticePendingError('keep the notices in order', undefined, undefined, undefined);
  }
}

/** Another run may be about to post a notice. If it has crashed, its notice is due again when it expires. */
class NoticePendingError extends TwilioCallError {
  override asFailure(): TransferFailure {
    return { code: 'busy' };
  }
}
