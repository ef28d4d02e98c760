/** Publishes TaskRouter's statistics to Flex's Queues view, which reads them from Sync maps. */
import type { SandboxState } from '../sandbox-state.js';
import type { Sync } from '../sync/sync.js';
import type { TaskRouter } from '../task-router/task-router.js';

interface QueuesViewDependencies {
  readonly sandbox: SandboxState;
  readonly taskRouter: TaskRouter;
  readonly sync: Sync;
}

export function addQueuesView({ sandbox, taskRouter, sync }: QueuesViewDependencies): void {
  sync.addComputedMaps((uniqueName) => taskRouter.readQueuesViewMap(uniqueName));
  let isScheduled = false;
  taskRouter.onEvent(() => {
    if (isScheduled) return;
    isScheduled = true;
    // One refresh for all events of an operation, with its final state.
    sandbox.clock.after(0, () => {
      isScheduled = false;
      sync.refreshComputedMaps();
    });
  });
}
