/**
 * Runs the product on one machine: the sandbox with its account set up, the functions as a separate process, the plugin in
 * Flex's plugin list, and the webchat as built files.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Sandbox, startSandbox } from '@chat-transfer/flex-sandbox';
import { connectAccount, createTransferWorkflow } from './account';
import { type FunctionsProcess, startFunctions } from './functions-process';
import { webchatConfig } from './webchat-page';

export interface DemoOptions {
  /** Where the page with the three windows is served. Default: any free port. */
  readonly port?: number;
  /** Where the functions listen. Default: any free port. */
  readonly functionsPort?: number;
  /** Receives the log of the functions. Default: it is dropped. */
  readonly onLog?: (line: string) => void;
  /** Called when the functions have ended and are not restarted. The reason is printed to the console. */
  readonly onFunctionsLost?: () => void;
}

export interface Demo {
  /** The page with the three windows. */
  readonly url: string;
  readonly webchatUrl: string;
  readonly functionsUrl: string;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const folderOf = (packageName: string) => dirname(require.resolve(`${packageName}/package.json`));

/** The plugin's name, and where the sandbox serves its bundle. */
const PLUGIN = { name: 'plugin-chat-transfer', path: '/plugins/chat-transfer' };

/** Rejects with `EADDRINUSE` when one of the ports is taken. */
export async function startDemo({
  port = 0,
  functionsPort = 0,
  onLog,
  onFunctionsLost,
}: DemoOptions = {}): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-transfer-'));
  // The sandbox serves this folder. It must not serve `folder`, where the functions' settings with their secrets are.
  const webchatSettings = join(folder, 'webchat');
  mkdirSync(webchatSettings);

  let functions: FunctionsProcess | undefined;
  const sandbox = await startSandbox({
    port,
    // Every reset creates the same SIDs, because the functions keep their settings.
    seed: 'demo',
    mounts: {
      '/webchat': [webchatSettings, join(folderOf('chat-transfer-webchat'), 'dist')],
      [PLUGIN.path]: join(folderOf(PLUGIN.name), 'build'),
    },
    landing: {
      title: 'Chat transfer',
      intro:
        'Start a chat as the customer, accept it as Alice, then press the arrow beside End and choose Bob.',
      customerPages: [
        { label: 'Flex Conversations', url: '/webchat/?backend=conversations' },
        { label: 'Programmable Chat', url: '/webchat/?backend=programmable-chat' },
      ],
    },
    async setUp(url, origins) {
      const settings = await createTransferWorkflow(url);
      functions ??= await startFunctions({
        port: functionsPort,
        folder,
        settings,
        allowedOrigins: origins,
        ...(onLog === undefined ? {} : { onLog }),
        ...(onFunctionsLost === undefined ? {} : { onLost: onFunctionsLost }),
      });
      await connectAccount(url, {
        functionsUrl: functions.url,
        plugin: { name: PLUGIN.name, url: `${PLUGIN.path}/${PLUGIN.name}.js` },
      });
    },
  });
  if (functions === undefined)
    throw new Error('Failed to start the functions: the sandbox did not call setUp.');
  const { url: functionsUrl, stop } = functions;
  writeFileSync(join(webchatSettings, 'config.js'), webchatConfig(functionsUrl));

  return {
    url: `${sandbox.url}/`,
    webchatUrl: `${sandbox.url}/webchat/`,
    functionsUrl,
    sandbox,
    async close() {
      await Promise.all([stop(), sandbox.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
