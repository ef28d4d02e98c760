/**
 * Chooses what an agent reads about a failure: the text's key and the values of its placeholders. The texts are in
 * `strings`. `describeFailure` of transfer-core is for developers; its message goes to the console.
 */
import type { FailureCode } from '@chat-transfer/transfer-core';
import type { StringKey } from './strings/en';

/** Why a request to the functions failed. */
export interface RequestFailure {
  readonly code: FailureCode | 'unreachable' | 'target-unsupported';
  /** With `transfer-open`: who started that transfer, and when (ms since 1970). */
  readonly startedBy?: string;
  readonly startedAt?: number;
  /** With `transfer-accepted`: who accepted it, if known. */
  readonly name?: string;
  /** For developers. */
  readonly message: string;
}

/** The sentence that says what did not happen. */
export type Outcome = Extract<
  StringKey,
  | 'ChatTransferNotTransferred'
  | 'ChatTransferNotConfirmed'
  | 'ChatTransferNotCancelled'
  | 'ChatTransferCancellationNotConfirmed'
  | 'ChatTransferNotLeft'
  | 'ChatTransferLeavingNotConfirmed'
  | 'ChatTransferNotCompleted'
  | 'ChatTransferCompletionNotConfirmed'
>;

export type FailureStringKey = Extract<StringKey, `ChatTransferFailed${string}`>;

const STRING_BY_CODE: Readonly<Record<RequestFailure['code'], FailureStringKey>> = {
  unreachable: 'ChatTransferFailedUnreachable',
  busy: 'ChatTransferFailedTemporarily',
  'start-pending': 'ChatTransferFailedStartPending',
  joining: 'ChatTransferFailedJoining',
  'twilio-failed': 'ChatTransferFailedTemporarily',
  'token-invalid': 'ChatTransferFailedSignedOut',
  'token-expired': 'ChatTransferFailedSignedOut',
  'not-allowed': 'ChatTransferFailedNotAllowed',
  'target-not-found': 'ChatTransferFailedTargetNotFound',
  'target-is-self': 'ChatTransferFailedTargetIsSelf',
  'target-in-chat': 'ChatTransferFailedTargetInChat',
  'task-full': 'ChatTransferFailedTaskFull',
  'target-unavailable': 'ChatTransferFailedTargetUnavailable',
  'target-at-capacity': 'ChatTransferFailedTargetAtCapacity',
  'queue-without-rule': 'ChatTransferFailedQueueWithoutRule',
  'target-unsupported': 'ChatTransferFailedTargetUnsupported',
  'transfer-open': 'ChatTransferFailedTransferOpen',
  'transfer-accepted': 'ChatTransferFailedAccepted',
  'transfer-over': 'ChatTransferFailedTransferEnded',
  'chat-ended': 'ChatTransferFailedChatEnded',
  // An agent cannot fix these. The code tells a supervisor where to look.
  'bad-input': 'ChatTransferFailedSetup',
  'not-a-chat': 'ChatTransferFailedSetup',
  'transfer-id-reused': 'ChatTransferFailedSetup',
  'session-invalid': 'ChatTransferFailedSetup',
  'origin-not-allowed': 'ChatTransferFailedSetup',
  'not-configured': 'ChatTransferFailedSetup',
  'ledger-service-unsafe': 'ChatTransferFailedSetup',
  'ledger-newer': 'ChatTransferFailedSetup',
  internal: 'ChatTransferFailedSetup',
};

/** Every text that `describeFailureToAgent` can return. Flex registers one notification for each. */
export const FAILURE_STRINGS: readonly FailureStringKey[] = [
  ...new Set<FailureStringKey>([...Object.values(STRING_BY_CODE), 'ChatTransferFailedAcceptedBy']),
];

/** Failures that need no action of the agent, because the transfer was accepted or has ended. */
export const INFORMATION_ONLY: ReadonlySet<FailureStringKey> = new Set([
  'ChatTransferFailedAccepted',
  'ChatTransferFailedAcceptedBy',
  'ChatTransferFailedTransferEnded',
]);

export interface FailureNotification {
  readonly string: FailureStringKey;
  /** For the text's placeholders, except `outcome`. None is named `code`, because Flex uses that name itself. */
  readonly facts: Readonly<Record<'failureCode' | 'startedBy' | 'startedAt' | 'acceptedBy', string>>;
}

/** @param locale the agent's locale, which formats the time of day. Default: the browser's locale. */
export function describeFailureToAgent(failure: RequestFailure, locale?: string): FailureNotification {
  const { code, startedBy = '', startedAt, name } = failure;
  const isNamed = code === 'transfer-accepted' && name !== undefined;
  return {
    string: isNamed ? 'ChatTransferFailedAcceptedBy' : STRING_BY_CODE[code],
    facts: {
      failureCode: code,
      startedBy,
      acceptedBy: name ?? '',
      startedAt: startedAt === undefined ? '' : formatTimeOfDay(startedAt, locale),
    },
  };
}

function formatTimeOfDay(atMs: number, locale: string | undefined): string {
  return new Date(atMs).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
}
