/**
 * What an agent is told when something did not work: which text, and the facts it needs. The texts themselves
 * are in `strings`. `describeFailure` of transfer-core is for developers and goes to the console instead.
 */
import type { FailureCode } from '@chat-transfer/transfer-core';
import type { StringKey } from './strings/en';

/** Why a request to the functions came to nothing. */
export interface RequestFailure {
  readonly code: FailureCode | 'unreachable' | 'target-unsupported';
  /** With `transfer-open`: who is in the way, since when (ms since 1970). */
  readonly startedBy?: string;
  readonly startedAt?: number;
  /** With `transfer-accepted`: who was faster, if it is known. */
  readonly name?: string;
  /** For developers. */
  readonly message: string;
}

/** What did not happen. */
export type Outcome = Extract<
  StringKey,
  | 'ChatTransferNotTransferred'
  | 'ChatTransferNotCancelled'
  | 'ChatTransferNotLeft'
  | 'ChatTransferNotCompleted'
>;

export type FailureStringKey = Extract<StringKey, `ChatTransferFailed${string}`>;

const STRING_OF: Readonly<Record<RequestFailure['code'], FailureStringKey>> = {
  unreachable: 'ChatTransferFailedUnreachable',
  busy: 'ChatTransferFailedTemporarily',
  'twilio-failed': 'ChatTransferFailedTemporarily',
  'token-invalid': 'ChatTransferFailedSignedOut',
  'token-expired': 'ChatTransferFailedSignedOut',
  'not-allowed': 'ChatTransferFailedNotAllowed',
  'target-not-found': 'ChatTransferFailedTargetNotFound',
  'target-is-self': 'ChatTransferFailedTargetIsSelf',
  'target-in-chat': 'ChatTransferFailedTargetInChat',
  'target-unsupported': 'ChatTransferFailedTargetUnsupported',
  'transfer-open': 'ChatTransferFailedTransferOpen',
  'transfer-accepted': 'ChatTransferFailedAccepted',
  'transfer-over': 'ChatTransferFailedTransferEnded',
  'chat-ended': 'ChatTransferFailedChatEnded',
  // An agent can do nothing about these; the code tells a supervisor where to look.
  'bad-input': 'ChatTransferFailedSetup',
  'not-a-chat': 'ChatTransferFailedSetup',
  'transfer-id-reused': 'ChatTransferFailedSetup',
  'session-invalid': 'ChatTransferFailedSetup',
  'origin-not-allowed': 'ChatTransferFailedSetup',
  'not-configured': 'ChatTransferFailedSetup',
  internal: 'ChatTransferFailedSetup',
};

/** Each text is a notification of its own in Flex, under its key. */
export const FAILURE_STRINGS: readonly FailureStringKey[] = [
  ...new Set<FailureStringKey>([...Object.values(STRING_OF), 'ChatTransferFailedAcceptedBy']),
];

/** Those after which nothing needs to be done: somebody else was faster. */
export const INFORMATION_ONLY: ReadonlySet<FailureStringKey> = new Set([
  'ChatTransferFailedAccepted',
  'ChatTransferFailedAcceptedBy',
  'ChatTransferFailedTransferEnded',
]);

export interface FailureNotification {
  readonly string: FailureStringKey;
  /** For the placeholders of the text, `outcome` excepted. Not called `code`: Flex takes that one itself. */
  readonly facts: Readonly<Record<'failureCode' | 'startedBy' | 'startedAt' | 'acceptedBy', string>>;
}

/** @param locale of the agent, for the time of day; the browser's when left out */
export function describeFailureToAgent(failure: RequestFailure, locale?: string): FailureNotification {
  const { code, startedBy = '', startedAt, name } = failure;
  const isNamed = code === 'transfer-accepted' && name !== undefined;
  return {
    string: isNamed ? 'ChatTransferFailedAcceptedBy' : STRING_OF[code],
    facts: {
      failureCode: code,
      startedBy,
      acceptedBy: name ?? '',
      startedAt: startedAt === undefined ? '' : timeOfDay(startedAt, locale),
    },
  };
}

function timeOfDay(atMs: number, locale: string | undefined): string {
  return new Date(atMs).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
}
