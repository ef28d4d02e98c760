/**
 * The one place where it is decided what becomes of a conversation: ledger and event in, new ledger and effects out.
 * Pure. Every event may come twice, late or out of order; what happens to a task only moves it forward, so the second
 * time nothing is left to do.
 */

import type { ConversationEvent } from '../events';
import { type Result, succeed } from '../failure';
import type { Ledger } from '../ledger';
import { chain, type Decision } from './decision';
import { clearCancelRequest, completeCancel, declineOffer, expireOffer, requestCancel } from './offer';
import {
  acceptTask,
  adoptChat,
  closeTask,
  endChatByCustomer,
  leaveChat,
  parkChat,
  requestCompletion,
  trackTask,
} from './presence';
import { failTransfer, offerTransfer, requestTransfer } from './request';

/** Only asking for a transfer, or for its end, can be refused; every other event always gets a decision. */
export function decide(ledger: Ledger, event: ConversationEvent): Result<Decision> {
  switch (event.type) {
    case 'chat-adopted':
      return succeed(adoptChat(ledger, event.tasks, event.at));
    case 'task-tracked':
      return succeed(trackTask(ledger, event.taskSid, event.at));
    case 'transfer-requested':
      return requestTransfer(ledger, event);
    case 'transfer-offered':
      return succeed(offerTransfer(ledger, event.transferId, event.taskSid, event.at));
    case 'transfer-refused':
      return succeed(failTransfer(ledger, event.transferId, event.at));
    case 'offer-declined':
      return succeed(declineOffer(ledger, event));
    case 'offer-expired':
      return succeed(expireOffer(ledger, event));
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
        chain(acceptTask(ledger, event.taskSid, event.worker, event.at), (now) =>
          leaveChat(now, event.taskSid, { wrap: !event.alreadyWrapping, at: event.at }),
        ),
      );
    case 'completion-requested':
      return succeed(
        chain(acceptTask(ledger, event.taskSid, event.worker, event.at), (now) =>
          chain(leaveChat(now, event.taskSid, { wrap: false, at: event.at }), (left) =>
            requestCompletion(left, event.taskSid),
          ),
        ),
      );
    case 'task-closed':
      return succeed(closeTask(ledger, event));
    case 'chat-parked':
      return succeed(parkChat(ledger, event.taskSid));
    case 'customer-ended':
      return succeed(endChatByCustomer(ledger, event.at));
  }
}
