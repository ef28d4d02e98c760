/**
 * The tasks and the agents of a chat: tasks are tracked and closed, agents join and leave, the customer ends the chat. The
 * state of a task only moves forward here, so an event that arrives late or twice changes nothing.
 */
import {
  addParticipant,
  cancelTask,
  completeTask,
  removeParticipant,
  updateConversation,
  withdrawTransferTask,
  wrapReservation,
} from '../effects';
import type { ConversationEvent } from '../events';
import { agentsInChat, findTransfer, type Ledger, tasksOf } from '../ledger';
import {
  buildCustomerLeftNotice,
  buildEndedNotice,
  buildJoinedNotice,
  buildLeftNotice,
} from '../notice/build-notice';
import { isInOutbox, removeFromOutbox } from '../outbox/outbox';
import type { TaskSid } from '../sids';
import type { WorkerRef } from '../transfer';
import { chain, type Decision, endChatIfUnattended, postNotices, withoutEffects, withTask } from './decision';
import { closeTakenTransfer, closeTransfer, closeUntakenTransfer, endPassedOffer } from './offer';

type TaskClosed = Extract<ConversationEvent, { type: 'task-closed' }>;
type ChatParked = Extract<ConversationEvent, { type: 'chat-parked' }>;
type ChatAdopted = Extract<ConversationEvent, { type: 'chat-adopted' }>;

/** Fills an empty ledger. A ledger with tasks is newer than the data read from Twilio, so it stays. */
export function adoptChat(
  ledger: Ledger,
  { tasks, transfer, past = [], endedBy, at }: ChatAdopted,
): Decision {
  const isKnown = ledger.ended !== undefined || ledger.forgotten !== undefined || tasksOf(ledger).length > 0;
  const adopted: Ledger = {
    ...ledger,
    isRebuilt: true,
    tasks,
    past: [...past],
    ...(transfer === undefined ? {} : { transfer }),
    ...(endedBy === undefined ? {} : { ended: { at, by: endedBy } }),
  };
  const isEmpty = tasksOf(adopted).length === 0 && transfer === undefined && endedBy === undefined;
  if (isKnown || isEmpty) return withoutEffects(ledger);
  // Flex keeps an agent in the conversation during wrap-up and after it.
  const removals = tasksOf(adopted).flatMap(([taskSid, { worker }]) =>
    worker !== undefined && !isInChat(adopted, worker) ? [removeParticipant(taskSid, worker, at)] : [],
  );
  // No agent may accept a task of a chat that has ended.
  const waiting = tasksOf(adopted).filter(([, { state }]) => endedBy !== undefined && state === 'waiting');
  const cancellations = waiting.map(([taskSid]) => cancelTask(taskSid));
  return { ledger: adopted, effects: [...removals, ...cancellations, updateConversation()] };
}

export function parkChat(ledger: Ledger, { taskSid, isAssumed, at }: ChatParked): Decision {
  const isKnown = ledger.parkedBy === taskSid && (isAssumed === true || ledger.assumedParkedAt === undefined);
  if (ledger.ended !== undefined || isKnown) return withoutEffects(ledger);
  const assumed = isAssumed === true ? { assumedParkedAt: at } : {};
  return withoutEffects({ ...withoutParking(ledger), parkedBy: taskSid, ...assumed });
}

/** The chat is not parked with this task. It ends if it has no agent and no task or transfer waits for one. */
export function refuteParking(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  return ledger.parkedBy === taskSid
    ? endChatIfUnattended(withoutParking(ledger), at)
    : withoutEffects(ledger);
}

/** Ends the parking of a chat that gets a new task, which is not the task it was parked with. */
function unparkChat(ledger: Ledger, taskSid: TaskSid): Ledger {
  return ledger.parkedBy === undefined || ledger.parkedBy === taskSid ? ledger : withoutParking(ledger);
}

