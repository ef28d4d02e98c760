/** Adds the plugin's texts to Flex's strings, and reads them there. */
import type { Manager } from '@twilio/flex-ui';
import { EN, type StringKey } from '../strings/en';

/** Keeps every text that an admin or another plugin has set. */
export function addStrings(manager: Manager): void {
  manager.strings = { ...EN, ...manager.strings };
}

/** Returns the current text. It must have no placeholders. */
export function readString(manager: Manager, key: StringKey): string {
  const text: unknown = Reflect.get(manager.strings, key);
  return typeof text === 'string' ? text : EN[key];
}
