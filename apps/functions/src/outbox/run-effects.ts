/**
 * Effects become calls. Everything here may run twice: a second try first looks whether the first one got through.
 * What fails stays in the outbox for the next try, event or request.
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
import { logGivenUp } from '../log';
import { TwilioCallError } from '../twilio/call';
import type { TaskRouter } from '../twilio/task-router';
import type { TransferTaskPorts } from './transfer-task';

export interface EffectPorts extends TransferTaskPorts {
  readonly taskRouter: TransferTaskPorts['taskRouter'] & Pick<TaskRouter, 'redirectTask'>;
}

export interface EffectsRun {
  /** Ids of the effects that are done. */
  readonly done: ReadonlySet<string>;
  /** What came of them that the ledger must know. */
  readonly events: readonly ConversationEvent[];
  /** Why the others are not: the first failure of each lane. */
  readonly failures: readonly unknown[];
}

/** Runs everything but the lane `task`: lanes side by side, each in order, each until its first failure. */
export async function runEffects(
  ports: EffectPorts,
  ledger: Ledger,
  entries: readonly OutboxEntry[],
  justRead: JustRead = {},
): Promise<EffectsRun> {
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
          // Nor may the conversation be closed before them, where that stands in the same lane.
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
          // What Twilio will never take must not hold up all that comes after it.
          logGivenUp(ledger.conversationSid, entry.effect.id, error);
          done.add(entry.effect.id);
        }
      }
    }),
  );
  return { done, events, failures };
}

/** A notice that Twilio calls malformed. Wrong credentials are no such case: they will be put right. */
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
      // A late try must not put in an agent who has gone again.
      if (!agentsInChat(ledger).some(({ sid }) => sid === effect.worker.sid)) return undefined;
      await backend.addParticipant(ledger, effect.worker.identity);
      return undefined;
    case 'remove-participant':
      // A late try must not throw out an agent who has come back on another task.
      if (agentsInChat(ledger).some(({ sid }) => sid === effect.worker.sid)) return undefined;
      if (attempts > 1 && ((await backend.joinedAt(ledger, effect.worker.identity)) ?? 0) > effect.at) {
        return undefined;
      }
      await backend.removeParticipant(ledger, effect.taskSid, effect.worker);
      return undefined;
    case 'complete-task': {
      const goesOn = effect.conversation === 'goes-on';
      const isOurs = await backend.completeTask(ledger, effect.taskSid, goesOn, justRead);
      return isOurs
        ? undefined
        : { type: 'task-closed', taskSid: effect.taskSid, byOthers: true, at: nowMs() };
    }
    case 'cancel-task': {
      const goesOn = ledger.ended === undefined;
      const isOver = await taskRouter.cancelTask(
        effect.taskSid,
        goesOn ? 'Nobody is needed any more' : 'The chat has ended',
        (attributes) => (goesOn ? detachConversation(attributes) : attributes),
      );
      return isOver ? { type: 'task-closed', taskSid: effect.taskSid, at: nowMs() } : undefined;
    }
    case 'redirect-task': {
      const transfer = findTransfer(ledger, effect.transferId);
      if (transfer?.transferTaskSid === undefined || transfer.endedAt !== undefined) return undefined;
      const { from, declinedBy = [] } = transfer;
      await taskRouter.redirectTask(transfer.transferTaskSid, {
        change: (attributes, withdrawn) => buildRedirectAttributes(attributes, transfer, withdrawn),
        // An offer to the agent it goes back to is what is wanted, unless they do not want it.
        mayRing: ({ sid, workerSid }, attributes) =>
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
 * Notices that a run is trusted with are almost always told by now. One that is not may still be told, and nothing may
 * be told before it: throws what is tried again.
 */
async function checkEarlierNotices(backend: ConversationBackend, ledger: Ledger): Promise<void> {
  for (const { effect, unconfirmedUntil } of ledger.outbox) {
    if (effect.kind !== 'post-notice' || unconfirmedUntil === undefined) continue;
    if (await backend.hasNotice(ledger, effect.notice)) continue;
    throw new NoticeOnItsWay('keep the notices in order', undefined, undefined, undefined);
  }
}

/** Nothing failed: another run is at work, or has died and will be taken for dead in a few seconds. */
class NoticeOnItsWay extends TwilioCallError {
  override asFailure(): TransferFailure {
    return { code: 'busy' };
  }
}
