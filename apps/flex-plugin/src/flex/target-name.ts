/** What the agent knows a target by: the name that Flex's directory shows. */
import type { TransferTarget } from '@chat-transfer/transfer-core';
import type { Manager } from '@twilio/flex-ui';
import { readString } from './strings';

/** The transfer is on its way meanwhile; its notification must not wait for a name that does not come. */
const LONGEST_WAIT_MS = 1_000;

/** Never fails: without a name, it is just "the agent" or "the queue". */
export async function nameTarget(manager: Manager, target: TransferTarget): Promise<string> {
  const nameless = readString(
    manager,
    target.kind === 'worker' ? 'ChatTransferAnAgent' : 'ChatTransferAQueue',
  );
  try {
    const tooLate = new Promise<undefined>((resolve) => setTimeout(resolve, LONGEST_WAIT_MS));
    return (await Promise.race([fetchName(manager, target), tooLate])) || nameless;
  } catch {
    // The transfer has started all the same; its notice in the chat has the name.
    return nameless;
  }
}

async function fetchName({ workspaceClient }: Manager, target: TransferTarget): Promise<string | undefined> {
  if (target.kind === 'queue') return (await workspaceClient?.fetchTaskQueue(target.queueSid))?.name;
  const worker = await workspaceClient?.fetchWorker(target.workerSid);
  const fullName: unknown = worker && Reflect.get(Object(worker.attributes), 'full_name');
  return typeof fullName === 'string' ? fullName : worker?.name;
}
