/**
 * Starts a sandbox: one account on one port, with the control endpoints and the pages.
 * A reset replaces the account by a new one with the same seed, at the same URL.
 */
import { type Account, createAccount } from './account.js';
import { type AccountCredentials, SANDBOX_ACCOUNT } from './account-credentials.js';
import { createFaults } from './control/faults.js';
import { createInterceptor } from './control/intercept.js';
import { type LandingOptions, type LandingPage, serveLanding } from './control/landing/page.js';
import { createPageSockets, PAGE_SOCKET_PATH } from './control/page-sockets.js';
import { createRequestLog, type RequestRecord } from './control/requests.js';
import { serveControls } from './control/routes.js';
import { type SandboxSnapshot, takeSandboxSnapshot } from './control/snapshot.js';
import { createSocketFaults } from './control/socket-faults.js';
import type { FlexConfiguration } from './flex/configuration.js';
import type { ReleasedPlugin } from './flex/plugins.js';
import type { Text } from './flex/texts.js';
import { buildFlexUrl, LANDING_HOST, serveFlexPage } from './host/flex-page.js';
import { serveHostFiles } from './host/host-files.js';
import { type Mounts, serveMounts } from './host/mounts.js';
import type { SandboxState } from './sandbox-state.js';
import { type AccountSeed, DEFAULT_SEED } from './seed.js';
import { type PageHandler, startServer } from './server.js';

export interface SandboxOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /**
   * With a seed, SIDs are the same in every run. A reset also repeats them. When `setUp` is set, a reset
   * repeats only the SIDs of the account and of what `setUp` creates. Later SIDs are new, because on Twilio
   * no two chats share a SID.
   */
  readonly seed?: string;
  /** Changes to the default contents of the account. */
  readonly account?: Partial<AccountSeed>;
  /** Members of the account's Flex Configuration, such as `ui_attributes`, in snake case as in the API. */
  readonly flexConfiguration?: FlexConfiguration;
  /** Additional members of the app config that Flex UI starts with. */
  readonly flexAppConfig?: Record<string, unknown>;
  /** Plugins that are released from the start. */
  readonly plugins?: readonly ReleasedPlugin[];
  /** Folders with built files of other applications, by the path at which the sandbox serves them. */
  readonly mounts?: Mounts;
  readonly landing?: Partial<LandingOptions> & {
    /** The page in the customer's window, such as `/webchat/`. Without one, there is no such window. */
    readonly customerPage?: string;
    /** Pages that the customer can choose from, instead of `customerPage`. The first is shown first. */
    readonly customerPages?: readonly LandingPage[];
  };
  /**
   * Creates more resources through the account's APIs. The start and every reset wait for it. `origins` are
   * all origins of the sandbox's pages.
   */
  readonly setUp?: (url: string, origins: readonly string[]) => Promise<void>;
}

