/** Interactions as plain data, for tests and the control endpoints. */
import type { ReservationStatus, TaskStatus } from '../../task-router/state.js';
import type { ChannelStatus, Interaction, Participant, ParticipantType } from './state.js';

export interface InteractionSnapshot {
  readonly sid: string;
  readonly createdAtMs: number;
  readonly channels: ReadonlyArray<{
    readonly sid: string;
    readonly type: string;
    readonly status: ChannelStatus;
    readonly conversationSid: string;
    readonly invites: ReadonlyArray<{
      readonly sid: string;
      readonly taskSid: string;
      readonly taskStatus: TaskStatus;
    }>;
    /** Without closed participants. */
    readonly participants: ReadonlyArray<{
      readonly sid: string;
      readonly type: ParticipantType;
      readonly status: Participant['status'];
      /** Identity in the conversation; `null` for a participant who is reached by text. */
      readonly identity: string | null;
      /** This and the next members are `null` unless the participant is an agent. */
      readonly taskSid: string | null;
      readonly workerSid: string | null;
      readonly workerName: string | null;
      readonly reservationSid: string | null;
      readonly reservationStatus: ReservationStatus | null;
    }>;
  }>;
}

export function buildSnapshot({ sid, createdAtMs, channels }: Interaction): InteractionSnapshot {
  return {
    sid,
    createdAtMs,
    channels: [...channels.values()].map((channel) => ({
      sid: channel.sid,
      type: channel.type,
      status: channel.status,
      conversationSid: channel.conversationSid,
      invites: [...channel.invites.values()].map(({ sid, task }) => ({
        sid,
        taskSid: task.sid,
        taskStatus: task.status,
      })),
      participants: [...channel.participants.values()].map(({ sid, type, status, media, reservation }) => ({
        sid,
        type,
        status,
        identity: typeof media.identity === 'string' ? media.identity : null,
        taskSid: reservation?.task.sid ?? null,
        workerSid: reservation?.worker.sid ?? null,
        workerName: reservation?.worker.friendlyName ?? null,
        reservationSid: reservation?.sid ?? null,
        reservationStatus: reservation?.status ?? null,
      })),
    })),
  };
}
