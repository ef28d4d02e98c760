/**
 * Who is on the chat: tasks come, agents join with them and leave, tasks close, the customer goes. What happens to a
 * task only moves it forward, so what comes twice or late changes nothing.
 */

import {
  addParticipant,
  cancelTask,
  completeTask,
  removeParticipant,
  updateConversation,
  wrapReservation,
} from '../effects';
import type { ConversationEvent } from '../events';
import { agentsInChat, findTransfer, type Ledger, tasksOf } from '../ledger';
import { buildJoinedNotice, buildLeftNotice, CHAT_ENDED, CUSTOMER_LEFT } from '../notice/build-notice';
import type { TaskSid } from '../sids';
import type { WorkerRef } from '../transfer';
import { chain, type Decision, endChatIfUnattended, postNotices, withoutEffects, withTask } from './decision';
import { closeTakenTransfer, closeTransfer, closeUntakenTransfer } from './offer';

type TaskClosed = Extract<ConversationEvent, { type: 'task-closed' }>;

/** Only a chat that nothing is known of can be adopted: what the ledger says is newer than any look at TaskRouter. */
export function adoptChat(ledger: Ledger, tasks: Ledger['tasks'], at: number): Decision {
  const isKnown = ledger.ended !== undefined || tasksOf(ledger).length > 0;
  const adopted = { ...ledger, tasks };
  if (isKnown || tasksOf(adopted).length === 0) return withoutEffects(ledger);
  // Whoever wraps up or is done is in the chat no more; Flex by itself leaves them there.
  const gone = tasksOf(adopted).flatMap(([taskSid, { worker }]) =>
    worker !== undefined && !isInChat(adopted, worker) ? [removeParticipant(taskSid, worker, at)] : [],
  );
  return { ledger: adopted, effects: [...gone, updateConversation()] };
}

export function parkChat(ledger: Ledger, taskSid: TaskSid): Decision {
  const isNews = ledger.ended === undefined && ledger.parkedBy !== taskSid;
  return withoutEffects(isNews ? { ...ledger, parkedBy: taskSid } : ledger);
}

/** Another task has come for a chat that was laid aside: it is taken up again. */
function unparkChat(ledger: Ledger, taskSid: TaskSid): Ledger {
  const { parkedBy, ...resumed } = ledger;
  return parkedBy === undefined || parkedBy === taskSid ? ledger : resumed;
}

export function trackTask(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  if (ledger.tasks[taskSid] !== undefined) return withoutEffects(ledger);
  // A customer who left before their task was heard of is not there for whoever would take it; nor is anybody in a
  // conversation that is closed for good.
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
    // Heard after the task's end: they came and went, and may have been told as having come.
    return {
      ledger: withTask(ledger, taskSid, { ...record, worker }),
      effects: [
        ...postNotices(ledger, buildJoinedNotice(taskSid, worker), buildLeftNotice(taskSid, worker)),
        ...(isInChat(ledger, worker) ? [] : [removeParticipant(taskSid, worker, at)]),
      ],
    };
  }
  if (record !== undefined && record.state !== 'waiting') return withoutEffects(ledger);

  const accepted: Decision = {
    ledger: withTask(unparkChat(ledger, taskSid), taskSid, {
      openedAt: at,
      ...record,
      state: 'active',
      worker,
    }),
    effects: [
      ...postNotices(ledger, buildJoinedNotice(taskSid, worker)),
      // Flex put them in when they accepted, and what made them leave another task may have taken them out since.
      ...(hadOtherTask(ledger, taskSid, worker) ? [addParticipant(taskSid, worker)] : []),
      ...(record === undefined ? [updateConversation()] : []),
    ],
  };
  return chain(accepted, (now) => applyJoin(now, taskSid, at));
}

/** Somebody has the task: that may settle the transfer, which lets the agent go whom it kept until now. */
export function applyJoin(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const { transfer } = ledger;
  return chain(closeTakenTransfer(ledger, taskSid, at), (now) => {
    const isTaken = transfer !== undefined && findTransfer(now, transfer.id)?.state === 'accepted';
    return isTaken && transfer.mode === 'cold' && transfer.release === 'on-accept'
      ? leaveChat(now, transfer.originalTaskSid, { wrap: true, at })
      : withoutEffects(now);
  });
}

/** An agent may have had the chat before, on another task. */
const hadOtherTask = (ledger: Ledger, taskSid: TaskSid, { sid }: WorkerRef): boolean =>
  tasksOf(ledger).some(([other, task]) => other !== taskSid && task.worker?.sid === sid);

/** An agent may be in the chat on another task, too: one who has taken it again. */
const isInChat = (ledger: Ledger, { sid }: WorkerRef): boolean =>
  agentsInChat(ledger).some((agent) => agent.sid === sid);

/** The agent of a task leaves the chat; the last one ends it. */
export function leaveChat(ledger: Ledger, taskSid: TaskSid, how: { wrap: boolean; at: number }): Decision {
  const record = ledger.tasks[taskSid];
  // An adopted chat may have had nobody but an agent in wrap-up: it has ended, and nobody has said so.
  if (record?.state === 'left') return endChatIfUnattended(ledger, how.at);
  if (record?.state !== 'active' || record.worker === undefined) return withoutEffects(ledger);

  const { worker } = record;
  const now = withTask(ledger, taskSid, { ...record, state: 'left' });
  const left: Decision = {
    ledger: now,
    effects: [
      ...postNotices(ledger, buildLeftNotice(taskSid, worker)),
      ...(how.wrap ? [wrapReservation(taskSid, worker)] : []),
      ...(isInChat(now, worker) ? [] : [removeParticipant(taskSid, worker, how.at)]),
    ],
  };
  return chain(left, (after) => endChatIfUnattended(after, how.at));
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
 * A task ended at Twilio. When we did not do it ourselves, its end may have closed the chat (on Programmable Chat, Flex's
 * channel janitor does): updating the conversation opens it again for those who are still on it.
 */
export function closeTask(ledger: Ledger, { taskSid, byOthers, at }: TaskClosed): Decision {
  const record = ledger.tasks[taskSid];
  if (record === undefined) return withoutEffects(ledger);
  if (record.state === 'closed') {
    // Whoever ended it may have let Flex close the chat.
    return byOthers ? { ledger, effects: [updateConversation()] } : withoutEffects(ledger);
  }

  const gone = leaveChat(ledger, taskSid, { wrap: false, at });
  return chain(gone, (now) =>
    chain(closeUntakenTransfer(now, taskSid, at), (settled) => {
      const closed = withTask(settled, taskSid, { ...record, state: 'closed' });
      return chain({ ledger: closed, effects: [updateConversation()] }, (last) =>
        endChatIfUnattended(last, at),
      );
    }),
  );
}

export function endChatByCustomer(ledger: Ledger, at: number): Decision {
  if (ledger.ended !== undefined) return withoutEffects(ledger);

  const { transfer } = ledger;
  const left = transfer === undefined ? ledger : closeTransfer(ledger, transfer, 'abandoned', at);
  const waiting = tasksOf(ledger).filter(([, task]) => task.state === 'waiting');
  return {
    ledger: { ...left, ended: { at, by: 'customer' } },
    effects: [
      ...postNotices(ledger, CUSTOMER_LEFT, CHAT_ENDED),
      ...waiting.map(([taskSid]) => cancelTask(taskSid)),
      updateConversation(),
    ],
  };
}
