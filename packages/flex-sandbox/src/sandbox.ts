/**
 * The sandbox as its users start it: one account on one port, with the control endpoints and the pages around it.
 * A reset ends the account and starts the same one anew, at the same address.
 */

import { type Account, createAccount } from './account.js';
import { type AccountCredentials, SANDBOX_ACCOUNT } from './account-credentials.js';
import { createFaults } from './control/faults.js';
import { createInterceptor } from './control/intercept.js';
import { type LandingOptions, type LandingPage, serveLanding } from './control/landing/page.js';
import { createRequestLog, type RequestRecord } from './control/requests.js';
import { serveControls } from './control/routes.js';
import { type SandboxSnapshot, takeSandboxSnapshot } from './control/snapshot.js';
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
  /** Default: any free port. */
  readonly port?: number;
  /**
   * With a seed, SIDs are the same in every run. With `setUp`, those of the account and of what `setUp` makes are also the
   * same after every reset, and others are not: as on Twilio, no SID ever names a second chat.
   */
  readonly seed?: string;
  /** What the account has from the start, where it differs from the default. */
  readonly account?: Partial<AccountSeed>;
  /** Members of the account's Flex Configuration, such as `ui_attributes`; snake-case, as on the wire. */
  readonly flexConfiguration?: FlexConfiguration;
  /** What the Flex pages are started with, on top of what the sandbox needs. */
  readonly flexAppConfig?: Record<string, unknown>;
  /** Plugins that are live from the start. */
  readonly plugins?: readonly ReleasedPlugin[];
  /** Built files of other applications to serve, by path. */
  readonly mounts?: Mounts;
  readonly landing?: Partial<LandingOptions> & {
    /** The customer's window beside the agents', such as `/webchat/`. */
    readonly customerPage?: string;
    /** Several pages for that window, instead: the first is shown until somebody chooses another. */
    readonly customerPages?: readonly LandingPage[];
  };
  /**
   * Sets the account up further, through the APIs: run at the start and after every reset, which wait for it.
   * `origins` are all that the sandbox's pages are served from.
   */
  readonly setUp?: (url: string, origins: readonly string[]) => Promise<void>;
}

export interface Sandbox {
  /** Such as `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly account: AccountCredentials;
  /** Where a worker's Flex is; each worker has an origin of its own. */
  flexUrl(worker: string): string;
  /** Every origin that its pages are served from, for backends that only answer known ones. */
  origins(): readonly string[];
  /** The world of the moment, for tests of the sandbox itself. */
  state(): SandboxState;
  snapshot(): SandboxSnapshot;
  /** What customers were sent as SMS or WhatsApp messages since the last reset, oldest first. */
  texts(): readonly Text[];
  /** Every API request since the last reset, oldest first. */
  requests(): readonly RequestRecord[];
  /** Forgets everything and starts a new world at the same address, set up as at the start. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const FLEX_APP_CONFIG = {
  sso: { accountSid: SANDBOX_ACCOUNT.accountSid },
  pluginService: { enabled: true, initializationTimeout: 5000 },
  logLevel: 'warn',
  disableTelemetry: true,
  // With voice on, Flex waits 20 s for a device that nobody needs here.
  disableBrowserVoice: true,
  initialDeviceCheck: false,
};

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  let url = '';
  let account: Account | undefined;
  let accountSeed: AccountSeed = { ...DEFAULT_SEED, ...options.account };

  const faults = createFaults();
  const log = createRequestLog(Date.now);
  const intercept = createInterceptor(faults, log);

  const { seed } = options;
  const create = (wanted: AccountSeed, suffix = () => ''): Account =>
    createAccount({
      url,
      accountSeed: wanted,
      flexConfiguration: options.flexConfiguration ?? {},
      plugins: options.plugins ?? [],
      intercept,
      ...(seed === undefined ? {} : { seed: () => seed + suffix() }),
    });
  const current = (): Account => {
    account ??= create(accountSeed);
    return account;
  };
  const snapshot = () => takeSandboxSnapshot(current());
  const endAccount = () => {
    account?.sandbox.end();
    account = undefined;
  };
  const origins = () => listOrigins(url, accountSeed);
  let setUpCount = 0;
  const replaceAccount = async (changes: Partial<AccountSeed>) => {
    const wanted = { ...accountSeed, ...changes };
    let suffix = '';
    // Made before the old one ends: an account that cannot be made leaves everything as it was.
    const next = create(wanted, () => suffix);
    endAccount();
    accountSeed = wanted;
    account = next;
    faults.clear();
    log.clear();
    if (options.setUp === undefined) return;
    await options.setUp(url, origins());
    // Whoever is still busy with a chat of an earlier world must not meet one of this world instead.
    if (setUpCount++ > 0) suffix = ` after ${setUpCount} set-ups`;
  };
  let lastReset = Promise.resolve();
  const reset = (changes: Partial<AccountSeed> = {}): Promise<void> => {
    // One after the other, whether or not the one before went well: two set-ups of one world would collide.
    lastReset = lastReset.catch(() => undefined).then(() => replaceAccount(changes));
    return lastReset;
  };

  const server = await startServer({
    port: options.port ?? 0,
    sandbox: () => current().sandbox,
    intercept,
    page: combineHandlers([
      serveHostFiles,
      serveControls({
        faults,
        log,
        sandbox: () => current().sandbox,
        taskRouter: () => current().taskRouter,
        texts: () => current().texts,
        snapshot,
        flexAppConfig: () => ({ ...FLEX_APP_CONFIG, ...options.flexAppConfig }),
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
    state: () => current().sandbox,
    snapshot,
    texts: () => current().texts.sent(),
    requests: log.list,
    reset,
    close() {
      endAccount();
      return server.close();
    },
  };
}

function listOrigins(url: string, { workers }: AccountSeed): readonly string[] {
  const { port } = new URL(url);
  const ofWorkers = workers.map(({ name }) => new URL(buildFlexUrl(url, name)).origin);
  return [...new Set([url, `http://localhost:${port}`, `http://${LANDING_HOST}:${port}`, ...ofWorkers])];
}

/** The first two people who are ready for a chat, and the customer if there is a page for them. */
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
