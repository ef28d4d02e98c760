/**
 * Puts the product together: the sandbox with the account set up, the functions as a process of their own, the plugin
 * through Flex's own plugin list, the webchat as built files.
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
  /** Of the page with the three windows. Default: any free port. */
  readonly port?: number;
  /** Of the functions. Default: any free port. */
  readonly functionsPort?: number;
  /** Where the functions' log goes; default: nowhere. */
  readonly onLog?: (line: string) => void;
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

/** Names the plugin and says where its bundle is mounted. */
const PLUGIN = { name: 'plugin-chat-transfer', path: '/plugins/chat-transfer' };

export async function startDemo({ port = 0, functionsPort = 0, onLog }: DemoOptions = {}): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-transfer-'));
  // Apart from the settings of the functions, which are nobody's to read.
  const webchatSettings = join(folder, 'webchat');
  mkdirSync(webchatSettings);

  let functions: FunctionsProcess | undefined;
  const sandbox = await startSandbox({
    port,
    // The same SIDs after every reset: the functions keep the settings they were started with.
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
      });
      await connectAccount(url, {
        functionsUrl: functions.url,
        plugin: { name: PLUGIN.name, url: `${PLUGIN.path}/${PLUGIN.name}.js` },
      });
    },
  });
  if (functions === undefined)
    throw new Error('Failed to start the functions: the sandbox did not set itself up.');
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
