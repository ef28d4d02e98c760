/**
 * What the plugin reads of Flex beside its public API. A version of Flex may lack any of it. Then the plugin does without,
 * and the console says once what does not work.
 */
import { valueAt } from './value-at';

const SHOWS_NATIVE_TRANSFERS =
  'Flex may show its native transfers beside those of this plugin. Disable them for the account.';

/** The parts, and what does not work without them. */
const DEGRADED = {
  'flex.worker.tasks in its store':
    'Leaving a chat from the menu beside End, returned chats and notifications do not work.',
  'flex.chat.conversations in its store':
    'A notice that arrived twice is shown twice, and texting agents see none.',
  'flex.view in its store': 'Agents are notified about a chat that they are looking at.',
  'flex.featureFlags in its store':
    'Leaving a chat from the menu beside End never moves the task to wrap-up.',
  'flex.featureFlags.transfersConfig in its store': SHOWS_NATIVE_TRANSFERS,
  'the action TRANSFERS_CONFIG_UPDATE of its store': SHOWS_NATIVE_TRANSFERS,
  'ConversationState.Actions.initWithConversationSid':
    'A returned chat shows no messages until the agent reloads Flex.',
  'the notification DuplicateAgentInSameConversationError':
    'A notification may cover the button that accepts a returned chat.',
  'templates of TaskChannels.getRegistered()': 'Offered chats do not show who transfers them.',
  'the removal of a conversation right after taskCompleted':
    'A returned chat shows its messages a few seconds late.',
} as const;

export type FlexPart = keyof typeof DEGRADED;
export type ReportMissing = (part: FlexPart) => void;

/** Returns a function that logs a missing part, once for each part. */
export function createMissingReport(log: (message: string) => void): ReportMissing {
  const reported = new Set<FlexPart>();
  return (part) => {
    if (reported.has(part)) return;
    reported.add(part);
    log(`Chat transfer: this version of Flex lacks ${part}. ${DEGRADED[part]}`);
  };
}

/** The worker's tasks, in no particular order. `state` is that of Flex's store. */
export function readTasks(state: unknown, reportMissing: ReportMissing): readonly unknown[] {
  const tasks = valueAt(state, 'flex', 'worker', 'tasks');
  if (tasks instanceof Map) return [...tasks.values()];
  reportMissing('flex.worker.tasks in its store');
  return [];
}

/** `undefined` for a conversation that the page has not loaded. */
export function readConversation(state: unknown, sid: string, reportMissing: ReportMissing): unknown {
  const conversations = valueAt(state, 'flex', 'chat', 'conversations');
  if (conversations === undefined) reportMissing('flex.chat.conversations in its store');
  return valueAt(conversations, sid);
}

export interface FlexView {
  readonly activeView: string | undefined;
  /** A reservation's SID. */
  readonly selectedTaskSid: string | undefined;
}

export function readView(state: unknown, reportMissing: ReportMissing): FlexView {
  const view = valueAt(state, 'flex', 'view');
  if (view === undefined) reportMissing('flex.view in its store');
  const textAt = (key: string) => {
    const value = valueAt(view, key);
    return typeof value === 'string' ? value : undefined;
  };
  return { activeView: textAt('activeView'), selectedTaskSid: textAt('selectedTaskSid') };
}

/** Whether a feature is on. As in Flex, the page's configuration overrides the account's. */
export function readFeature(state: unknown, id: string, reportMissing: ReportMissing): boolean {
  const flags = valueAt(state, 'flex', 'featureFlags');
  const [features, overrides] = [valueAt(flags, 'features'), valueAt(flags, 'localOverrides')];
  if (features === undefined || overrides === undefined) reportMissing('flex.featureFlags in its store');
  return (valueAt(overrides, id, 'enabled') ?? valueAt(features, id, 'enabled')) === true;
}

/** The account's settings of Flex's native transfers: the object in the store. */
export function readTransfersConfig(state: unknown, reportMissing: ReportMissing): object | undefined {
  const config = valueAt(state, 'flex', 'featureFlags', 'transfersConfig');
  if (typeof config === 'object' && config !== null) return config;
  reportMissing('flex.featureFlags.transfersConfig in its store');
  return undefined;
}
