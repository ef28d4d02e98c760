/**
 * The Flex Plugins API over HTTP, and the list of live plugins that Flex UI loads when it starts.
 * https://www.twilio.com/docs/flex/developer/plugins/api
 */
import { unauthorized } from '../api-error.js';
import { isoSeconds } from '../clock.js';
import { forAccount, isFlexUser } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { flag, type Handler, type Method, requireText, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import {
  type ConfiguredPlugin,
  createPluginRegistry,
  DEFAULT_PHASE,
  type Plugin,
  type PluginConfiguration,
  type PluginRelease,
  type PluginVersion,
} from './plugin-registry.js';

/** A plugin that is live when the sandbox starts. `url` may be a path of the sandbox. */
export interface ReleasedPlugin {
  readonly name: string;
  readonly url: string;
  readonly version?: string;
}

const BASE = 'https://flex-api.twilio.com/v1/PluginService';

/** Adds the Plugins API and releases these plugins. */
export function addPlugins(sandbox: SandboxState, releasedPlugins: readonly ReleasedPlugin[] = []): void {
  const { accountSid } = sandbox.account;
  const registry = createPluginRegistry(sandbox.sids, sandbox.clock.nowMs);

  const on = (method: Method, template: string, handler: Handler) =>
    sandbox.router.on(method, 'flex-api', `/v1/PluginService${template}`, forAccount(handler));

  on('GET', '/Plugins', (request) => buildPage(request, 'plugins', registry.plugins, pluginView));
  on('POST', '/Plugins', ({ body }) => {
    const uniqueName = requireText(body, 'UniqueName');
    const friendlyName = text(body, 'FriendlyName') ?? uniqueName;
    const description = text(body, 'Description') ?? '';
    return {
      status: 201,
      body: pluginView(registry.createPlugin({ uniqueName, friendlyName, description })),
    };
  });
  on('GET', '/Plugins/:plugin', ({ segments }) => ({
    body: pluginView(registry.findPlugin(segments.plugin)),
  }));
  on('POST', '/Plugins/:plugin', ({ segments, body }) => {
    const plugin = registry.findPlugin(segments.plugin);
    plugin.friendlyName = text(body, 'FriendlyName') ?? plugin.friendlyName;
    plugin.description = text(body, 'Description') ?? plugin.description;
    return { body: pluginView(plugin) };
  });

  on('GET', '/Plugins/:plugin/Versions', (request) => {
    const { versions } = registry.findPlugin(request.segments.plugin);
    return buildPage(request, 'plugin_versions', versions.toReversed(), versionView);
  });
  on('POST', '/Plugins/:plugin/Versions', ({ segments, body }) => {
    const version = registry.createVersion(registry.findPlugin(segments.plugin), {
      version: requireText(body, 'Version'),
      url: requireText(body, 'PluginUrl'),
      changelog: text(body, 'Changelog') ?? '',
      isPrivate: flag(body, 'Private') ?? false,
    });
    return { status: 201, body: versionView(version) };
  });
  on('GET', '/Plugins/:plugin/Versions/:version', ({ segments }) => {
    const plugin = registry.findPlugin(segments.plugin);
    return { body: versionView(registry.findVersion(plugin, segments.version)) };
  });

  on('GET', '/Configurations', (request) =>
    buildPage(request, 'configurations', registry.configurations.toReversed(), configurationView),
  );
  on('POST', '/Configurations', ({ body }) => {
    const configuredPlugins = [body.Plugins ?? []].flat().map(registry.parseConfiguredPlugin);
    const description = text(body, 'Description') ?? '';
    const configuration = registry.createConfiguration(
      requireText(body, 'Name'),
      description,
      configuredPlugins,
    );
    return { status: 201, body: configurationView(configuration) };
  });
  on('GET', '/Configurations/:configuration', ({ segments }) => ({
    body: configurationView(registry.findConfiguration(segments.configuration)),
  }));
  on('GET', '/Configurations/:configuration/Plugins', (request) => {
    const configuration = registry.findConfiguration(request.segments.configuration);
    return buildPage(request, 'plugins', configuration.plugins, (plugin) =>
      configuredView(configuration, plugin),
    );
  });

  on('GET', '/Releases', (request) =>
    buildPage(request, 'releases', registry.releases.toReversed(), releaseView),
  );
  on('POST', '/Releases', ({ body }) => {
    const configuration = registry.findConfiguration(requireText(body, 'ConfigurationId'));
    return { status: 201, body: releaseView(registry.createRelease(configuration)) };
  });
  on('GET', '/Releases/:release', ({ segments }) => ({
    body: releaseView(registry.findRelease(segments.release)),
  }));

  sandbox.router.on('GET', 'flex', '/plugins', ({ caller }) => {
    if (!isFlexUser(sandbox, caller)) throw unauthorized();
    const livePlugins = registry.releases.at(-1)?.configuration.plugins ?? [];
    return { body: livePlugins.map(livePluginView) };
  });

  if (releasedPlugins.length > 0) {
    const configuredPlugins = releasedPlugins.map(({ name, url, version = '0.0.0' }) => ({
      version: registry.createVersion(registry.createPlugin({ uniqueName: name }), { version, url }),
      phase: DEFAULT_PHASE,
    }));
    registry.createRelease(registry.createConfiguration('Sandbox', '', configuredPlugins));
  }

  function pluginView({ sid, uniqueName, friendlyName, description, createdAtMs }: Plugin) {
    const url = `${BASE}/Plugins/${sid}`;
    return {
      ...common(sid, createdAtMs, url),
      unique_name: uniqueName,
      friendly_name: friendlyName,
      description,
      archived: false,
      date_updated: isoSeconds(createdAtMs),
      links: { plugin_versions: `${url}/Versions` },
    };
  }

  function versionView({ sid, plugin, version, url, changelog, isPrivate, createdAtMs }: PluginVersion) {
    return {
      ...common(sid, createdAtMs, `${BASE}/Plugins/${plugin.sid}/Versions/${sid}`),
      plugin_sid: plugin.sid,
      version,
      plugin_url: url,
      changelog,
      private: isPrivate,
      validated: true,
      archived: false,
    };
  }

  function configurationView({ sid, name, description, createdAtMs }: PluginConfiguration) {
    const url = `${BASE}/Configurations/${sid}`;
    const links = { plugins: `${url}/Plugins` };
    return { ...common(sid, createdAtMs, url), name, description, archived: false, links };
  }

  function configuredView(configuration: PluginConfiguration, { version, phase }: ConfiguredPlugin) {
    const { plugin } = version;
    return {
      account_sid: accountSid,
      configuration_sid: configuration.sid,
      plugin_sid: plugin.sid,
      plugin_version_sid: version.sid,
      phase,
      plugin_url: version.url,
      unique_name: plugin.uniqueName,
      friendly_name: plugin.friendlyName,
      description: plugin.description,
      plugin_archived: false,
      version: version.version,
      changelog: version.changelog,
      plugin_version_archived: false,
      private: version.isPrivate,
      date_created: isoSeconds(version.createdAtMs),
      url: `${BASE}/Configurations/${configuration.sid}/Plugins/${plugin.sid}`,
    };
  }

  function releaseView({ sid, configuration, createdAtMs }: PluginRelease) {
    return { ...common(sid, createdAtMs, `${BASE}/Releases/${sid}`), configuration_sid: configuration.sid };
  }

  function common(sid: string, createdAtMs: number, url: string) {
    return { sid, account_sid: accountSid, date_created: isoSeconds(createdAtMs), url };
  }
}

/** An entry of the list that Flex UI fetches; it loads `src` as a classic script. */
function livePluginView({ version, phase }: ConfiguredPlugin) {
  const { plugin } = version;
  return {
    name: plugin.uniqueName,
    version: version.version,
    src: version.url,
    phase,
    pluginSid: plugin.sid,
  };
}
