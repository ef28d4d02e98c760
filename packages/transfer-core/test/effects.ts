/** One effect of every kind, for tests that must cover all of them. The compiler refuses a new kind that is missing here. */
import {
  addParticipant,
  cancelTask,
  completeTask,
  createTransferTask,
  type Effect,
  postNotice,
  recallTransfer,
  redirectTask,
  removeParticipant,
  updateConversation,
  withdrawTransferTask,
  wrapReservation,
} from '../src/effects';
import { aTaskSid, aWorker } from '../testing';

/** All about task 1, Alice or the given transfer. */
export const oneOfEachEffect = (
  transferId = 'transfer',
  taskSid = aTaskSid(1),
): Readonly<Record<Effect['kind'], Effect>> => ({
  'create-transfer-task': createTransferTask(transferId),
  'withdraw-transfer-task': withdrawTransferTask(transferId),
  'recall-transfer': recallTransfer(transferId),
  'redirect-task': redirectTask(transferId),
  'post-notice': postNotice({
    v: 1,
    id: `transfer-failed:${transferId}`,
    kind: 'transfer-failed',
    to: { kind: 'queue' },
  }),
  'wrap-reservation': wrapReservation(taskSid, aWorker(1)),
  'add-participant': addParticipant(taskSid, aWorker(1)),
  'remove-participant': removeParticipant(taskSid, aWorker(1), 50),
  'complete-task': completeTask(taskSid, 'goes-on'),
  'cancel-task': cancelTask(taskSid),
  'update-conversation': updateConversation(),
});
