/**
 * Starts Flex in the page as a signed-in worker. The worker is the page's `data-worker` (its own origin) or the
 * `worker` of the address; a reload without either goes on as the worker this window was before.
 *
 * The session goes to sessionStorage, where Flex looks for it: localStorage would be shared by every window.
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
/** Where Flex reads the session from. */
const SESSION_KEY = 'TWILIO_FLEX_SSO';

function findWorkerOfPage(): string | undefined {
  const asked = new URLSearchParams(location.search).get('worker');
  return document.body.dataset.worker ?? asked ?? sessionStorage.getItem(WORKER_KEY) ?? undefined;
}

async function signIn(worker: string): Promise<FlexBoot> {
  const response = await fetch(`/_sandbox/flex-session?worker=${encodeURIComponent(worker)}`);
  if (!response.ok) throw new Error(`There is no worker called ${worker}.`);
  return response.json();
}

/** In a frame there is no room for the customer data panel, which is empty here anyway. */
function withoutSidePanel(appConfig: FlexBoot['appConfig']): FlexBoot['appConfig'] {
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
    throw new Error('The Flex UI bundle is missing. Run the build of flex-sandbox.');
  const { session, appConfig } = await signIn(worker);
  sessionStorage.setItem(WORKER_KEY, worker);
  sessionStorage.setItem(SESSION_KEY, JSON.stringify(session));
  // Flex's router owns every path from here on; it does not know `/flex/`.
  if (location.pathname.startsWith('/flex')) history.replaceState(null, '', '/');
  const config = window.parent === window ? appConfig : withoutSidePanel(appConfig);
  // Flex reads it from the page as well, for the host of its feature flags.
  window.appConfig = config;
  const flex = await window.Flex.create(config);
  flex.init('#root');
}

start().catch((error: unknown) => {
  console.error('Flex did not start', error);
  const message = document.createElement('p');
  message.className = 'failure';
  message.textContent = error instanceof Error ? error.message : String(error);
  document.querySelector('#root')?.replaceChildren(message);
});