function withoutParking({ parkedBy: _by, assumedParkedAt: _at, ...ledger }: Ledger): Ledger {
  return ledger;
}

/**
 * Begins another chat in the conversation. Tasks and transfers of the last one stay, so that its late events and repeated
 * requests change nothing.
 */
export function beginChatAgain(ledger: Ledger): Decision {
  if (ledger.ended === undefined) return withoutEffects(ledger);
  const { ended: _ended, ...open } = withoutParking(ledger);
  return withoutEffects({ ...open, chat: (ledger.chat ?? 1) + 1 });
}

export function trackTask(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  if (ledger.tasks[taskSid] !== undefined) return withoutEffects(ledger);
  // The agent who accepts this task would find no customer: the customer has left, or the conversation is closed and
  // cannot be opened again. Programmable Chat can open it again.
  const isTooLate =
    ledger.ended?.by === 'customer' || (ledger.ended !== undefined && ledger.backend === 'conversations');
  return {
    ledger: withTask(unparkChat(ledger, taskSid), taskSid, { state: 'waiting', openedAt: at }),
    effects: [...(isTooLate ? [cancelTask(taskSid)] : []), updateConversation()],
  };
}

export function acceptTask(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef, at: number): Decision {
  const record = ledger.tasks[taskSid];
  if (record?.state === 'closed' && record.worker === undefined) {
    // The event arrives after the end of the task: the agent has joined and left.
    return {
      ledger: withTask(ledger, taskSid, { ...record, worker }),
      effects: isInChat(ledger, worker)
        ? []
        : [
            ...postNotices(
              ledger,
              buildJoinedNotice(ledger, taskSid, worker),
              buildLeftNotice(ledger, taskSid, worker),
            ),
            removeParticipant(taskSid, worker, at),
          ],
    };
  }
  if (record !== undefined && record.state !== 'waiting') return withoutEffects(ledger);

  return chain(endPassedOffer(ledger, taskSid, worker, at), (current) =>
    joinChat(current, taskSid, worker, at),
  );
}

function joinChat(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef, at: number): Decision {
  const record = ledger.tasks[taskSid];
  const accepted: Decision = {
    ledger: withTask(unparkChat(ledger, taskSid), taskSid, {
      openedAt: at,
      ...record,
      state: 'active',
      worker,
    }),
    effects: [
      // An agent who is in the chat on another task has joined already.
      ...(isInChat(ledger, worker) ? [] : postNotices(ledger, buildJoinedNotice(ledger, taskSid, worker))),
      // Flex adds an agent on accept. An effect that removes them for their earlier task may have run after that.
      ...(hadOtherTask(ledger, taskSid, worker) ? [addParticipant(taskSid, worker)] : []),
      ...(record === undefined ? [updateConversation()] : []),
    ],
  };
  return chain(accepted, (joined) => applyJoin(joined, taskSid, at));
}

/** Updates the open transfer after an agent has joined on this task. A cold transfer on accept releases its agent. */
export function applyJoin(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const { transfer } = ledger;
  return chain(closeTakenTransfer(ledger, taskSid, at), (closed) => {
    const isAccepted = transfer !== undefined && findTransfer(closed, transfer.id)?.state === 'accepted';
    return isAccepted && transfer.mode === 'cold' && transfer.release === 'on-accept'
      ? leaveChat(closed, transfer.originalTaskSid, { wrap: true, at })
      : withoutEffects(closed);
  });
}

export const hadOtherTask = (ledger: Ledger, taskSid: TaskSid, { sid }: WorkerRef): boolean =>
  tasksOf(ledger).some(([other, task]) => other !== taskSid && task.worker?.sid === sid);

/** Whether a worker is in the chat on any task. An agent to whom the chat returns has a second task. */
export const isInChat = (ledger: Ledger, { sid }: WorkerRef): boolean =>
  agentsInChat(ledger).some((agent) => agent.sid === sid);

