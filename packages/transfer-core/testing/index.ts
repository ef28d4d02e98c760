/** Builders of test data, for the tests of this package and of the packages that use it. */

import * as v from 'valibot';
import { type Interaction, InteractionSchema } from '../src/conversation';
import type { Effect } from '../src/effects';
import type { ConversationEvent } from '../src/events';
import type { FailureCode, TransferFailure } from '../src/failure';
import { buildEmptyLedger, type Ledger, type TaskRecord } from '../src/ledger';
import type { Notice } from '../src/notice/notice';
import {
  type ConversationSid,
  ConversationSidSchema,
  type QueueSid,
  QueueSidSchema,
  type TaskSid,
  TaskSidSchema,
  type WorkerSid,
  WorkerSidSchema,
} from '../src/sids';
import type { Transfer, WorkerRef } from '../src/transfer';

const sidOf = (prefix: string, number: number) => prefix + number.toString(16).padStart(32, '0');

const numberOf = (sid: string) => Number.parseInt(sid.slice(2), 16);

export const aTaskSid = (number = 1): TaskSid => v.parse(TaskSidSchema, sidOf('WT', number));
export const aWorkerSid = (number = 1): WorkerSid => v.parse(WorkerSidSchema, sidOf('WK', number));
export const aQueueSid = (number = 1): QueueSid => v.parse(QueueSidSchema, sidOf('WQ', number));
export const aConversationSid = (number = 1): ConversationSid =>
  v.parse(ConversationSidSchema, sidOf('CH', number));

export const anInteraction = (number = 1): Interaction =>
  v.parse(InteractionSchema, {
    interactionSid: sidOf('KD', number),
    channelSid: sidOf('UO', number),
  });

const NAMES = ['Alice', 'Bob', 'Carol', 'Dave'];

/** Worker 1 is Alice, 2 is Bob, 3 is Carol, 4 is Dave. */
export function aWorker(number = 1): WorkerRef {
  const publicName = NAMES[number - 1] ?? `Agent ${number}`;
  return { sid: aWorkerSid(number), identity: publicName.toLowerCase(), publicName };
}

export function aTask(record: Partial<TaskRecord> = {}): TaskRecord {
  return { state: 'waiting', openedAt: 0, ...record };
}

/** By default: a cold transfer of Alice's task 1, offered to queue 1 as task 2. */
export function aTransfer(values: Partial<Transfer> = {}): Transfer {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    state: 'offered',
    mode: 'cold',
    release: 'immediately',
    originalTaskSid: aTaskSid(1),
    transferTaskSid: aTaskSid(2),
    from: aWorker(1),
    target: { kind: 'queue', queueSid: aQueueSid(1) },
    to: { kind: 'queue', label: 'Billing' },
    requestedAt: 0,
    answerWithinMs: 60_000,
    answerBy: 60_000,
    ...values,
  };
}

/** The keys that an earlier version wrote on the task of `aTransfer()`. */
export function anEarlierTask(): Readonly<Record<string, unknown>> {
  const { id, mode, originalTaskSid, from, target } = aTransfer();
  return {
    transferId: id,
    transferTargetType: target.kind,
    transferTargetSid: aQueueSid(1),
    transferFromSid: from.sid,
    transferReturnQueueSid: aQueueSid(5),
    transferDeclinedBy: [],
    workerSidsInConversation: [from.sid],
    chatTransfer: { mode, from: from.publicName, hop: 1, previousTaskSid: originalTaskSid },
  };
}

type TransferRequest = Extract<ConversationEvent, { type: 'transfer-requested' }>;

/** The event in which Alice requests `aTransfer()`. */
export function aTransferRequest(values: Partial<TransferRequest> = {}): TransferRequest {
  const { id, mode, release, originalTaskSid, from, target, to, requestedAt, answerWithinMs } = aTransfer();
  return {
    type: 'transfer-requested',
    transferId: id,
    taskSid: originalTaskSid,
    by: from,
    target,
    to,
    mode,
    release,
    answerWithinMs,
    at: requestedAt,
    ...values,
  };
}

/** Describes an effect in a test: `post agent-joined Bob`, `post transfer-declined, looking`, `wrap Alice`, `cancel task 2`. */
export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'create-transfer-task':
      return 'create transfer task';
    case 'withdraw-transfer-task':
      return 'withdraw transfer task';
    case 'recall-transfer':
      return 'recall transfer';
    case 'redirect-task':
      return 'redirect task';
    case 'post-notice': {
      const { notice } = effect;
      const name = 'name' in notice ? ` ${notice.name}` : '';
      return `post ${notice.kind}${name}${'looking' in notice ? ', looking' : ''}`;
    }
    case 'wrap-reservation':
      return `wrap ${effect.worker.publicName}`;
    case 'add-participant':
      return `add ${effect.worker.publicName}`;
    case 'remove-participant':
      return `remove ${effect.worker.publicName}`;
    case 'complete-task':
      return `complete task ${numberOf(effect.taskSid)}, chat ${effect.conversation}`;
    case 'cancel-task':
      return `cancel task ${numberOf(effect.taskSid)}`;
    case 'update-conversation':
      return 'update conversation';
  }
}

