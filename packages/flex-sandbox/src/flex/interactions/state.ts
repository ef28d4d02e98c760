/**
 * The state of Flex Conversations: interactions, their channels, invites and participants. The chat itself is
 * a conversation of `chat`, and each agent's work is a TaskRouter task. This module only connects them.
 */
import { notFound } from '../../api-error.js';
import type { Chat } from '../../chat/chat.js';
import type { SandboxState } from '../../sandbox-state.js';
import type { Reservation, Task, Worker } from '../../task-router/state.js';
import type { TaskRouter } from '../../task-router/task-router.js';

export interface Interaction {
  readonly sid: string;
  /** Always one: Twilio opens one channel per interaction. */
  readonly channels: Map<string, InteractionChannel>;
  readonly createdAtMs: number;
}

export type ChannelStatus = 'active' | 'inactive' | 'closed';

export interface InteractionChannel {
  readonly sid: string;
  readonly interaction: Interaction;
  /** `web`, `sms`, `whatsapp`… */
  readonly type: string;
  /** `customer`, `agent` or `api`. */
  readonly initiatedBy: string;
  readonly conversationSid: string;
  status: ChannelStatus;
  /** By SID, without closed participants. */
  readonly participants: Map<string, Participant>;
  /** By SID, oldest first, including accepted and declined invites. */
  readonly invites: Map<string, Invite>;
  /** By SID, oldest first. */
  readonly transfers: Map<string, NativeTransfer>;
  readonly createdAtMs: number;
}

/** A request for one more agent, with a separate task. */
export interface Invite {
  readonly sid: string;
  readonly channel: InteractionChannel;
  readonly task: Task;
  /** Whether the task is offered to one worker only. When they decline, the invite ends. */
  readonly isForWorker: boolean;
}

export type ParticipantType = 'agent' | 'customer' | 'supervisor' | 'external' | 'unknown';

export interface Participant {
  readonly sid: string;
  readonly channel: InteractionChannel;
  readonly type: ParticipantType;
  /** How the participant is reached: an `identity`, or an `address` and a `proxy_address`. */
  readonly media: Readonly<Record<string, unknown>>;
  /** Only agents have one. */
  readonly reservation: Reservation | undefined;
  /** SID of the conversation member, who may have left. */
  readonly memberSid: string | undefined;
  status: 'active' | 'wrapup' | 'closed';
}

/** A native transfer of Flex UI. */
export interface NativeTransfer {
  readonly sid: string;
  readonly channel: InteractionChannel;
  readonly type: string;
  /** SID of a participant. */
  readonly from: string;
  /** SID of a worker or a queue. */
  readonly to: string;
  readonly noteSid: string | null;
  readonly summarySid: string | null;
  readonly task: Task;
  readonly createdAtMs: number;
}

export interface InteractionStore {
  readonly sandbox: SandboxState;
  readonly taskRouter: TaskRouter;
  readonly chat: Chat;
  readonly interactions: Map<string, Interaction>;
  /** Keyed by the SID of the invite's task. */
  readonly invitesByTask: Map<string, Invite>;
  /** Sends a frame to every open socket of a worker. */
  push(worker: Worker, type: string, payload: unknown): void;
}

/** Throws 404/20404. */
export function findInteraction(store: InteractionStore, sid: string | undefined): Interaction {
  const interaction = store.interactions.get(sid ?? '');
  if (interaction === undefined) throw notFound(`/Interactions/${sid}`);
  return interaction;
}

/** Throws 404/20404. */
export function findChannel(interaction: Interaction, sid: string | undefined): InteractionChannel {
  const channel = interaction.channels.get(sid ?? '');
  if (channel === undefined) throw notFound(`/Interactions/${interaction.sid}/Channels/${sid}`);
  return channel;
}

/** Throws 404/20404, also for a closed participant. */
export function findParticipant(channel: InteractionChannel, sid: string | undefined): Participant {
  const participant = channel.participants.get(sid ?? '');
  if (participant === undefined) throw notFound(`/Channels/${channel.sid}/Participants/${sid}`);
  return participant;
}

/** Returns the channel's agents, including those in wrap-up. */
export function agentsIn(channel: InteractionChannel): Participant[] {
  return [...channel.participants.values()].filter(({ type }) => type === 'agent');
}
