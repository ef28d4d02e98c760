/** Which effects may run in parallel, and in which order the others run. */
import type { Backend } from '../conversation';
import type { Effect } from '../effects';
import type { Outbox } from './entry';

/**
 * Effects of one lane run one after the other. Effects of different lanes run in parallel, except that `transfer-task` runs
 * before all lanes that release an agent.
 */
export type Lane = 'transfer-task' | 'withdrawal' | 'notices' | 'reservation' | 'agent' | 'conversation';

export function laneOf(effect: Effect, backend: Backend): Lane {
  switch (effect.kind) {
    case 'create-transfer-task':
    case 'recall-transfer':
      return 'transfer-task';
    case 'withdraw-transfer-task':
      return 'withdrawal';
    case 'post-notice':
      return 'notices';
    case 'wrap-reservation':
      // An agent's page handles wrap-up and removal in any order, so they may run in parallel.
      return 'reservation';
    case 'add-participant':
    // The removal runs before the completion, which takes the chat's SID from the task. An agent's page must not lose
    // that SID while it shows the agent in the chat.
    case 'remove-participant':
    case 'complete-task':
    case 'cancel-task':
    case 'redirect-task':
      return 'agent';
    case 'update-conversation':
      // A closed conversation of Flex Conversations accepts no message, so its notices are posted before the update.
      return backend === 'conversations' ? 'notices' : 'conversation';
  }
}

/**
 * The lane of an effect in its outbox. The end of a chat comes after its notices on both backends: on Programmable Chat, the
 * customer is removed and gets no message after that.
 */
export function laneIn(
  { outbox, backend }: { readonly outbox: Outbox; readonly backend: Backend },
  effect: Effect,
): Lane {
  const isEnd = effect.kind === 'update-conversation' && outbox.some((entry) => isEndNotice(entry.effect));
  return isEnd ? 'notices' : laneOf(effect, backend);
}

const isEndNotice = (effect: Effect): boolean =>
  effect.kind === 'post-notice' && effect.notice.kind === 'chat-ended';

/** Whether an effect may run in parallel with the lane `transfer-task`: it is correct even if no task is created. */
export function isIndependentOfTransferTask(effect: Effect): boolean {
  return (
    effect.kind === 'post-notice' &&
    (effect.notice.kind === 'agent-joined' || effect.notice.kind === 'transfer-started')
  );
}

/** Whether the effect tells everyone that the chat has ended, or closes it. It cannot be undone. */
export function endsChat(effect: Effect): boolean {
  return effect.kind === 'update-conversation' || isEndNotice(effect);
}

/** Closing comes after every notice. */
export const runsLast = ({ kind }: Effect): boolean => kind === 'update-conversation';