/** An empty ledger of conversation 1 with the given values. */
export function aLedger(values: Partial<Ledger> = {}): Ledger {
  return { ...buildEmptyLedger(aConversationSid(1), 'programmable-chat'), ...values };
}

/** One notice of every kind and variant. */
export function everyNotice(): Notice[] {
  const head = { v: 1 as const };
  return [
    { ...head, id: 'n1', kind: 'agent-joined', name: 'Alice' },
    { ...head, id: 'n2', kind: 'agent-left', name: 'Alice' },
    {
      ...head,
      id: 'n3',
      kind: 'transfer-started',
      mode: 'warm',
      from: 'Alice',
      to: { kind: 'agent', name: 'Bob' },
    },
    {
      ...head,
      id: 'n4',
      kind: 'transfer-started',
      mode: 'warm',
      from: 'Alice',
      to: { kind: 'queue', label: 'Billing' },
    },
    {
      ...head,
      id: 'n5',
      kind: 'transfer-started',
      mode: 'cold',
      from: 'Alice',
      to: { kind: 'agent', name: 'Bob' },
    },
    { ...head, id: 'n6', kind: 'transfer-started', mode: 'cold', from: 'Alice', to: { kind: 'queue' } },
    { ...head, id: 'n7', kind: 'transfer-declined', to: { kind: 'agent', name: 'Bob' } },
    { ...head, id: 'n8', kind: 'transfer-unanswered', to: { kind: 'queue' } },
    { ...head, id: 'n9', kind: 'transfer-cancelled', name: 'Alice' },
    { ...head, id: 'n10', kind: 'transfer-failed', to: { kind: 'agent', name: 'Bob' } },
    {
      ...head,
      id: 'n11',
      kind: 'transfer-declined',
      to: { kind: 'agent', name: 'Bob' },
      looking: true,
    },
    { ...head, id: 'n12', kind: 'transfer-unanswered', to: { kind: 'queue' }, looking: true },
    { ...head, id: 'n13', kind: 'transfer-cancelled', name: 'Alice', looking: true },
    { ...head, id: 'n14', kind: 'customer-left' },
    { ...head, id: 'n15', kind: 'chat-ended' },
  ];
}

/** One failure of every code, in the order of the codes. */
export function everyFailure(): TransferFailure[] {
  const failures: { readonly [Code in FailureCode]: Extract<TransferFailure, { code: Code }> } = {
    'bad-input': { code: 'bad-input', problems: ['taskSid is missing'] },
    'token-invalid': { code: 'token-invalid' },
    'token-expired': { code: 'token-expired' },
    'not-allowed': { code: 'not-allowed' },
    joining: { code: 'joining' },
    'not-a-chat': { code: 'not-a-chat', taskSid: aTaskSid(1) },
    'target-not-found': { code: 'target-not-found', targetSid: aQueueSid(1) },
    'target-is-self': { code: 'target-is-self' },
    'target-in-chat': { code: 'target-in-chat', name: 'Bob' },
    'task-full': { code: 'task-full', taskSid: aTaskSid(1), length: 3_900 },
    'target-unavailable': { code: 'target-unavailable', name: 'Bob' },
    'target-at-capacity': { code: 'target-at-capacity', name: 'Bob' },
    'queue-without-rule': { code: 'queue-without-rule', queueSid: aQueueSid(1) },
    'transfer-open': { code: 'transfer-open', startedBy: 'Alice', startedAt: 0 },
    'transfer-id-reused': { code: 'transfer-id-reused', transferId: aTransfer().id },
    'transfer-accepted': { code: 'transfer-accepted', name: 'Bob' },
    'transfer-over': { code: 'transfer-over', state: 'returned' },
    'chat-ended': { code: 'chat-ended' },
    'session-invalid': { code: 'session-invalid' },
    'origin-not-allowed': { code: 'origin-not-allowed' },
    'not-configured': { code: 'not-configured', setting: 'WORKSPACE_SID' },
    'ledger-service-unsafe': { code: 'ledger-service-unsafe', reason: 'acl-off' },
    'ledger-newer': { code: 'ledger-newer', version: 3 },
    busy: { code: 'busy' },
    'start-pending': { code: 'start-pending' },
    'twilio-failed': {
      code: 'twilio-failed',
      doing: 'create the transfer task',
      status: 500,
      twilioCode: 20500,
    },
    internal: { code: 'internal' },
  };
  return Object.values(failures);
}

/** The size of a value as JSON in UTF-8 bytes, which Twilio counts. */
export function utf8Bytes(value: unknown): number {
  return encodeURIComponent(JSON.stringify(value)).replace(/%[0-9A-F]{2}/g, '_').length;
}
