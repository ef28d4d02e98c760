/** Reads another worker's activity where Flex's directory does: Sync's index of workers. */
import type { WorkerSid } from '@chat-transfer/transfer-core';
import type { Manager } from '@twilio/flex-ui';
import { parseUnavailableActivity } from '../missed-chat';
import { valueAt } from '../value-at';

/** The name of the worker's activity; `undefined` if they are available, or if Sync does not say. */
export async function findUnavailableActivity(
  manager: Manager,
  workerSid: WorkerSid,
): Promise<string | undefined> {
  try {
    const query = await manager.insightsClient.instantQuery('tr-worker');
    const found = new Promise<unknown>((resolve) => {
      query.once('searchResult', resolve);
    });
    await query.search(`data.worker_sid == "${workerSid}"`);
    return parseUnavailableActivity(valueAt(await found, workerSid));
  } catch (cause) {
    // The agent still reads the notice that there was no answer.
    console.warn('Failed to read the activity of the target: Sync refused the query.', cause);
    return undefined;
  }
}
