/**
 * Whether a task belongs to a chat. The attributes of a task prove nothing, because its agent can change them: they say
 * only which chat to look at. The ledger and Twilio's own records decide. docs/decisions/0011-which-evidence-counts.md
 */
import {
  type Backend,
  type ChatTask,
  isForgotten,
  type Ledger,
  recordLocation,
  type TaskSid,
  tasksOf,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';
import type { TaskRouter } from '../twilio/task-router';
import { hasOlderInteraction, namedAtFirst } from './find-older-interaction';

export interface EvidencePorts {
  readonly taskRouter: Pick<TaskRouter, 'listConversationTasks' | 'readFirstAttributes'>;
  readonly backends: Readonly<Record<Backend, Pick<ConversationBackend, 'createdAt' | 'listKnownTasks'>>>;
  readonly nowMs: () => number;
}

/** What a request or an event says about a task. */
export interface TaskClaim {
  readonly taskSid: TaskSid;
  /** The chat that the task's attributes name. */
  readonly chat: ChatTask;
  /**
   * Who names the chat besides the task's present attributes. `task-created`: TaskRouter's event about the creation of
   * the task. `studio`: the account's flow, in a call that Twilio signed.
   */
  readonly source?: 'task-created' | 'studio';
}

export type Evidence =
  /** The task belongs to the chat. `ledger` holds the location of the chat. */
  | { readonly kind: 'found'; readonly ledger: Ledger }
  /** The task may be the one that another run is creating for a transfer. That run records it. */
  | { readonly kind: 'being-created' }
  | { readonly kind: 'none' };

/** Makes no call when the ledger knows the task. */
export async function findEvidence(
  ports: EvidencePorts,
  ledger: Ledger,
  claim: TaskClaim,
): Promise<Evidence> {
  if (knowsTask(ledger, claim.taskSid)) return { kind: 'found', ledger };
  const located = locate(ledger, claim.chat);
  if (located !== undefined && (await isRecorded(ports, ledger, located, claim))) {
    return { kind: 'found', ledger: located };
  }
  const { transfer } = ledger;
  const isBeingCreated = transfer?.state === 'requested' && transfer.id === claim.chat.transferId;
  return { kind: isBeingCreated ? 'being-created' : 'none' };
}

/** Whether the ledger names the task, or named it before it dropped it. `false` while the ledger lacks the interaction. */
export function knowsTask(ledger: Ledger, taskSid: TaskSid): boolean {
  const isLocated = ledger.backend === 'programmable-chat' || ledger.interaction !== undefined;
  return isLocated && (ledger.tasks[taskSid] !== undefined || isForgotten(ledger, taskSid));
}

/** The ledger with the location that the task names. `undefined` when the ledger has another location. */
function locate(ledger: Ledger, { backend, interaction, ...chat }: ChatTask): Ledger | undefined {
  const isStarted = ledger.ended !== undefined || tasksOf(ledger).length > 0;
  if (isStarted && ledger.backend !== backend) return undefined;
  const located = recordLocation(ledger, { ...chat, backend, ...(interaction && { interaction }) });
  const isSame =
    located.backend === backend &&
    located.interaction?.interactionSid === interaction?.interactionSid &&
    located.interaction?.channelSid === interaction?.channelSid;
  return isSame ? located : undefined;
}

/**
 * Whether Twilio's records tie the task to the chat. The records of an interaction name its tasks, but not its
 * conversation. So if the ledger has no interaction yet, the task must have named both when Twilio created it.
 */
async function isRecorded(
  ports: EvidencePorts,
  before: Ledger,
  located: Ledger,
  claim: TaskClaim,
): Promise<boolean> {
  const { backend } = located;
  if (backend === 'programmable-chat' && claim.source === 'studio') return true;
  const isBound = backend === 'programmable-chat' || before.interaction !== undefined;
  const [known, isOfThisChat] = await Promise.all([
    ports.backends[backend].listKnownTasks(located),
    isBound || bindsInteraction(ports, claim),
  ]);
  return known.includes(claim.taskSid) && isOfThisChat;
}

async function bindsInteraction(ports: EvidencePorts, claim: TaskClaim): Promise<boolean> {
  const [wasNamedAtFirst, isLater] = await Promise.all([
    claim.source !== undefined || namedAtFirst(ports, claim),
    hasOlderInteraction(ports, claim),
  ]);
  return wasNamedAtFirst && !isLater;
}
