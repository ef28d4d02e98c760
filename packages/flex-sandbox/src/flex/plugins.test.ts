import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restClient } from '../rest-client.js';
import { type Sandbox, startSandbox } from '../sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({
    plugins: [{ name: 'from-the-start', url: '/plugins/start.js', version: '1.0.0' }],
  });
});
afterEach(() => sandbox.close());

const flexApi = () => restClient(sandbox.url).flexApi.v1;

/** Fetches the plugins that Flex UI loads. */
async function fetchLivePlugins() {
  const token = sandbox.state().tokens.issueFlexToken({ identity: 'alice' });
  const response = await fetch(`${sandbox.url}/flex.twilio.com/plugins?roles=agent`, {
    headers: { 'x-flex-jwe': token },
  });
  return response.json();
}

describe('the plugins that Flex loads', () => {
  it('come from the options of the sandbox', async () => {
    expect(await fetchLivePlugins()).toMatchObject([
      { name: 'from-the-start', version: '1.0.0', src: '/plugins/start.js', phase: 3 },
    ]);
  });

  it('come from the newest release', async () => {
    await flexApi().plugins.create({ uniqueName: 'mine', friendlyName: 'Mine' });
    const version = await flexApi().plugins('mine').pluginVersions.create({
      versionParam: '0.1.0',
      pluginUrl: 'https://example.com/mine.js',
    });
    const configuration = await flexApi().pluginConfigurations.create({
      name: 'Mine',
      plugins: [{ plugin_version: version.sid, phase: 3 }],
    });
    expect(await fetchLivePlugins()).toMatchObject([{ name: 'from-the-start' }]);

    const release = await flexApi().pluginReleases.create({ configurationId: configuration.sid });
    expect(await fetchLivePlugins()).toMatchObject([
      { name: 'mine', version: '0.1.0', src: 'https://example.com/mine.js' },
    ]);
    expect(await flexApi().pluginReleases('active').fetch()).toMatchObject({ sid: release.sid });
  });

  it('are served only to signed-in Flex users', async () => {
    const url = `${sandbox.url}/flex.twilio.com/plugins`;
    expect((await fetch(url)).status).toBe(401);
    const customer = sandbox.state().tokens.issueChatToken('jane');
    expect((await fetch(url, { headers: { 'x-flex-jwe': customer } })).status).toBe(401);
  });
});

describe('a plugin', () => {
  it('is found by its unique name as well as by its SID', async () => {
    const byName = await flexApi().plugins('from-the-start').fetch();
    expect(await flexApi().plugins(byName.sid).fetch()).toMatchObject({ uniqueName: 'from-the-start' });
  });

  it('can be renamed, and is listed with its versions', async () => {
    const plugin = flexApi().plugins('from-the-start');
    await plugin.update({ friendlyName: 'Renamed' });
    expect(await flexApi().plugins.list()).toMatchObject([{ friendlyName: 'Renamed' }]);
    expect(await plugin.pluginVersions.list()).toMatchObject([{ version: '1.0.0' }]);
  });

  it('cannot be created twice', async () => {
    const duplicate = flexApi().plugins.create({ uniqueName: 'from-the-start' });
    await expect(duplicate).rejects.toMatchObject({ status: 409 });
  });

  it('cannot have the same version twice', async () => {
    const duplicate = flexApi()
      .plugins('from-the-start')
      .pluginVersions.create({ versionParam: '1.0.0', pluginUrl: 'https://example.com/x.js' });
    await expect(duplicate).rejects.toMatchObject({ status: 409 });
  });

  it('has its newest version as `latest`', async () => {
    const plugin = flexApi().plugins('from-the-start');
    await plugin.pluginVersions.create({ versionParam: '1.1.0', pluginUrl: 'https://example.com/x.js' });
    expect(await plugin.pluginVersions('latest').fetch()).toMatchObject({ version: '1.1.0' });
  });

  it('cannot be configured with an unknown version', async () => {
    const configuration = flexApi().pluginConfigurations.create({
      name: 'x',
      plugins: [{ plugin_version: 'FV404' }],
    });
    await expect(configuration).rejects.toMatchObject({ status: 400, code: 20001 });
  });
});

describe('a plugin configuration', () => {
  it('lists its plugins', async () => {
    const [listed] = await flexApi().pluginConfigurations.list();
    const configuration = flexApi().pluginConfigurations(listed?.sid ?? '');
    expect(await configuration.fetch()).toMatchObject({ name: 'Sandbox' });
    expect(await flexApi().pluginReleases.list()).toMatchObject([{ configurationSid: listed?.sid }]);
    const plugins = await configuration.plugins.list();
    expect(plugins).toMatchObject([{ uniqueName: 'from-the-start', version: '1.0.0', phase: 3 }]);
  });
});
