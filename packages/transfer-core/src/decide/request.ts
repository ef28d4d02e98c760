/** A transfer from its request to its offer: refuses requests, and handles the success and the failure of task creation. */
import {
  cancelTask,
  createTransferTask,
  postNotice,
  recallTransfer,
  removeParticipant,
  updateConversation,
  withdrawTransferTask,
  wrapReservation,
} from '../effects';
import type { ConversationEvent } from '../events';
import { fail, type Result, succeed } from '../failure';
import { agentsInChat, findTransfer, type Ledger, type TaskRecord } from '../ledger';
import { buildFailedNotice, buildLeftNotice, buildStartedNotice } from '../notice/build-notice';
import { addToOutbox, isInOutbox, removeFromOutbox } from '../outbox/outbox';
import type { TaskSid } from '../sids';
import { isSameRequest, type Transfer } from '../transfer';
import { chain, type Decision, endChatIfUnattended, postNotices, withoutEffects, withTask } from './decision';
import { closeTransfer, closeUntakenTransfer } from './offer';
import { acceptTask, applyJoin, hadOtherTask, isInChat, leaveChat, trackTask } from './presence';

type TransferRequest = Extract<ConversationEvent, { type: 'transfer-requested' }>;

export function requestTransfer(ledger: Ledger, event: TransferRequest): Result<Decision> {
  const sameId = findTransfer(ledger, event.transferId);
  if (sameId !== undefined) {
    return isSameRequest(sameId, event)
      ? succeed(withoutEffects(ledger))
      : fail({ code: 'transfer-id-reused', transferId: event.transferId });
  }
  if (ledger.ended !== undefined) return fail({ code: 'chat-ended' });
  // An agent who requests a transfer is in the chat. If a transfer task is returning, its transfer ends.
  const joined = acceptTask(ledger, event.taskSid, event.by, event.at);
  const { transfer } = joined.ledger;
  if (transfer !== undefined) {
    const { from, requestedAt } = transfer;
    return fail({ code: 'transfer-open', startedBy: from.publicName, startedAt: requestedAt });
  }
  const { target } = event;
  if (target.kind === 'worker') {
    if (target.workerSid === event.by.sid) return fail({ code: 'target-is-self' });
    const present = agentsInChat(joined.ledger).find((agent) => agent.sid === target.workerSid);
    if (present !== undefined) return fail({ code: 'target-in-chat', name: present.publicName });
  }
  if (event.refusal !== undefined) return fail(event.refusal);
  return succeed(chain(joined, (after) => openTransfer(after, event)));
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
    answerWithinMs: event.answerWithinMs,
    ...(event.note ? { note: event.note } : {}),
    ...(event.attributes === undefined ? {} : { attributes: { ...event.attributes } }),
    ...(event.priority === undefined ? {} : { priority: event.priority }),
  };
  const started: Decision = {
    ledger: { ...ledger, transfer },
    effects: [createTransferTask(transfer.id), ...postNotices(ledger, buildStartedNotice(ledger, transfer))],
  };
  return transfer.mode === 'cold' && transfer.release === 'immediately'
    ? chain(started, (opened) => leaveChat(opened, event.taskSid, { wrap: true, at: event.at }))
    : started;
}

/**
 * The transfer task does not exist after the time to create it, so the transfer fails. A call that got no answer may still
 * create the task. It is found and cancelled then.
 */
export function expireStart(ledger: Ledger, transferId: string, at: number): Decision {
  const { transfer } = ledger;
  if (transfer?.id !== transferId || transfer.state !== 'requested') return withoutEffects(ledger);
  // The withdrawal takes over the attempts of the creation, so it must be added while the creation is in the outbox. A run
  // that is attempting the creation reports its task, and the failed transfer cancels it.
  const withdrawn = addToOutbox(ledger, [withdrawTransferTask(transferId)]);
  return failTransfer(withdrawn, transferId, at);
}

/**
 * The transfer task cannot be created, so the transfer fails. If the outbox holds the release of the agent, the release is
 * removed and the agent is `active` again: no release runs before the task exists.
 */
export function failTransfer(ledger: Ledger, transferId: string, at: number): Decision {
  const { transfer } = ledger;
  if (transfer?.id !== transferId || transfer.state !== 'requested') return withoutEffects(ledger);

  const { originalTaskSid: taskSid, from } = transfer;
  const failed: Decision = {
    ledger: removeFromOutbox(closeTransfer(ledger, transfer, 'failed', at), [
      createTransferTask(transferId),
      recallTransfer(transferId),
    ]),
    effects: postNotices(ledger, buildFailedNotice(transfer)),
  };
  const record = ledger.tasks[taskSid];
  const agent = record?.worker ?? from;
  const wrap = wrapReservation(taskSid, agent);
  // An agent who has been in the chat on another task and has left it stays out: the notice about that is decided.
  const hasOther = hadOtherTask(ledger, taskSid, agent);
  const hasLeft = hasOther && !isInChat(ledger, agent);
  const isReleasePending = record?.state === 'left' && !hasLeft && isInOutbox(ledger, wrap);
  if (!isReleasePending) return chain(failed, (after) => endChatIfUnattended(after, at));

  // With another task, the agent has joined again after the notice that they left.
  const left = hasOther ? [] : [postNotice(buildLeftNotice(ledger, taskSid, agent))];
  const release = [...left, wrap, removeParticipant(taskSid, agent, at)];
  return {
    ...failed,
    ledger: withTask(removeFromOutbox(failed.ledger, release), taskSid, { ...record, state: 'active' }),
  };
}

/** The transfer task exists. An agent may have accepted it, or it may have closed, before this event arrives. */
export function offerTransfer(ledger: Ledger, transferId: string, taskSid: TaskSid, at: number): Decision {
  const transfer = findTransfer(ledger, transferId);
  if (transfer === undefined) return trackTask(ledger, taskSid, at);
  const known = ledger.tasks[taskSid];
  if (known?.transferId !== undefined) return withoutEffects(ledger);

  const record: TaskRecord = { state: 'waiting', openedAt: at, ...known, transferId };
  const tracked = withTask(ledger, taskSid, record);
  if (transfer.state !== 'requested') {
    // The transfer has ended, or has another task, so this task has no purpose.
    return {
      ledger: tracked,
      effects: [...(record.state === 'waiting' ? [cancelTask(taskSid)] : []), updateConversation()],
    };
  }
  const { attributes: _attributes, priority: _priority, ...kept } = transfer;
  const { answerWithinMs } = kept;
  const offer: Transfer = {
    ...kept,
    state: 'offered',
    transferTaskSid: taskSid,
    answerBy: at + answerWithinMs,
  };
  const offered: Decision = {
    ledger: { ...tracked, transfer: offer },
    effects: [
      updateConversation(),
      ...(transfer.cancelledBy === undefined ? [] : [recallTransfer(transferId)]),
    ],
  };
  if (record.state === 'waiting') return offered;

  return chain(
    chain(offered, (after) =>
      record.worker === undefined ? closeUntakenTransfer(after, taskSid, at) : applyJoin(after, taskSid, at),
    ),
    (after) => endChatIfUnattended(after, at),
  );
}