export interface Sandbox {
  /** Such as `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly account: AccountCredentials;
  /** The URL of a worker's Flex. Each worker has a separate origin. */
  flexUrl(worker: string): string;
  /** All origins of the sandbox's pages, for backends that allow only known origins. */
  origins(): readonly string[];
  /** The state of the current account, for tests. A reset replaces it. */
  state(): SandboxState;
  snapshot(): SandboxSnapshot;
  /** SMS and WhatsApp messages sent to customers since the last reset, oldest first. */
  texts(): readonly Text[];
  /** API requests since the last reset, oldest first. */
  requests(): readonly RequestRecord[];
  /** Replaces the account by a new one with the same seed, and runs `setUp` again. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const FLEX_APP_CONFIG = {
  sso: { accountSid: SANDBOX_ACCOUNT.accountSid },
  pluginService: { enabled: true, initializationTimeout: 5000 },
  logLevel: 'warn',
  disableTelemetry: true,
  // With voice enabled, Flex waits 20 s for an audio device.
  disableBrowserVoice: true,
  initialDeviceCheck: false,
};

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  let url = '';
  let account: Account | undefined;
  let accountSeed: AccountSeed = { ...DEFAULT_SEED, ...options.account };

  const faults = createFaults();
  const socketFaults = createSocketFaults();
  const log = createRequestLog(Date.now);
  const intercept = createInterceptor(faults, log);

  let accounts = 0;
  const pages = createPageSockets(() => ({
    account: accounts,
    clockOffsetMs: getAccount().sandbox.clock.offsetMs(),
  }));

  const { seed } = options;
  const create = (newAccountSeed: AccountSeed, suffix = () => ''): Account =>
    createAccount({
      url,
      accountSeed: newAccountSeed,
      flexConfiguration: options.flexConfiguration ?? {},
      plugins: options.plugins ?? [],
      intercept,
      ...(seed === undefined ? {} : { seed: () => seed + suffix() }),
    });
  const getAccount = (): Account => {
    account ??= create(accountSeed);
    return account;
  };
  const snapshot = () => takeSandboxSnapshot(getAccount());
  const endAccount = () => {
    account?.sandbox.end();
    account = undefined;
  };
  const origins = () => listOrigins(url, accountSeed);
  let setUpCount = 0;
  const replaceAccount = async (changes: Partial<AccountSeed>) => {
    const newSeed = { ...accountSeed, ...changes };
    let suffix = '';
    // An invalid seed throws here, before the current account ends.
    const newAccount = create(newSeed, () => suffix);
    endAccount();
    accountSeed = newSeed;
    account = newAccount;
    accounts += 1;
    newAccount.sandbox.clock.onAdvance(pages.announce);
    faults.clear();
    socketFaults.clear();
    log.clear();
    if (options.setUp !== undefined) {
      await options.setUp(url, origins());
      // New chats get new SIDs: a late request for a chat of an earlier account must not reach a new chat.
      if (setUpCount++ > 0) suffix = ` after ${setUpCount} set-ups`;
    }
    pages.announce();
  };
  let lastReset = Promise.resolve();
  const reset = (changes: Partial<AccountSeed> = {}): Promise<void> => {
    // Resets run one at a time, also after a failed one: two runs of `setUp` would collide in one account.
    lastReset = lastReset.catch(() => undefined).then(() => replaceAccount(changes));
    return lastReset;
  };

  const server = await startServer({
    port: options.port ?? 0,
    sandbox: () => getAccount().sandbox,
    intercept,
    sockets: socketFaults,
    pageSockets: { [PAGE_SOCKET_PATH]: pages.serve },
    page: combineHandlers([
      serveHostFiles,
      serveControls({
        faults,
        socketFaults,
        log,
        sandbox: () => getAccount().sandbox,
        taskRouter: () => getAccount().taskRouter,
        setUpFaults: () => getAccount().interactions.setUpFaults,
        texts: () => getAccount().texts,
        snapshot,
        flexAppConfig: () => ({ ...FLEX_APP_CONFIG, ...options.flexAppConfig }),
        setQuirks(changes) {
          accountSeed = { ...accountSeed, quirks: { ...accountSeed.quirks, ...changes } };
          getAccount().sandbox.setQuirks(changes);
        },
        reset,
      }),
      serveMounts(options.mounts ?? {}),
      serveFlexPage,
      serveLanding(
        { windows: buildLandingWindows(accountSeed, options.landing), ...options.landing },
        () => url,
      ),
    ]),
  });
  url = server.url;
  try {
    await reset();
  } catch (error) {
    await server.close();
    throw error;
  }

  return {
    url,
    account: SANDBOX_ACCOUNT,
    flexUrl: (worker) => buildFlexUrl(url, worker),
    origins,
    state: () => getAccount().sandbox,
    snapshot,
    texts: () => getAccount().texts.sent(),
    requests: log.list,
    reset,
    close() {
      faults.clear();
      endAccount();
      return server.close();
    },
  };
}

function listOrigins(url: string, { workers }: AccountSeed): readonly string[] {
  const { port } = new URL(url);
  const workerOrigins = workers.map(({ name }) => new URL(buildFlexUrl(url, name)).origin);
  return [...new Set([url, `http://localhost:${port}`, `http://${LANDING_HOST}:${port}`, ...workerOrigins])];
}

/** Builds windows for the first two available workers, and one for the customer when a page is set. */
function buildLandingWindows(
  { workers }: AccountSeed,
  { customerPage, customerPages = [] }: NonNullable<SandboxOptions['landing']> = {},
): LandingOptions['windows'] {
  const agents = workers
    .filter(({ activity }) => activity === 'Available')
    .slice(0, 2)
    .map(({ name, fullName, skills }) => ({
      worker: name,
      title: fullName,
      subtitle: ['Agent', ...Object.keys(skills)].join(' · '),
    }));
  const [first, ...others] = customerPages;
  if (first !== undefined && others.length > 0) {
    return [...agents, { title: 'Customer', pages: [first, ...others] }];
  }
  const url = first?.url ?? customerPage;
  return url === undefined ? agents : [...agents, { title: 'Customer', url }];
}

function combineHandlers(handlers: readonly PageHandler[]): PageHandler {
  return async (request) => {
    for (const handler of handlers) {
      const reply = await handler(request);
      if (reply !== undefined) return reply;
    }
    return undefined;
  };
}
