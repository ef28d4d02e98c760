/** Which of Flex's features an account has switched on. */
import type { Manager } from '@twilio/flex-ui';

/** As Flex itself asks: what the page's configuration says counts more than the account's. */
export function isFeatureOn(manager: Manager, feature: string): boolean {
  const { features, localOverrides } = manager.store.getState().flex.featureFlags;
  return localOverrides[feature]?.enabled ?? features[feature]?.enabled ?? false;
}
