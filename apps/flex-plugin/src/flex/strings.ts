/** Our texts among Flex's. */
import type { Manager } from '@twilio/flex-ui';
import { EN, type StringKey } from '../strings/en';

/** Adds every text that nobody has set yet; an admin's or another plugin's wins. */
export function addStrings(manager: Manager): void {
  manager.strings = { ...EN, ...manager.strings };
}

/** A text without placeholders, as it is at the moment. */
export function readString(manager: Manager, key: StringKey): string {
  const text: unknown = Reflect.get(manager.strings, key);
  return typeof text === 'string' ? text : EN[key];
}
