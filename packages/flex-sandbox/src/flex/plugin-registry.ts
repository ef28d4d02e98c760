/**
 * The state of the Flex Plugins API: plugins, their versions, configurations of versions, and releases. The
 * newest release is live. As on Twilio, versions, configurations and releases never change: a rollback is a
 * new release.
 */
import { ApiError, badRequest, notFound } from '../api-error.js';
import { asJsonObject, parseJsonObject } from '../json.js';
import type { Sids } from '../sids.js';

export interface Plugin {
  readonly sid: string;
  readonly uniqueName: string;
  friendlyName: string;
  description: string;
  /** Oldest first. */
  readonly versions: PluginVersion[];
  readonly createdAtMs: number;
}

export interface PluginVersion {
  readonly sid: string;
  readonly plugin: Plugin;
  readonly version: string;
  readonly url: string;
  readonly changelog: string;
  readonly isPrivate: boolean;
  readonly createdAtMs: number;
}

export interface ConfiguredPlugin {
  readonly version: PluginVersion;
  /** When Flex loads the plugin; 3 means after Flex itself is ready. */
  readonly phase: number;
}

export interface PluginConfiguration {
  readonly sid: string;
  readonly name: string;
  readonly description: string;
  readonly plugins: readonly ConfiguredPlugin[];
  readonly createdAtMs: number;
}

export interface PluginRelease {
  readonly sid: string;
  readonly configuration: PluginConfiguration;
  readonly createdAtMs: number;
}

type NewPlugin = Pick<Plugin, 'uniqueName'> & Partial<Pick<Plugin, 'friendlyName' | 'description'>>;
type NewVersion = Pick<PluginVersion, 'version' | 'url'> &
  Partial<Pick<PluginVersion, 'changelog' | 'isPrivate'>>;

/**
 * `find…` take a SID or a name, and `latest` or `active` where Twilio supports them. They throw 404.
 * `createPlugin` and `createVersion` throw 409 for a duplicate.
 */
export interface PluginRegistry {
  readonly plugins: readonly Plugin[];
  readonly configurations: readonly PluginConfiguration[];
  readonly releases: readonly PluginRelease[];
  createPlugin(plugin: NewPlugin): Plugin;
  createVersion(plugin: Plugin, version: NewVersion): PluginVersion;
  createConfiguration(
    name: string,
    description: string,
    plugins: readonly ConfiguredPlugin[],
  ): PluginConfiguration;
  createRelease(configuration: PluginConfiguration): PluginRelease;
  findPlugin(id: string | undefined): Plugin;
  findVersion(plugin: Plugin, id: string | undefined): PluginVersion;
  findConfiguration(id: string | undefined): PluginConfiguration;
  findRelease(id: string | undefined): PluginRelease;
  /**
   * Parses an entry of a configuration, an object or its JSON text: `{ plugin_version }` by SID, or
   * `{ plugin, version }` by name.
   */
  parseConfiguredPlugin(entry: unknown): ConfiguredPlugin;
}

export const DEFAULT_PHASE = 3;

export function createPluginRegistry(sids: Sids, nowMs: () => number): PluginRegistry {
  const plugins: Plugin[] = [];
  const configurations: PluginConfiguration[] = [];
  const releases: PluginRelease[] = [];

  const registry: PluginRegistry = {
    plugins,
    configurations,
    releases,

    createPlugin({ uniqueName, friendlyName = uniqueName, description = '' }) {
      if (plugins.some((plugin) => plugin.uniqueName === uniqueName))
        throw alreadyExists(`Plugin ${uniqueName}`);
      const createdAtMs = nowMs();
      const plugin = { sid: sids('FP'), uniqueName, friendlyName, description, versions: [], createdAtMs };
      plugins.push(plugin);
      return plugin;
    },

    createVersion(plugin, { version, url, changelog = '', isPrivate = false }) {
      if (plugin.versions.some((existing) => existing.version === version))
        throw alreadyExists(`Version ${version}`);
      const pluginVersion: PluginVersion = {
        sid: sids('FV'),
        plugin,
        version,
        url,
        changelog,
        isPrivate,
        createdAtMs: nowMs(),
      };
      plugin.versions.push(pluginVersion);
      return pluginVersion;
    },

    createConfiguration(name, description, configuredPlugins) {
      const configuration = {
        sid: sids('FJ'),
        name,
        description,
        plugins: configuredPlugins,
        createdAtMs: nowMs(),
      };
      configurations.push(configuration);
      return configuration;
    },

    createRelease(configuration) {
      const release = { sid: sids('FK'), configuration, createdAtMs: nowMs() };
      releases.push(release);
      return release;
    },

    findPlugin: (id) =>
      plugins.find(({ sid, uniqueName }) => sid === id || uniqueName === id) ??
      throwNotFound(`Plugins/${id}`),

    findVersion(plugin, id) {
      const pluginVersion =
        id === 'latest'
          ? plugin.versions.at(-1)
          : plugin.versions.find(({ sid, version }) => sid === id || version === id);
      return pluginVersion ?? throwNotFound(`Plugins/${plugin.sid}/Versions/${id}`);
    },

    findConfiguration: (id) =>
      configurations.find(({ sid }) => sid === id) ?? throwNotFound(`Configurations/${id}`),

    findRelease: (id) =>
      (id === 'active' ? releases.at(-1) : releases.find(({ sid }) => sid === id)) ??
      throwNotFound(`Releases/${id}`),

    parseConfiguredPlugin(entry) {
      const { plugin, version, plugin_version: versionSid, phase = DEFAULT_PHASE } = parseMembers(entry);
      if (typeof plugin === 'string') {
        const pluginVersion = registry.findVersion(registry.findPlugin(plugin), String(version ?? 'latest'));
        return { version: pluginVersion, phase: Number(phase) };
      }
      const pluginVersion = plugins.flatMap(({ versions }) => versions).find(({ sid }) => sid === versionSid);
      if (pluginVersion === undefined)
        throw badRequest(`Plugin version ${String(versionSid)} does not exist`);
      return { version: pluginVersion, phase: Number(phase) };
    },
  };
  return registry;
}

function throwNotFound(path: string): never {
  throw notFound(`/PluginService/${path}`);
}

function alreadyExists(resource: string): ApiError {
  return new ApiError(409, 20409, `${resource} already exists`);
}

function parseMembers(entry: unknown): Record<string, unknown> {
  const members = typeof entry === 'string' ? parseJsonObject(entry) : asJsonObject(entry);
  if (members === undefined) throw badRequest('Plugins must be JSON objects');
  return members;
}
