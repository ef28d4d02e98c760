/** Reads Flex's store, and says once if a part of it is missing. */
import type { ConversationState, ITask, Manager } from '@twilio/flex-ui';
import {
  createMissingReport,
  type FlexView,
  readConversation,
  readFeature,
  readTasks,
  readView,
} from '../flex-internals';

/** One for the whole plugin, so that each part is reported once. */
export const reportMissing = createMissingReport((message) => console.warn(message));

/** The worker's tasks, in no particular order. */
export const listTasks = (manager: Manager): readonly ITask[] => listTasksIn(manager.store.getState());

/** The same for a selector. The store holds tasks as Flex passes them to components. */
export const listTasksIn = (state: unknown): readonly ITask[] => readTasks(state, reportMissing) as ITask[];

type Conversation = ConversationState.ConversationState;

/** `undefined` for a conversation that the page has not loaded. */
export const findConversation = (state: unknown, sid: string): Conversation | undefined =>
  readConversation(state, sid, reportMissing) as Conversation | undefined;

export const findView = (manager: Manager): FlexView => readView(manager.store.getState(), reportMissing);

/** Reads a feature flag as Flex does: the page's configuration overrides the account's. */
export const isFeatureOn = (manager: Manager, feature: string): boolean =>
  readFeature(manager.store.getState(), feature, reportMissing);
