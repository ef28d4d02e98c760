/** Checks of the page before the plugin changes anything in it: Flex's version, and the other plugins. */
import * as Flex from '@twilio/flex-ui';
import { isSupportedFlex, OLDEST_FLEX } from '../flex-version';
import { findOtherTransfers } from '../other-transfers';
import { valueAt } from '../value-at';

/** Returns why the plugin must not start with this version of Flex, for developers. */
export function findVersionProblem(): string | undefined {
  if (isSupportedFlex(Flex.VERSION)) return undefined;
  return `Flex UI ${Flex.VERSION} is too old. Update Flex UI to ${OLDEST_FLEX} or later.`;
}

/** Logs every other plugin that transfers chats. Flex knows the list of plugins before it starts the first one. */
export function warnOfOtherTransfers(manager: Flex.Manager): void {
  const plugins = valueAt(Flex, 'Plugins', 'plugins');
  for (const warning of findOtherTransfers(manager.serviceConfiguration, plugins)) console.warn(warning);
}
