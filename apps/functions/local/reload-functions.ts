/**
 * Loads a function again when its file has changed, so that a rebuilt function runs at the next request.
 *
 * twilio-run's `--live` clears all modules before every request instead, Twilio's helper library included.
 * Each request then compiles everything again, and the old modules stay in memory because their parents keep
 * a reference to them.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns a function to call before every request. It replaces the loaded modules whose files have changed.
 *
 * A file that is missing, incomplete or broken leaves the loaded function in place: a build deletes the files
 * before it writes them.
 *
 * @param folder of the built functions, each one file without local imports
 * @param cache of all modules: `require.cache`
 */
export function createReloader(folder: string, cache: ModuleCache): () => void {
  // The module cache holds real paths.
  const realFolder = realpathSync(folder);
  const versions = new Map<string, string>();

  return () => {
    for (const file of listFiles(realFolder)) {
      const version = readVersion(file);
      const isChanged = version !== undefined && version !== versions.get(file);
      if (!isChanged) continue;
      versions.set(file, version);
      const loaded = cache[file];
      if (loaded !== undefined) replaceModule(file, loaded, cache);
    }
  };
}

type ModuleCache = NodeJS.Dict<NodeJS.Module>;

function replaceModule(file: string, loaded: NodeJS.Module, cache: ModuleCache): void {
  const parents = Object.values(cache).filter((module) => module?.children.includes(loaded));
  delete cache[file];
  const problem = tryToLoad(file, parents[0], cache);
  if (problem !== undefined) {
    cache[file] = loaded;
    console.error(`Failed to reload ${file}: ${problem}. The version loaded before stays in use.`);
    return;
  }
  // A parent lists every module that it has required, which would keep the old code in memory.
  for (const parent of parents) removeFrom(parent?.children, loaded);
}

/** Returns why the file cannot be used as a function. */
function tryToLoad(file: string, parent: NodeJS.Module | undefined, cache: ModuleCache): string | undefined {
  try {
    if (typeof parent?.require(file).handler === 'function') return undefined;
    removeFrom(parent?.children, cache[file]);
    return 'it exports no handler';
  } catch (error) {
    return String(error);
  }
}

function removeFrom(modules: NodeJS.Module[] = [], module: NodeJS.Module | undefined): void {
  const index = module === undefined ? -1 : modules.indexOf(module);
  if (index >= 0) modules.splice(index, 1);
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Changes whenever the file is written. `undefined` when the file does not exist. */
function readVersion(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.mtimeNs} ${stats.size}`;
}
