import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restClient } from '../rest-client.js';
import { type Sandbox, startSandbox } from '../sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ flexConfiguration: { runtime_domain: 'https://mine.twil.io' } });
});
afterEach(() => sandbox.close());

const configuration = () => restClient(sandbox.url).flexApi.v1.configuration();

describe('the Flex Configuration', () => {
  it('names the workspace, the workflow and the chat service of the account', async () => {
    const { workspaces } = restClient(sandbox.url).taskrouter.v1;
    const [workspace] = await workspaces.list();
    const [workflow] = await workspaces(workspace?.sid ?? '').workflows.list();
    expect(await configuration().fetch()).toMatchObject({
      accountSid: sandbox.account.accountSid,
      taskrouterWorkspaceSid: workspace?.sid,
      taskrouterTargetWorkflowSid: workflow?.sid,
      chatServiceInstanceSid: sandbox.account.chatServiceSid,
    });
  });

  it('has the members that Flex UI needs to start', async () => {
    const { uiAttributes, dateCreated, dateUpdated } = await configuration().fetch();
    expect(uiAttributes).toMatchObject({ version_compatibility: 'yes' });
    expect(dateCreated).toBeInstanceOf(Date);
    expect(dateUpdated).toBeInstanceOf(Date);
  });

  it('allows the attachments that Flex allows by default', async () => {
    const { channelConfigs } = await configuration().fetch();
    expect(channelConfigs).toContainEqual({
      address_type: 'web',
      cbm_attachments: {
        enabled: true,
        number_of_attachments: 1,
        max_file_size: 16_777_216,
        max_total_file_size: 67_108_864,
        accepted_extensions: expect.arrayContaining(['png', 'pdf', 'txt']),
      },
    });
  });

  it('starts with the members in the options of the sandbox', async () => {
    expect(await configuration().fetch()).toMatchObject({ runtimeDomain: 'https://mine.twil.io' });
  });

  it('replaces only the members that an update names', async () => {
    await configuration().update({ ui_attributes: { functions_url: 'http://127.0.0.1:4020' } });
    const { uiAttributes, runtimeDomain } = await configuration().fetch();
    expect(uiAttributes).toEqual({ functions_url: 'http://127.0.0.1:4020' });
    expect(runtimeDomain).toBe('https://mine.twil.io');
  });

  it('keeps its account SID when an update names another one', async () => {
    await configuration().update({ account_sid: 'ACother' });
    expect(await configuration().fetch()).toMatchObject({ accountSid: sandbox.account.accountSid });
  });

  it('can be written only by the account, and read by Flex users but not by customers', async () => {
    const { tokens } = sandbox.state();
    const withToken = (token: string) => ({ authorization: `Basic ${btoa(`token:${token}`)}` });
    const headers = withToken(tokens.issueFlexToken({ identity: 'alice' }));
    const customerHeaders = withToken(tokens.issueChatToken('jane'));
    const url = `${sandbox.url}/flex-api.twilio.com/v1/Configuration`;
    expect((await fetch(url, { headers })).status).toBe(200);
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(401);
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: customerHeaders })).status).toBe(401);
  });
});

describe('the features of Flex', () => {
  it('include warm transfers', async () => {
    const { features } = await (await fetch(`${sandbox.url}/flex.twilio.com/api/v1/Session`)).json();
    expect(features).toContainEqual(expect.objectContaining({ id: 'flex-warm-transfers', enabled: true }));
  });

  it('are off unless they are listed', async () => {
    const response = await fetch(`${sandbox.url}/flex.twilio.com/api/v1/Features/new-transfer-experience`);
    expect(await response.json()).toEqual({ enabled: false });
  });
});
