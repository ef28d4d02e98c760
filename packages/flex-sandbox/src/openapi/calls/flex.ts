/** One call, or more, of every operation of Flex. */
import type { Api } from '../recorder.js';
import { first } from '../resource.js';

/** SIDs of the seeded account. */
export interface FlexAccount {
  readonly chatServiceSid: string;
  readonly workspaceSid: string;
  readonly workflowSid: string;
  /** A worker who gets the chats. */
  readonly workerSid: string;
  /** An address for webchat. */
  readonly addressSid: string;
}

export async function callFlex(api: Api, taskRouter: Api, account: FlexAccount): Promise<void> {
  await api.get('/v1/Configuration');
  await api.post('/v1/Configuration', { ui_version: '2.17.1' });
  await api.get('/v1/account/provision/status');
  await callFlows(api, account);
  await callInteractions(api, taskRouter, account);
  await callPlugins(api);
  await api.post('/v2/WebChats', {
    AddressSid: account.addressSid,
    CustomerFriendlyName: 'Dana',
    PreEngagementData: '{"topic":"delivery"}',
  });
}

/** Flows, and the legacy chats that they route. */
async function callFlows(api: Api, account: FlexAccount): Promise<void> {
  const flows = '/v1/FlexFlows';
  const { sid } = await api.post(flows, {
    FriendlyName: 'Help',
    ChatServiceSid: account.chatServiceSid,
    ChannelType: 'web',
    ContactIdentity: 'help',
    IntegrationType: 'task',
    'Integration.WorkspaceSid': account.workspaceSid,
    'Integration.WorkflowSid': account.workflowSid,
    'Integration.Channel': 'chat',
    'Integration.Timeout': '3600',
    'Integration.Priority': '1',
  });
  await api.list(flows);
  await api.get(flows, { FriendlyName: 'Help' });
  await api.get(`${flows}/${sid}`);
  await api.post(`${flows}/${sid}`, { Enabled: 'true', LongLived: 'true', JanitorEnabled: 'false' });

  const channels = '/v1/Channels';
  const createChannel = (identity: string) =>
    api.post(channels, {
      FlexFlowSid: sid,
      Identity: identity,
      ChatUserFriendlyName: 'Dana',
      ChatFriendlyName: 'Webchat',
      ChatUniqueName: `webchat of ${identity}`,
      TaskAttributes: '{"topic":"delivery"}',
      PreEngagementData: '{"topic":"delivery"}',
    });
  const channel = await createChannel('dana-1');
  await createChannel('dana-2');
  await api.list(channels);
  await api.get(`${channels}/${channel.sid}`);
  await api.post(`/v1/WebChannels/${channel.sid}`, {
    ChatStatus: 'inactive',
    PostEngagementData: '{"rating":5}',
  });
  await api.delete(`${channels}/${channel.sid}`);
  await api.delete(`${flows}/${sid}`);
}

async function callInteractions(api: Api, taskRouter: Api, account: FlexAccount): Promise<void> {
  const routing = JSON.stringify({
    properties: {
      workspace_sid: account.workspaceSid,
      workflow_sid: account.workflowSid,
      task_channel_unique_name: 'chat',
      attributes: { customerName: 'Dana' },
    },
  });
  const interaction = await api.post('/v1/Interactions', {
    Channel: JSON.stringify({
      type: 'web',
      initiated_by: 'customer',
      participants: [{ identity: 'dana-3' }],
    }),
    Routing: routing,
  });
  await api.get(`/v1/Interactions/${interaction.sid}`);

  const channels = `/v1/Interactions/${interaction.sid}/Channels`;
  const channel = first(await api.list(channels));
  await api.get(`${channels}/${channel.sid}`);
  await api.post(`${channels}/${channel.sid}/Invites`, { Routing: routing });
  await api.list(`${channels}/${channel.sid}/Invites`);

  const participants = `${channels}/${channel.sid}/Participants`;
  await api.post(participants, { Type: 'supervisor', MediaProperties: '{"identity":"carol"}' });
  const reservations = `/v1/Workspaces/${account.workspaceSid}/Workers/${account.workerSid}/Reservations`;
  for (const { sid } of await taskRouter.list(reservations, { ReservationStatus: 'pending' })) {
    await taskRouter.post(`${reservations}/${sid}`, { ReservationStatus: 'accepted' });
  }
  const agents = (await api.list(participants)).filter((participant) => participant.text('type') === 'agent');
  const agent = first(agents);
  await api.post(`${participants}/${agent.sid}`, { Status: 'closed' });
  await api.post(`${channels}/${channel.sid}`, { Status: 'closed' });
}

async function callPlugins(api: Api): Promise<void> {
  const service = '/v1/PluginService';
  const plugins = `${service}/Plugins`;
  const { sid } = await api.post(plugins, {
    UniqueName: 'hello',
    FriendlyName: 'Hello',
    Description: 'Says hello',
  });
  await api.post(plugins, { UniqueName: 'bye' });
  await api.list(plugins);
  await api.get(`${plugins}/${sid}`);
  await api.post(`${plugins}/${sid}`, { FriendlyName: 'Hello!' });

  const versions = `${plugins}/${sid}/Versions`;
  const version = await api.post(versions, {
    Version: '1.0.0',
    PluginUrl: 'https://example.com/hello.js',
    Changelog: 'First version',
    Private: 'true',
  });
  await api.post(versions, { Version: '1.1.0', PluginUrl: 'https://example.com/hello-2.js' });
  await api.list(versions);
  await api.get(`${versions}/${version.sid}`);

  const configurations = `${service}/Configurations`;
  const configuration = await api.post(configurations, {
    Name: 'First',
    Description: 'Everything',
    Plugins: [JSON.stringify({ plugin_version: version.sid, phase: 3 })],
  });
  await api.post(configurations, { Name: 'Empty' });
  await api.list(configurations);
  await api.get(`${configurations}/${configuration.sid}`);
  await api.list(`${configurations}/${configuration.sid}/Plugins`);

  const releases = `${service}/Releases`;
  const release = await api.post(releases, { ConfigurationId: configuration.sid });
  await api.post(releases, { ConfigurationId: configuration.sid });
  await api.list(releases);
  await api.get(`${releases}/${release.sid}`);
}
