/**
 * Finds other plugins that transfer chats. Beside one of them, a chat has two transfer buttons, and the actions of one
 * plugin take the requests of the other. Neither knows the other's transfers.
 */
import type { ServiceConfiguration } from './settings';
import { valueAt } from './value-at';

/**
 * Plugins of Twilio's Plugin Library, by name:
 * https://github.com/twilio/flex-plugin-library-chat-transfer, https://github.com/twilio/flex-plugin-library-chat-transfer-cold
 */
const LIBRARY_PLUGINS: ReadonlySet<unknown> = new Set([
  'flex-plugin-library-chat-transfer',
  'flex-plugin-library-chat-transfer-cold',
]);

/**
 * Features of Twilio's reference template, which is one plugin for all of them. They are on under
 * `ui_attributes.custom_data.features`: https://github.com/twilio-professional-services/flex-project-template
 */
const TEMPLATE_FEATURES = ['conversation_transfer', 'chat_transfer'] as const;

/**
 * Returns a message for each other plugin: what it is, and what to do.
 * @param plugins that Flex loads for this page; of unknown shape, because Flex does not document the list
 */
export function findOtherTransfers(
  { ui_attributes }: ServiceConfiguration,
  plugins: unknown,
): readonly string[] {
  const names = Array.isArray(plugins) ? plugins.map((plugin) => valueAt(plugin, 'name')) : [];
  const library = names
    .filter((name) => LIBRARY_PLUGINS.has(name))
    .map((name) => `the plugin "${name}" of Twilio's Plugin Library. Disable it in the Plugin Library.`);
  const template = TEMPLATE_FEATURES.filter(
    (feature) => valueAt(ui_attributes, 'custom_data', 'features', feature, 'enabled') === true,
  ).map(
    (feature) =>
      `the feature "${feature}" of Twilio's reference template. ` +
      `Set ui_attributes.custom_data.features.${feature}.enabled to false in the Flex configuration.`,
  );
  return [...library, ...template].map(
    (found) => `Chat transfer: another plugin transfers chats too, so transfers can get lost: ${found}`,
  );
}
