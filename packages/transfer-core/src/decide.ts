/**
 * The one place where it is decided what becomes of a conversation: ledger and event in, new ledger and effects out.
 * Pure. Every event may come twice, late or out of order; what happens to a task only moves it forward, so the second
 * time nothing is left to do.
 */
import {
  cancelTask,
  completeTask,
  createTransferTask,
  type Effect,
  postNotice,
  removeParticipant,
  updateConversation,
  wrapReservation,
} from './effects';
import type { ConversationEvent } from './events';
import { fail, type Result, succeed } from './failure';
import { agentsInChat, findTransfer, hasOpenTask, type Ledger, type TaskRecord, tasksOf } from './ledger';
import type { Notice } from './notice';
import {
  CHAT_ENDED,
  CUSTOMER_LEFT,
  joinedNotice,
  leftNotice,
  startedNotice,
  unansweredNotice,
} from './notice-of';
import { takeBack } from './outbox';
import type { TaskSid } from './sids';
import { endTransfer, hasTerms, type Transfer, type WorkerRef } from './transfer';

export interface Decision {
  readonly ledger: Ledger;
  /** In the order they must happen; `laneOf` says what may run side by side. */
  readonly effects: readonly Effect[];
}

/** Only a requested transfer can be refused; every other event always gets a decision. */
export function decide(ledger: Ledger, event: ConversationEvent): Result<Decision> {
  switch (event.type) {
    case 'task-tracked':
      return succeed(trackTask(ledger, event.taskSid, event.at));
    case 'transfer-requested':
      return requestTransfer(ledger, event);
    case 'transfer-offered':
      return succeed(offerTransfer(ledger, event.transferId, event.taskSid, event.at));
    case 'transfer-refused':
      return succeed(withdrawTransfer(ledger, event.transferId, event.at));
    case 'task-accepted':
      return succeed(acceptTask(ledger, event.taskSid, event.worker, event.at));
    case 'agent-left':
      return succeed(
        then(acceptTask(ledger, event.taskSid, event.worker, event.at), (now) =>
          leaveChat(now, event.taskSid, { wrap: !event.alreadyWrapping, at: event.at }),
        ),
      );
    case 'completion-requested':
      return succeed(
        then(acceptTask(ledger, event.taskSid, event.worker, event.at), (now) =>
          then(leaveChat(now, event.taskSid, { wrap: false, at: event.at }), (left) =>
            requestCompletion(left, event.taskSid),
          ),
        ),
      );
    case 'task-closed':
      return succeed(closeTask(ledger, event.taskSid, event.at));
    case 'customer-ended':
      return succeed(endByCustomer(ledger, event.at));
  }
}

const unchanged = (ledger: Ledger): Decision => ({ ledger, effects: [] });

/** The second decision on top of the first. */
function then(first: Decision, next: (ledger: Ledger) => Decision): Decision {
  const second = next(first.ledger);
  return { ledger: second.ledger, effects: [...first.effects, ...second.effects] };
}

function withTask(ledger: Ledger, taskSid: TaskSid, record: TaskRecord): Ledger {
  return { ...ledger, tasks: { ...ledger.tasks, [taskSid]: record } };
}

/** Notices about agents stop when the chat has ended: nobody is there to read them. */
function notices(ledger: Ledger, ...told: readonly Notice[]): Effect[] {
  return ledger.ended === undefined ? told.map(postNotice) : [];
}

function trackTask(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  if (ledger.tasks[taskSid] !== undefined) return unchanged(ledger);
  // A customer who left before their task was heard of is not there for whoever would take it.
  const isTooLate = ledger.ended?.by === 'customer';
  return {
    ledger: withTask(ledger, taskSid, { state: 'waiting', openedAt: at }),
    effects: [...(isTooLate ? [cancelTask(taskSid)] : []), updateConversation()],
  };
}

type TransferRequest = Extract<ConversationEvent, { type: 'transfer-requested' }>;

