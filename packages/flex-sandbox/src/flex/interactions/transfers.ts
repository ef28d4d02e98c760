/**
 * Flex UI's native transfers of digital tasks. A transfer creates an invite for another worker or queue, with
 * the attributes of the original task. A cold transfer also moves the agent to wrap-up at once. The requests
 * and responses are those of Flex UI 2.17; the effects are assumed.
 */
import { badRequest } from '../../api-error.js';
import { parseJsonObjectOrEmpty } from '../../json.js';
import { requireText, text } from '../../router.js';
import { createInvite } from './invites.js';
import { updateParticipant } from './participants.js';
import {
  findParticipant,
  type InteractionChannel,
  type InteractionStore,
  type NativeTransfer,
} from './state.js';

/**
 * Starts a transfer `from` a participant `to` a worker or a queue. Throws 404 for an unknown participant, 400
 * for one who is not an agent.
 */
export function startNativeTransfer(
  store: InteractionStore,
  channel: InteractionChannel,
  body: Readonly<Record<string, unknown>>,
): NativeTransfer {
  const participant = findParticipant(channel, requireText(body, 'from'));
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
