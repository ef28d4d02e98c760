/** POST /transfer/note: the agent of a transfer task reads the whole note, which the task's attributes may lack room for. */
import {
  fail,
  findTransfer,
  type ReadNoteAnswer,
  type ReadNoteRequest,
  ReadNoteRequestSchema,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import { mayReadNote } from '../../requests/rights';
import type { Services } from '../../requests/services';

export const handler = defineConversationEndpoint(
  '/transfer/note',
  { required: ['allowedOrigins'] },
  ReadNoteRequestSchema,
  readNote,
);

/** Changes nothing. The ledger says which task the note belongs to, so the task itself is not read. */
async function readNote(
  { validateFlexToken, taskRouter, ledgers }: Services,
  { token, taskSid, conversationSid, transferId }: ReadNoteRequest,
): Promise<Result<ReadNoteAnswer>> {
  const [caller, reservations, { ledger }] = await Promise.all([
    validateFlexToken(token),
    taskRouter.listReservations(taskSid),
    ledgers.read({ conversationSid }),
  ]);
  if (!caller.ok) return caller;
  const transfer = findTransfer(ledger, transferId);
  if (transfer === undefined || !mayReadNote({ caller: caller.value, reservations })) {
    return fail({ code: 'not-allowed' });
  }
  // The run that has created the task has not yet saved its SID.
  if (transfer.transferTaskSid === undefined && transfer.state === 'requested') return fail({ code: 'busy' });
  if (transfer.transferTaskSid !== taskSid) return fail({ code: 'not-allowed' });
  return succeed({ ok: true, ...(transfer.note === undefined ? {} : { note: transfer.note }) });
}