function requestTransfer(ledger: Ledger, event: TransferRequest): Result<Decision> {
  const sameId = findTransfer(ledger, event.transferId);
  if (sameId !== undefined) {
    return hasTerms(sameId, event)
      ? succeed(unchanged(ledger))
      : fail({ code: 'transfer-id-reused', transferId: event.transferId });
  }
  if (ledger.ended !== undefined) return fail({ code: 'chat-ended' });
  if (ledger.transfer !== undefined) {
    const { from, requestedAt } = ledger.transfer;
    return fail({ code: 'transfer-open', startedBy: from.publicName, startedAt: requestedAt });
  }
  const { target } = event;
  if (target.kind === 'worker') {
    if (target.workerSid === event.by.sid) return fail({ code: 'target-is-self' });
    const present = agentsInChat(ledger).find((agent) => agent.sid === target.workerSid);
    if (present !== undefined) return fail({ code: 'target-in-chat', name: present.publicName });
  }
  return succeed(
    then(acceptTask(ledger, event.taskSid, event.by, event.at), (now) => openTransfer(now, event)),
  );
}

function openTransfer(ledger: Ledger, event: TransferRequest): Decision {
  const transfer: Transfer = {
    id: event.transferId,
    state: 'requested',
    mode: event.mode,
    release: event.release,
    originalTaskSid: event.taskSid,
    from: event.by,
    target: event.target,
    to: event.to,
    requestedAt: event.at,
    ...(event.note ? { note: event.note } : {}),
  };
  const started: Decision = {
    ledger: { ...ledger, transfer },
    effects: [createTransferTask(transfer.id), ...notices(ledger, startedNotice(transfer))],
  };
  return transfer.mode === 'cold' && transfer.release === 'immediately'
    ? then(started, (now) => leaveChat(now, event.taskSid, { wrap: true, at: event.at }))
    : started;
}

/**
 * A transfer whose task cannot be made has not been. What it put into the outbox waits for that task, so none of it
 * is done: it is taken back, and an agent whom it let go is in the chat as before.
 */
function withdrawTransfer(ledger: Ledger, transferId: string, at: number): Decision {
  const { transfer, ...rest } = ledger;
  if (transfer?.id !== transferId || transfer.state !== 'requested') return unchanged(ledger);

  const { originalTaskSid: taskSid, from } = transfer;
  const withdrawn = takeBack(rest, [createTransferTask(transferId), postNotice(startedNotice(transfer))]);
  const record = ledger.tasks[taskSid];
  const wrap = wrapReservation(taskSid, from);
  const isLetGo = record?.state === 'left' && ledger.outbox.some(({ effect }) => effect.id === wrap.id);
  if (!isLetGo) return endWhenLast(withdrawn, at);

  const leaving = [postNotice(leftNotice(taskSid, from)), wrap, removeParticipant(taskSid, from)];
  return unchanged(withTask(takeBack(withdrawn, leaving), taskSid, { ...record, state: 'active' }));
}

function offerTransfer(ledger: Ledger, transferId: string, taskSid: TaskSid, at: number): Decision {
  const transfer = findTransfer(ledger, transferId);
  if (transfer === undefined) return trackTask(ledger, taskSid, at);
  const known = ledger.tasks[taskSid];
  if (known?.transferId !== undefined) return unchanged(ledger);

  const record: TaskRecord = { state: 'waiting', openedAt: at, ...known, transferId };
  const tracked = withTask(ledger, taskSid, record);
  if (transfer.state !== 'requested') {
    // The chat ended while the task was being made: nobody is left to take it for.
    return { ledger: tracked, effects: [cancelTask(taskSid), updateConversation()] };
  }
  const offered: Decision = {
    ledger: { ...tracked, transfer: { ...transfer, state: 'offered', transferTaskSid: taskSid } },
    effects: [updateConversation()],
  };
  if (record.state === 'waiting') return offered;

  // The task was faster than this event. Its answer counts, and it may have been the last one: end the chat then.
  const answer = record.worker === undefined ? 'unanswered' : 'accepted';
  return then(offered, (now) =>
    then(settleTransfer(now, taskSid, answer, at), (settled) => endWhenLast(settled, at)),
  );
}

function acceptTask(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef, at: number): Decision {
  const record = ledger.tasks[taskSid];
  if (record !== undefined && record.state !== 'waiting') return unchanged(ledger);

  const accepted: Decision = {
    ledger: withTask(ledger, taskSid, { openedAt: at, ...record, state: 'active', worker }),
    effects: [
      ...notices(ledger, joinedNotice(taskSid, worker)),
      ...(record === undefined ? [updateConversation()] : []),
    ],
  };
  return then(accepted, (now) => settleTransfer(now, taskSid, 'accepted', at));
}

