/**
 * Effects that a ledger may not have: those on tasks, agents, transfers or notices that are not its own. A ledger with
 * such an effect would let the functions change another customer's chat. `decide` never adds one.
 *
 * `trimLedger` drops closed tasks, old transfers and parts of names. What was dropped cannot be compared: the agent of a
 * forgotten task, and the names in a notice about a dropped transfer.
 */
import { type Effect, effectId } from './effects';
import { findTransfer, type Ledger } from './ledger';
import { parseNoticeSubject } from './notice/build-notice';
import type { Notice } from './notice/notice';
import { parseTaskSid, type TaskSid } from './sids';
import type { WorkerRef } from './transfer';
import { isForgotten } from './trim-ledger';

/** Returns the id of the first foreign effect in the outbox; `undefined` if there is none. */
export function findForeignEffect(ledger: Ledger): string | undefined {
  const foreign = ledger.outbox.find(({ effect }) => !isOwnEffect(ledger, effect));
  return foreign === undefined ? undefined : effectId(foreign.effect);
}

function isOwnEffect(ledger: Ledger, effect: Effect): boolean {
  switch (effect.kind) {
    case 'update-conversation':
      return true;
    case 'create-transfer-task':
    case 'withdraw-transfer-task':
    case 'recall-transfer':
    case 'redirect-task':
      // They do nothing for a transfer that the ledger does not have.
      return true;
    case 'post-notice':
      return isOwnNotice(ledger, effect.notice);
    case 'wrap-reservation':
    case 'add-participant':
    case 'remove-participant':
      return isAgentOf(ledger, effect.taskSid, effect.worker);
    case 'complete-task':
    case 'cancel-task':
      return ledger.tasks[effect.taskSid] !== undefined || isForgotten(ledger, effect.taskSid);
  }
}

function isOwnNotice(ledger: Ledger, notice: Notice): boolean {
  const subject = parseNoticeSubject(notice) ?? '';
  switch (notice.kind) {
    case 'agent-joined':
    case 'agent-left': {
      const taskSid = parseTaskSid(subject);
      if (taskSid === undefined) return false;
      const name = ledger.tasks[taskSid]?.worker?.publicName;
      return name === undefined ? isForgotten(ledger, taskSid) : notice.name.startsWith(name);
    }
    case 'transfer-started': {
      const transfer = findTransfer(ledger, subject);
      return subject !== '' && (transfer === undefined || transfer.from.publicName === notice.from);
    }
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
    case 'transfer-failed':
      return subject !== '';
    case 'customer-left':
      return ledger.ended?.by === 'customer' || ledger.chat !== undefined;
    case 'chat-ended':
      return ledger.ended !== undefined || ledger.chat !== undefined;
  }
}

function isAgentOf(ledger: Ledger, taskSid: TaskSid, { sid, identity }: WorkerRef): boolean {
  const agent = ledger.tasks[taskSid]?.worker;
  return agent === undefined
    ? isForgotten(ledger, taskSid)
    : agent.sid === sid && agent.identity === identity;
}
