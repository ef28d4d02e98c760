/** Opens and closes Flex's directory, where an agent chooses the target of a transfer. */
import { Actions, type ITask } from '@twilio/flex-ui';

export async function openDirectory(task: ITask): Promise<void> {
  await Actions.invokeAction('ShowDirectory', { task });
}

export async function closeDirectory(): Promise<void> {
  await Actions.invokeAction('HideDirectory');
}
