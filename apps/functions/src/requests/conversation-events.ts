/** What TaskRouter's events mean for a conversation. */
import {
  type ConversationEvent,
  isWithdrawnReservation,
  type TaskSid,
  type WorkerRef,
  type WorkerSid,
} from '@chat-transfer/transfer-core';

export interface EventFacts {
  readonly taskSid: TaskSid;
  /** The transfer that the task's attributes name. */
  readonly transferId: string | undefined;
  readonly workerSid: WorkerSid | undefined;
  readonly worker: WorkerRef | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The conversation's events; `[]` for a type that changes no conversation. The first event records the task, because its
 * `task.created` may arrive later.
 */
export function toConversationEvents(eventType: string, facts: EventFacts): ConversationEvent[] {
  const { taskSid, transferId, workerSid, worker, at } = facts;
  const recorded: ConversationEvent =
    transferId === undefined
      ? { type: 'task-tracked', taskSid, at }
      : { type: 'transfer-offered', transferId, taskSid, at };

  switch (eventType) {
    case 'task.created':
      // The run that creates a transfer task records it. Another write at that moment would only conflict.
      return transferId === undefined ? [recorded] : [];
    case 'reservation.accepted':
      return worker === undefined ? [] : [recorded, { type: 'task-accepted', taskSid, worker, at }];
    case 'reservation.rejected':
      return workerSid === undefined ? [] : [recorded, { type: 'offer-declined', taskSid, workerSid, at }];
    case 'reservation.timeout':
      return workerSid === undefined ? [] : [recorded, { type: 'offer-expired', taskSid, workerSid, at }];
    case 'task-queue.timeout':
      return [recorded, { type: 'offer-expired', taskSid, at }];
    case 'reservation.wrapup':
      return worker === undefined
        ? []
        : [recorded, { type: 'agent-left', taskSid, worker, alreadyWrapping: true, at }];
    case 'task.completed':
    case 'task.canceled':
    case 'task.deleted':
    case 'task.system-deleted':
      return [recorded, { type: 'task-closed', taskSid, at }];
    default:
      return [];
  }
}

/** Types that TaskRouter sends both when an agent is done and when they have parked the chat. */
export const isPossibleParking = (eventType: string): boolean =>
  ['reservation.wrapup', 'task.completed'].includes(eventType);

/** Whether the functions withdrew the offer. TaskRouter reports that as declined by the agent. */
export function isOwnWithdrawal(
  eventType: string,
  reservationSid: string | undefined,
  taskAttributes: unknown,
): boolean {
  return (
    eventType === 'reservation.rejected' &&
    reservationSid !== undefined &&
    isWithdrawnReservation(taskAttributes, reservationSid)
  );
}
