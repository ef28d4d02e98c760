/**
 * The participant frames that a channel's agents receive: `participant.added`, `.modified` and `.removed`.
 * Flex UI passes a frame to the task that the frame names, and throws when the frame names no task. So each
 * agent's frame names the agent's task. It is assumed that an agent receives frames about other agents.
 */
import { agentsIn, type InteractionStore, type Participant } from './state.js';

export function announceParticipant(
  store: InteractionStore,
  change: 'added' | 'modified' | 'removed',
  participant: Participant,
): void {
  const { sid, channel, type, media, reservation } = participant;
  // `agentsIn` does not list an agent whose reservation has just been completed.
  for (const agent of new Set([...agentsIn(channel), participant])) {
    if (agent.reservation === undefined) continue;
    const subject = reservation ?? agent.reservation;
    store.push(agent.reservation.worker, `participant.${change}`, {
      participant_sid: sid,
      channel_sid: channel.sid,
      interaction_sid: channel.interaction.sid,
      type,
      channel_type: channel.type,
      routing_properties: {
        task_sid: agent.reservation.task.sid,
        worker_sid: subject.worker.sid,
        reservation_sid: subject.sid,
      },
      media_properties: media,
    });
  }
}
