/**
 * The frames about participants that go to the screens of a channel's agents: `participant.added`, `.modified` and
 * `.removed`. Flex UI hands each to the task that it names and throws when it names none, so every agent is told with
 * the SID of their own task. That one agent hears of another is assumed.
 */
import { agentsIn, type InteractionStore, type Participant } from './state.js';

export function announceParticipant(
  store: InteractionStore,
  change: 'added' | 'modified' | 'removed',
  participant: Participant,
): void {
  const { sid, channel, type, media, reservation } = participant;
  // Also the one it is about, who may be off the list by now.
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
