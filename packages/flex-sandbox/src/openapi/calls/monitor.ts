/** One call of every operation of Monitor, and what makes TaskRouter report alerts there. */
import type { Api } from '../recorder.js';
import { first } from '../resource.js';

export async function callMonitor(api: Api, taskRouter: Api, workspaceSid: string): Promise<void> {
  const workspace = `/v1/Workspaces/${workspaceSid}`;
  const queue = first(await taskRouter.list(`${workspace}/TaskQueues`));
  // There is no such worker.
  const target = { queue: queue.sid, known_worker_sid: 'task.agentSid' };
  const filters = [{ filter_friendly_name: 'To the agent', expression: '1==1', targets: [target] }];
  const workflow = await taskRouter.post(`${workspace}/Workflows`, {
    FriendlyName: 'To a known worker',
    Configuration: JSON.stringify({ task_routing: { filters } }),
  });
  const task = { WorkflowSid: workflow.sid, Attributes: '{"agentSid":"WK404"}' };
  await taskRouter.post(`${workspace}/Tasks`, task);
  await taskRouter.post(`${workspace}/Tasks`, task);

  const alert = first(await api.list('/v1/Alerts'));
  await api.get(`/v1/Alerts/${alert.sid}`);
}
