/**
 * Sets up the sandbox's account for chat transfer, with the same REST APIs and helper library as for a real account.
 */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { buildTransferWorkflow, parseQueueSid, TASK_ROUTER_EVENTS } from '@chat-transfer/transfer-core';

/** Settings of the functions. */
export interface FunctionSettings {
  /** The environment: name → value. */
  readonly environment: Readonly<Record<string, string>>;
  /** The settings document, `chat-transfer.json`. */
  readonly document: Readonly<Record<string, unknown>>;
}

async function fetchWorkspaceSid(client: ReturnType<typeof restClient>): Promise<string> {
  const [workspace] = await client.taskrouter.v1.workspaces.list({ limit: 1 });
  if (workspace === undefined) throw new Error('Failed to set up the account: it has no workspace.');
  return workspace.sid;
}

/** Creates the workflow that routes transfers. Returns the functions' settings for this account. */
export async function createTransferWorkflow(sandboxUrl: string): Promise<FunctionSettings> {
  const client = restClient(sandboxUrl);
  const workspaceSid = await fetchWorkspaceSid(client);
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);
  const [flexFlow] = await client.flexApi.v1.flexFlow.list({ limit: 1 });
  if (flexFlow === undefined) throw new Error('Failed to set up the account: it has no Flex Flow.');
  const [address] = await client.conversations.v1.addressConfigurations.list({ type: 'chat', limit: 1 });
  if (address === undefined) throw new Error('Failed to set up the account: it has no address for webchat.');
  const queues = (await workspace.taskQueues.list()).flatMap(({ sid, friendlyName: name }) => {
    const queueSid = parseQueueSid(sid);
    return queueSid === undefined ? [] : [{ sid: queueSid, name }];
  });
  const everyone = queues.find(({ name }) => name === 'Everyone');
  if (everyone === undefined) throw new Error('Failed to set up the account: it has no queue "Everyone".');

  const [workflow, ledgerService] = await Promise.all([
    workspace.workflows.create(buildTransferWorkflow(queues, { everyoneQueueSid: everyone.sid })),
    // Every Flex token opens the account's default Sync service, so the ledgers have their own.
    client.sync.v1.services.create({ friendlyName: 'Chat Transfer', aclEnabled: true }),
  ]);
  const labels = queues.filter((queue) => queue !== everyone).map(({ sid, name }) => [sid, name]);
  const environment = {
    TWILIO_WORKSPACE_SID: workspaceSid,
    TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: workflow.sid,
    TWILIO_FLEX_FLOW_SID: flexFlow.sid,
    TWILIO_WEBCHAT_ADDRESS_SID: address.sid,
    TWILIO_CHAT_SERVICE_SID: SANDBOX_ACCOUNT.chatServiceSid,
    TWILIO_SYNC_SERVICE_SID: ledgerService.sid,
    TWILIO_API_BASE_URL: sandboxUrl,
  };
  return { environment, document: { queue_labels: Object.fromEntries(labels) } };
}

export interface Connection {
  readonly functionsUrl: string;
  readonly plugin: { readonly name: string; readonly url: string };
}

/** Gives the functions' URL to TaskRouter for its events and to the plugin, and releases the plugin. */
export async function connectAccount(
  sandboxUrl: string,
  { functionsUrl, plugin }: Connection,
): Promise<void> {
  const client = restClient(sandboxUrl);
  await client.taskrouter.v1.workspaces(await fetchWorkspaceSid(client)).update({
    eventCallbackUrl: `${functionsUrl}/task-router/events`,
    eventsFilter: TASK_ROUTER_EVENTS.join(','),
  });

  const configuration = await client.flexApi.v1.configuration().fetch();
  await client.flexApi.v1.configuration().update({
    account_sid: SANDBOX_ACCOUNT.accountSid,
    ui_attributes: { ...configuration.uiAttributes, chat_transfer: { functions_url: functionsUrl } },
  });

  const { plugins, pluginConfigurations, pluginReleases } = client.flexApi.v1;
  await plugins.create({ uniqueName: plugin.name, friendlyName: 'Chat transfer' });
  const version = await plugins(plugin.name).pluginVersions.create({
    versionParam: '0.1.0',
    pluginUrl: plugin.url,
  });
  const released = await pluginConfigurations.create({
    name: 'Chat transfer',
    plugins: [{ plugin_version: version.sid, phase: 3 }],
  });
  await pluginReleases.create({ configurationId: released.sid });
}
