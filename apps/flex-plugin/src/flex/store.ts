/** What the plugin reads in Flex's own store. */
import type { ITask, Manager } from '@twilio/flex-ui';

/** The worker's tasks, in no order. */
export const listTasks = (manager: Manager): ITask[] => [
  ...manager.store.getState().flex.worker.tasks.values(),
];

/** As Flex itself asks: what the page's configuration says counts more than the account's. */
export function isFeatureOn(manager: Manager, feature: string): boolean {
  const { features, localOverrides } = manager.store.getState().flex.featureFlags;
  return localOverrides[feature]?.enabled ?? features[feature]?.enabled ?? false;
}
