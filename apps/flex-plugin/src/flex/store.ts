/** Reads Flex's store. */
import type { ITask, Manager } from '@twilio/flex-ui';

/** The worker's tasks, in no particular order. */
export const listTasks = (manager: Manager): ITask[] => [
  ...manager.store.getState().flex.worker.tasks.values(),
];

/** Reads a feature flag as Flex does: the page's configuration overrides the account's. */
export function isFeatureOn(manager: Manager, feature: string): boolean {
  const { features, localOverrides } = manager.store.getState().flex.featureFlags;
  return localOverrides[feature]?.enabled ?? features[feature]?.enabled ?? false;
}
