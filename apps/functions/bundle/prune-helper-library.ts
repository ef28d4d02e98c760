/**
 * Leaves out of Twilio's helper library what the functions do not use. Whole, it would be 3 MB of each function.
 *
 * The library has a file for each resource, and its parent's file loads it for a getter of one name: `client.sync` loads
 * `Sync.js`, `services(sid).documents` loads `document.js`. A file is left out if the getter's name occurs nowhere in
 * `src/twilio`, the only folder that uses the library. So a call that is added there needs no change here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** @param usersFolder the folder of all sources that use the library */
export function pruneHelperLibrary(usersFolder: string): Plugin {
  return {
    name: 'prune-helper-library',
    setup(build) {
      const names = listNames(usersFolder);
      build.onLoad({ filter: /[\\/]twilio[\\/]lib[\\/]rest[\\/].*\.js$/ }, ({ path }) => ({
        contents: pruneResource(basename(path), readFileSync(path, 'utf8'), names),
      }));
      // Response formats of voice and messaging. The library loads them all at its start.
      build.onLoad({ filter: /[\\/]twilio[\\/]lib[\\/]twiml[\\/].*\.js$/ }, ({ path }) => ({
        contents: `module.exports = ${refuse(basename(path))};`,
      }));
      // The media types of file names, for uploads.
      build.onLoad({ filter: /[\\/]mime-db[\\/]db\.json$/ }, () => ({ contents: '{}', loader: 'json' }));
    },
  };
}

/** Every property that the sources read, and every version of a product, such as `chat.v2`. */
function listNames(folder: string): ReadonlySet<string> {
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return new Set(sources.flatMap(listNamesIn));
}

function listNamesIn(source: string): string[] {
  const read = [...source.matchAll(/\.(\w+)/g)].map(([, name = '']) => name);
  const destructured = [...source.matchAll(/\{([^{}]*)\} = /g)].flatMap(([, list = '']) => list.split(/\W+/));
  const versions = [...source.matchAll(/(\w+\.v\d)\b/g)].map(([, version = '']) => version);
  return [...read, ...destructured, ...versions];
}

const IMPORT = /const (\w+) = (?:__importDefault\()?require\("(\.\/[^"]+)"\)\)?;/g;
const INLINE_IMPORT = /new \(require\("(\.\/[^"]+)"\)\)/g;
const GETTER = /(?:get|function) (\w+)\(\) \{/g;

/**
 * Returns the code of a resource without the resources below it that are not used.
 * @param file the name of its file
 * @param names as `listNames` returns them
 */
export function pruneResource(file: string, code: string, names: ReadonlySet<string>): string {
  const getters = [...code.matchAll(GETTER)].map(({ index, 1: name = '' }) => ({ index, name }));
  /** `ChatBase.js` loads the versions of `chat`. */
  const product = file.endsWith('Base.js') && `${file[0]?.toLowerCase()}${file.slice(1, -'Base.js'.length)}`;
  const isUsedAt = (position: number): boolean => {
    const getter = getters.findLast(({ index }) => index < position);
    // A file that is not for a getter is a base class.
    if (getter === undefined) return true;
    return names.has(product ? `${product}.${getter.name}` : getter.name);
  };
  return code
    .replace(INLINE_IMPORT, (found, path: string, position: number) =>
      isUsedAt(position) ? found : `new (${refuse(basename(path))})`,
    )
    .replace(IMPORT, (found, variable: string, path: string) => {
      const uses = [...code.matchAll(new RegExp(`\\b${variable}\\.`, 'g'))];
      return uses.some(({ index }) => isUsedAt(index))
        ? found
        : `const ${variable} = ${refuse(basename(path))};`;
    });
}

/** An expression whose value can be passed on, and throws when it is used. */
function refuse(file: string): string {
  const message = `Failed to use ${file} of Twilio's helper library: the build leaves it out, because src/twilio does not use it.`;
  const fail = `{ throw new Error(${JSON.stringify(message)}); }`;
  // The library asks every module that it loads for this key.
  const get = `get(_, key) { if (key !== "__esModule") ${fail} }`;
  return `new Proxy(class {}, { ${get}, construct() ${fail} })`;
}