/** The agent of this task leaves the chat. The chat ends if it has no other agent and no task or transfer waits for one. */
export function leaveChat(
  ledger: Ledger,
  taskSid: TaskSid,
  { wrap, at }: { readonly wrap: boolean; readonly at: number },
): Decision {
  const record = ledger.tasks[taskSid];
  if (record?.state === 'left') {
    // An adopted chat whose only agent is in wrap-up has no agent and has not ended.
    return endChatIfUnattended(wrap ? ledger : withoutRelease(ledger, taskSid, record.worker), at);
  }
  if (record?.state !== 'active' || record.worker === undefined) return withoutEffects(ledger);

  const { worker } = record;
  const withoutAgent = withTask(ledger, taskSid, { ...record, state: 'left' });
  // An agent who is in the chat on another task stays in it.
  const stays = isInChat(withoutAgent, worker);
  const left: Decision = {
    ledger: withoutAgent,
    effects: [
      ...(stays ? [] : postNotices(ledger, buildLeftNotice(ledger, taskSid, worker))),
      ...(wrap ? [wrapReservation(taskSid, worker)] : []),
      ...(stays ? [] : [removeParticipant(taskSid, worker, at)]),
    ],
  };
  return chain(left, (after) => endChatIfUnattended(after, at));
}

/**
 * The agent whom a cold transfer is about to release has wrapped up by themselves. If the transfer fails, they do not get the
 * chat back.
 */
function withoutRelease(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef | undefined): Ledger {
  const wrap = worker && wrapReservation(taskSid, worker);
  return wrap !== undefined && isInOutbox(ledger, wrap) ? removeFromOutbox(ledger, [wrap]) : ledger;
}

export function requestCompletion(ledger: Ledger, taskSid: TaskSid): Decision {
  const record = ledger.tasks[taskSid];
  if (record === undefined || record.state === 'closed') return withoutEffects(ledger);
  return {
    ledger: withTask(ledger, taskSid, { ...record, state: 'closed' }),
    effects: [
      completeTask(taskSid, ledger.ended === undefined ? 'goes-on' : 'has-ended'),
      updateConversation(),
    ],
  };
}

/**
 * A task has ended at Twilio. If the functions did not end it, its end may have closed the chat (on Programmable Chat,
 * Flex's channel janitor closes it). `updateConversation` opens it again for the agents who are in it.
 */
export function closeTask(ledger: Ledger, { taskSid, byOthers, at }: TaskClosed): Decision {
  const record = ledger.tasks[taskSid];
  if (record === undefined) return withoutEffects(ledger);
  if (record.state === 'closed') {
    return byOthers ? { ledger, effects: [updateConversation()] } : withoutEffects(ledger);
  }

  return chain(leaveChat(ledger, taskSid, { wrap: false, at }), (left) =>
    chain(closeUntakenTransfer(left, taskSid, at), (settled) => {
      const closed = withTask(settled, taskSid, { ...record, state: 'closed' });
      return chain({ ledger: closed, effects: [updateConversation()] }, (after) =>
        endChatIfUnattended(after, at),
      );
    }),
  );
}

export function endChatByCustomer(ledger: Ledger, at: number): Decision {
  if (ledger.ended !== undefined) return withoutEffects(ledger);

  const { transfer } = ledger;
  const withoutTransfer = transfer === undefined ? ledger : closeTransfer(ledger, transfer, 'abandoned', at);
  const waiting = tasksOf(ledger).filter(([, task]) => task.state === 'waiting');
  return {
    ledger: { ...withoutTransfer, ended: { at, by: 'customer' } },
    effects: [
      ...postNotices(ledger, buildCustomerLeftNotice(ledger), buildEndedNotice(ledger)),
      ...(transfer?.state === 'requested' ? [withdrawTransferTask(transfer.id)] : []),
      ...waiting.map(([taskSid]) => cancelTask(taskSid)),
      updateConversation(),
    ],
  };
}
