/**
 * What Flex Conversations keeps about a chat: an interaction, its channel, who was invited and who is in it. The chat
 * itself is a conversation of `chat`, the work of each agent a task of TaskRouter; here is only what ties them together.
 */
import { notFound } from '../../api-error.js';
import type { Chat } from '../../chat/chat.js';
import type { SandboxState } from '../../sandbox-state.js';
import type { Reservation, Task, Worker } from '../../task-router/state.js';
import type { TaskRouter } from '../../task-router/task-router.js';

export interface Interaction {
  readonly sid: string;
  /** One, in practice: Twilio opens one per interaction. */
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
  /** By SID; closed ones are gone. */
  readonly participants: Map<string, Participant>;
  /** By SID, oldest first; answered ones stay. */
  readonly invites: Map<string, Invite>;
  /** By SID, oldest first. */
  readonly transfers: Map<string, NativeTransfer>;
  readonly createdAtMs: number;
}

/** Looks for one more agent, by way of a task of its own. */
export interface Invite {
  readonly sid: string;
  readonly channel: InteractionChannel;
  readonly task: Task;
  /** For one worker alone: when they decline, nobody else is asked. */
  readonly isForWorker: boolean;
}

export type ParticipantType = 'agent' | 'customer' | 'supervisor' | 'external' | 'unknown';

export interface Participant {
  readonly sid: string;
  readonly channel: InteractionChannel;
  readonly type: ParticipantType;
  /** How they are reached: an `identity`, or an `address` and a `proxy_address`. */
  readonly media: Readonly<Record<string, unknown>>;
  /** The work of an agent. */
  readonly reservation: Reservation | undefined;
  /** In the conversation; they may have left it. */
  readonly memberSid: string | undefined;
  status: 'active' | 'wrapup' | 'closed';
}

/** A transfer started with Flex UI's own digital transfers. */
export interface NativeTransfer {
  readonly sid: string;
  readonly channel: InteractionChannel;
  readonly type: string;
  /** SIDs: of a participant, and of a worker or a queue. */
  readonly from: string;
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
  /** By the SID of the task that was made for it. */
  readonly invitesByTask: Map<string, Invite>;
  /** Sends a frame to every open screen of a worker. */
  push(worker: Worker, type: string, payload: unknown): void;
}

/** Throws 404/20404. */
export function interactionOf(store: InteractionStore, sid: string | undefined): Interaction {
  const found = store.interactions.get(sid ?? '');
  if (found === undefined) throw notFound(`/Interactions/${sid}`);
  return found;
}

/** Throws 404/20404. */
export function channelOf(interaction: Interaction, sid: string | undefined): InteractionChannel {
  const found = interaction.channels.get(sid ?? '');
  if (found === undefined) throw notFound(`/Interactions/${interaction.sid}/Channels/${sid}`);
  return found;
}

/** Throws 404/20404, also for one who was closed. */
export function participantOf(channel: InteractionChannel, sid: string | undefined): Participant {
  const found = channel.participants.get(sid ?? '');
  if (found === undefined) throw notFound(`/Channels/${channel.sid}/Participants/${sid}`);
  return found;
}

/** The workers who are in the channel or wrap up their part of it. */
export function agentsIn(channel: InteractionChannel): Participant[] {
  return [...channel.participants.values()].filter(({ type }) => type === 'agent');
}