/** Ends the open transfer, if this is its task, and lets the agent go whom it kept until now. */
function settleTransfer(
  ledger: Ledger,
  taskSid: TaskSid,
  state: 'accepted' | 'unanswered',
  at: number,
): Decision {
  const { transfer, ...rest } = ledger;
  if (transfer === undefined || transfer.transferTaskSid !== taskSid) return unchanged(ledger);

  const settled: Ledger = { ...rest, past: [...ledger.past, endTransfer(transfer, state, at)] };
  if (state === 'unanswered') {
    return { ledger: settled, effects: notices(ledger, unansweredNotice(transfer)) };
  }
  return transfer.mode === 'cold' && transfer.release === 'on-accept'
    ? leaveChat(settled, transfer.originalTaskSid, { wrap: true, at })
    : unchanged(settled);
}

/** The agent of a task leaves the chat; the last one ends it. */
function leaveChat(ledger: Ledger, taskSid: TaskSid, how: { wrap: boolean; at: number }): Decision {
  const record = ledger.tasks[taskSid];
  if (record?.state !== 'active' || record.worker === undefined) return unchanged(ledger);

  const { worker } = record;
  const now = withTask(ledger, taskSid, { ...record, state: 'left' });
  // The same agent may have taken the chat again on another task.
  const isStillIn = agentsInChat(now).some(({ sid }) => sid === worker.sid);
  const left: Decision = {
    ledger: now,
    effects: [
      ...notices(ledger, leftNotice(taskSid, worker)),
      ...(how.wrap ? [wrapReservation(taskSid, worker)] : []),
      ...(isStillIn ? [] : [removeParticipant(taskSid, worker)]),
    ],
  };
  return then(left, (after) => endWhenLast(after, how.at));
}

function endWhenLast(ledger: Ledger, at: number): Decision {
  if (ledger.ended !== undefined || hasOpenTask(ledger)) return unchanged(ledger);
  return {
    ledger: { ...ledger, ended: { at, by: 'last-agent' } },
    effects: [...notices(ledger, CHAT_ENDED), updateConversation()],
  };
}

function requestCompletion(ledger: Ledger, taskSid: TaskSid): Decision {
  const record = ledger.tasks[taskSid];
  if (record === undefined || record.state === 'closed') return unchanged(ledger);
  return {
    ledger: withTask(ledger, taskSid, { ...record, state: 'closed' }),
    effects: [
      completeTask(taskSid, ledger.ended === undefined ? 'goes-on' : 'has-ended'),
      updateConversation(),
    ],
  };
}

/**
 * A task ended at Twilio. When we did not do it ourselves, its end may have closed the chat (Flex's channel
 * janitor does): writing the conversation opens it again for those who are still on it.
 */
function closeTask(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const record = ledger.tasks[taskSid];
  if (record === undefined || record.state === 'closed') return unchanged(ledger);

  const gone = leaveChat(ledger, taskSid, { wrap: false, at });
  return then(gone, (now) =>
    then(settleTransfer(now, taskSid, 'unanswered', at), (settled) => {
      const closed = withTask(settled, taskSid, { ...record, state: 'closed' });
      return then({ ledger: closed, effects: [updateConversation()] }, (last) => endWhenLast(last, at));
    }),
  );
}

function endByCustomer(ledger: Ledger, at: number): Decision {
  if (ledger.ended !== undefined) return unchanged(ledger);

  const { transfer, ...rest } = ledger;
  const past =
    transfer === undefined ? ledger.past : [...ledger.past, endTransfer(transfer, 'abandoned', at)];
  const waiting = tasksOf(ledger).filter(([, task]) => task.state === 'waiting');
  return {
    ledger: { ...rest, past, ended: { at, by: 'customer' } },
    effects: [
      ...notices(ledger, CUSTOMER_LEFT, CHAT_ENDED),
      ...waiting.map(([taskSid]) => cancelTask(taskSid)),
      updateConversation(),
    ],
  };
}
