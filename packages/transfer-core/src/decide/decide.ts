/**
 * The decider: takes a ledger and an event, returns the new ledger and the effects. It is the only code that changes the
 * tasks and transfers of a ledger, and it is pure. Events may repeat, arrive late or out of order. The state of a task
 * only moves forward, except in `failTransfer`, so a repeated event changes nothing.
 */
import type { ConversationEvent } from '../events';
import { fail, type Result, succeed } from '../failure';
import type { Ledger } from '../ledger';
import { isForgotten } from '../trim-ledger';
import { confirmChangedTasks, confirmTasks } from './confirm';
import { chain, type Decision, withoutEffects } from './decision';
import {
  clearCancelRequest,
  completeCancel,
  declineOffer,
  expireOffer,
  expireReturn,
  extendOffer,
  requestCancel,
} from './offer';
import {
  acceptTask,
  adoptChat,
  beginChatAgain,
  closeTask,
  endChatByCustomer,
  leaveChat,
  parkChat,
  refuteParking,
  requestCompletion,
  trackTask,
} from './presence';
import { expireStart, failTransfer, offerTransfer, requestTransfer } from './request';

/**
 * Refuses only `transfer-requested` and `cancel-requested`. Every other event gets a decision. An event about a task that
 * the ledger has dropped changes nothing: the task was closed.
 */
export function decide(ledger: Ledger, event: ConversationEvent): Result<Decision> {
  if ('taskSid' in event && isForgotten(ledger, event.taskSid)) {
    return event.type === 'transfer-requested'
      ? fail({ code: 'not-allowed' })
      : succeed(withoutEffects(ledger));
  }
  const decision = decideEvent(ledger, event);
  if (!decision.ok) return decision;
  const { ledger: decided, effects } = decision.value;
  return succeed({ ledger: confirmChangedTasks(ledger, decided, event.at), effects });
}

function decideEvent(ledger: Ledger, event: ConversationEvent): Result<Decision> {
  switch (event.type) {
    case 'chat-adopted':
      return succeed(adoptChat(ledger, event));
    case 'chat-begun-again':
      return succeed(beginChatAgain(ledger));
    case 'task-tracked':
      return succeed(trackTask(ledger, event.taskSid, event.at));
    case 'transfer-requested':
      return requestTransfer(ledger, event);
    case 'transfer-offered':
      return succeed(offerTransfer(ledger, event.transferId, event.taskSid, event.at));
    case 'transfer-refused':
      return succeed(failTransfer(ledger, event.transferId, event.at));
    case 'start-expired':
      return succeed(expireStart(ledger, event.transferId, event.at));
    case 'return-expired':
      return succeed(expireReturn(ledger, event.transferId, event.at));
    case 'offer-declined':
      return succeed(declineOffer(ledger, event));
    case 'offer-expired':
      return succeed(expireOffer(ledger, event));
    case 'offer-rings-on':
      return succeed(extendOffer(ledger, event));
    case 'cancel-requested':
      return requestCancel(ledger, event);
    case 'transfer-recalled':
      return succeed(completeCancel(ledger, event));
    case 'recall-failed':
      return succeed(clearCancelRequest(ledger, event));
    case 'task-accepted':
      return succeed(acceptTask(ledger, event.taskSid, event.worker, event.at));
    case 'agent-left':
      return succeed(
        chain(acceptTask(ledger, event.taskSid, event.worker, event.at), (joined) =>
          leaveChat(joined, event.taskSid, { wrap: !event.alreadyWrapping, at: event.at }),
        ),
      );
    case 'completion-requested':
      return succeed(
        chain(acceptTask(ledger, event.taskSid, event.worker, event.at), (joined) =>
          chain(leaveChat(joined, event.taskSid, { wrap: false, at: event.at }), (left) =>
            requestCompletion(left, event.taskSid),
          ),
        ),
      );
    case 'task-closed':
      return succeed(closeTask(ledger, event));
    case 'tasks-confirmed':
      return succeed(confirmTasks(ledger, event.taskSids, event.at));
    case 'chat-parked':
      return succeed(parkChat(ledger, event));
    case 'chat-not-parked':
      return succeed(refuteParking(ledger, event.taskSid, event.at));
    case 'customer-ended':
      return succeed(endChatByCustomer(ledger, event.at));
  }
}
