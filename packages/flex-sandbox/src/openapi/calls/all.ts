/** Calls every operation of every product on a new sandbox. */
import type { SandboxState } from '../../sandbox-state.js';
import type { Recorder } from '../recorder.js';
import { first } from '../resource.js';
import { callChat } from './chat.js';
import { callConversations } from './conversations.js';
import { callFlex } from './flex.js';
import { callMonitor } from './monitor.js';
import { callSync } from './sync.js';
import { callTaskRouter } from './task-router.js';

export async function callAll(
  recorder: Recorder,
  { account: { chatServiceSid } }: SandboxState,
): Promise<void> {
  const taskRouter = recorder.api('taskrouter');
  const conversations = recorder.api('conversations');

  const workspace = first(await taskRouter.list('/v1/Workspaces'));
  const workflow = first(await taskRouter.list(`/v1/Workspaces/${workspace.sid}/Workflows`));
  const worker = first(await taskRouter.list(`/v1/Workspaces/${workspace.sid}/Workers`));
  const address = first(await conversations.list('/v1/Configuration/Addresses', { Type: 'chat' }));

  await callTaskRouter(taskRouter);
  await callChat(recorder.api('chat'), chatServiceSid);
  await callConversations(conversations, chatServiceSid);
  await callSync(recorder.api('sync'));
  await callMonitor(recorder.api('monitor'), taskRouter, workspace.sid);
  await callFlex(recorder.api('flex-api'), taskRouter, {
    chatServiceSid,
    workspaceSid: workspace.sid,
    workflowSid: workflow.sid,
    workerSid: worker.sid,
    addressSid: address.sid,
  });
}
