/**
 * Behaviour that Twilio does not document, or that differs between accounts. Each quirk can be on or off, so that a product is
 * tried both ways. docs/quirks.md says what is known about each.
 */
import { badRequest } from './api-error.js';

export interface Quirks {
  /**
   * The end of a workflow target's time cancels a pending reservation. Off: the reservation goes on until it is answered or its
   * own time is over, and the workflow goes on then.
   * https://www.twilio.com/docs/taskrouter/task-evaluation
   */
  readonly targetTimeoutCancelsOffer: boolean;
  /**
   * A reservation that times out ends its workflow target too: the task goes on to the next target of its rule. Off: the
   * target offers the task to its next worker.
   * https://www.twilio.com/docs/taskrouter/task-evaluation
   */
  readonly reservationTimeoutEndsTarget: boolean;
  /** A change of a reserved task's attributes routes the task again, if another rule matches it now. */
  readonly reservedTaskIsRoutedAgain: boolean;
  /** Cancelling the task of an interaction's only open invite makes the channel inactive. */
  readonly cancelledInviteEndsChannel: boolean;
  /** Closing an interaction's channel that is closed is refused. */
  readonly closedChannelRefusesClosing: boolean;
  /** An agent in wrap-up counts as being in the interaction: they cannot accept another task of it (80102). */
  readonly wrappingAgentIsInInteraction: boolean;
  /** An accept of an interaction's task takes effect when the agent is set up; the reservation is on hold until then. */
  readonly acceptWaitsForSetUp: boolean;
  /** Pushes to browsers arrive after the reply to the request that caused them. */
  readonly pushesFollowReplies: boolean;
  /** Feature flags of the account, which Flex UI reads. */
  readonly removeParticipantOnTaskCompletion: boolean;
  /** The tasks of agents who leave a chat for later move to wrap-up. Off: they are completed. */
  readonly wrapupTaskOnLeaveAndPause: boolean;
  readonly flexMultiTabSupport: boolean;
}

export type QuirkName = keyof Quirks;

/** What is likelier. */
export const DEFAULT_QUIRKS: Quirks = {
  targetTimeoutCancelsOffer: false,
  reservationTimeoutEndsTarget: false,
  reservedTaskIsRoutedAgain: false,
  cancelledInviteEndsChannel: false,
  closedChannelRefusesClosing: false,
  wrappingAgentIsInInteraction: true,
  acceptWaitsForSetUp: false,
  pushesFollowReplies: false,
  removeParticipantOnTaskCompletion: false,
  wrapupTaskOnLeaveAndPause: false,
  flexMultiTabSupport: false,
};

export const QUIRK_NAMES = Object.keys(DEFAULT_QUIRKS).filter(isQuirkName);

function isQuirkName(name: string): name is QuirkName {
  return name in DEFAULT_QUIRKS;
}

/** Parses the members of a JSON body. Throws 400/20001 for an unknown name and for a value that is not true or false. */
export function parseQuirks(body: Readonly<Record<string, unknown>>): Partial<Quirks> {
  const quirks: Partial<Record<QuirkName, boolean>> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!isQuirkName(name)) throw badRequest(`${name} is not a quirk. Quirks: ${QUIRK_NAMES.join(', ')}`);
    if (typeof value !== 'boolean') throw badRequest(`${name} must be true or false`);
    quirks[name] = value;
  }
  return quirks;
}

/** Quirks that are feature flags of Flex UI, with the names of the flags. */
const FEATURE_FLAGS: ReadonlyArray<readonly [QuirkName, string]> = [
  ['removeParticipantOnTaskCompletion', 'remove-participant-on-task-completion'],
  ['wrapupTaskOnLeaveAndPause', 'wrapup-task-on-leave-and-pause'],
  ['flexMultiTabSupport', 'flex-multi-tab-support'],
];

/** The feature flags that are on. */
export function listFeatureFlags(quirks: Quirks): string[] {
  return FEATURE_FLAGS.flatMap(([name, flag]) => (quirks[name] ? [flag] : []));
}
