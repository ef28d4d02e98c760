/**
 * Flex UI's own digital transfers: the task is offered to another worker or queue by an invite of its own, with the
 * attributes of the old one; a cold one puts the agent to wrap-up at once. What Flex UI 2.17 sends and reads is known
 * from it, the effects are assumed.
 */
import { badRequest } from '../../api-error.js';
import { parseJsonObjectOrEmpty } from '../../json.js';
import { requireText, text } from '../../router.js';
import { createInvite } from './invites.js';
import { updateParticipant } from './participants.js';
import {
  type InteractionChannel,
  type InteractionStore,
  type NativeTransfer,
  participantOf,
} from './state.js';

/** `from` is a participant, `to` a worker or a queue. Throws 404 for an unknown participant, 400 for anybody but an agent. */
export function transferChannel(
  store: InteractionStore,
  channel: InteractionChannel,
  body: Readonly<Record<string, unknown>>,
): NativeTransfer {
  const participant = participantOf(channel, requireText(body, 'from'));
  const to = requireText(body, 'to');
  const type = text(body, 'type') ?? 'cold';
  const { reservation } = participant;
  if (reservation === undefined) throw badRequest('Only an agent can transfer');
  if (!/^W[KQ]/.test(to)) throw badRequest('to must be a worker or a queue');
  const { task } = reservation;

  const sid = store.sandbox.sids('UX');
  const invite = createInvite(store, channel, {
    workspace: task.workspace,
    task: {
      workflowSid: task.workflow?.sid,
      routingTarget: to,
      taskChannel: task.taskChannel.sid,
      priority: task.priority,
    },
    attributes: { ...parseJsonObjectOrEmpty(task.attributes), transfer_sid: sid },
    isForWorker: to.startsWith('WK'),
  });
  const transfer: NativeTransfer = {
    sid,
    channel,
    type,
    from: participant.sid,
    to,
    noteSid: text(body, 'noteSid') ?? null,
    summarySid: text(body, 'summarySid') ?? null,
    task: invite.task,
    createdAtMs: store.sandbox.clock.nowMs(),
  };
  channel.transfers.set(sid, transfer);
  if (type === 'cold') updateParticipant(store, participant, 'wrapup');
  return transfer;
}
