/**
 * Starts Flex in the page as a signed-in worker. The page's `data-worker` (on the worker's own origin) or the
 * URL's `worker` parameter names the worker. Without both, it is the last worker of the window.
 *
 * Flex reads the session from sessionStorage, which each window has for itself, unlike localStorage.
 */

interface FlexSession {
  readonly token: string;
  readonly identity: string;
  readonly roles: readonly string[];
  readonly expiration: string;
}

interface FlexBoot {
  readonly session: FlexSession;
  readonly appConfig: Record<string, unknown> & { readonly componentProps?: Record<string, unknown> };
}

interface FlexGlobal {
  create(appConfig: Record<string, unknown>): Promise<{ init(container: string): void }>;
}

export type {};

declare global {
  interface Window {
    appConfig?: Record<string, unknown>;
    /** Absent when the bundle has not been built. */
    Flex?: FlexGlobal;
  }
}

const WORKER_KEY = 'flex-sandbox.worker';
/** The key under which Flex reads the session. */
const SESSION_KEY = 'TWILIO_FLEX_SSO';

function findWorkerOfPage(): string | undefined {
  const fromUrl = new URLSearchParams(location.search).get('worker');
  return document.body.dataset.worker ?? fromUrl ?? sessionStorage.getItem(WORKER_KEY) ?? undefined;
}

/** The URL's `tokenLifetimeMs` chooses how long the token is valid. */
async function signIn(worker: string): Promise<FlexBoot> {
  const lifetimeMs = new URLSearchParams(location.search).get('tokenLifetimeMs');
  const query = new URLSearchParams({ worker, ...(lifetimeMs === null ? {} : { lifetimeMs }) });
  const response = await fetch(`/_sandbox/flex-session?${query}`);
  if (!response.ok) throw new Error(`There is no worker named “${worker}”.`);
  return response.json();
}

/** Hides the panel for customer data: it is empty in the sandbox, and frames are narrow. */
function hideSidePanel(appConfig: FlexBoot['appConfig']): FlexBoot['appConfig'] {
  return {
    ...appConfig,
    componentProps: { AgentDesktopView: { showPanel2: false }, ...appConfig.componentProps },
  };
}

async function start(): Promise<void> {
  const worker = findWorkerOfPage();
  if (worker === undefined) {
    location.replace('/');
    return;
  }
  if (window.Flex === undefined)
    throw new Error('The Flex UI bundle is missing. Run the build of the flex-sandbox package.');
  const { session, appConfig } = await signIn(worker);
  sessionStorage.setItem(WORKER_KEY, worker);
  sessionStorage.setItem(SESSION_KEY, JSON.stringify(session));
  // Flex's router has no route for `/flex/`.
  if (location.pathname.startsWith('/flex')) history.replaceState(null, '', '/');
  const config = window.parent === window ? appConfig : hideSidePanel(appConfig);
  // Flex reads the host of its feature flags from this global.
  window.appConfig = config;
  const flex = await window.Flex.create(config);
  flex.init('#root');
}

start().catch((error: unknown) => {
  console.error('Failed to start Flex:', error);
  const message = document.createElement('p');
  message.className = 'failure';
  message.textContent = error instanceof Error ? error.message : String(error);
  document.querySelector('#root')?.replaceChildren(message);
});
