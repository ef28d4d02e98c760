/** Flex's directory of agents and queues. */
import { Actions } from '@twilio/flex-ui';

export async function openDirectory(): Promise<void> {
  await Actions.invokeAction('ShowDirectory');
}

export async function closeDirectory(): Promise<void> {
  await Actions.invokeAction('HideDirectory');
}
