/**
 * Renders the landing page: the windows of agents and customer side by side, with a panel for state and
 * requests. The options of `startSandbox` define the windows.
 */
import { buildFlexUrl, LANDING_HOST, parseWorkerHost } from '../../host/flex-page.js';
import { findHostFileUrl } from '../../host/host-files.js';
import type { PageHandler } from '../../server.js';

export interface LandingPage {
  readonly label: string;
  readonly url: string;
}

/** A window of the landing page: a worker's Flex, another page, or a choice of pages. */
export type LandingWindow = { readonly title: string; readonly subtitle?: string } & (
  | { readonly worker: string }
  | { readonly url: string }
  | { readonly pages: readonly [LandingPage, ...LandingPage[]] }
);

export interface LandingOptions {
  readonly title?: string;
  /** One sentence that suggests what to try. */
  readonly intro?: string;
  readonly windows: readonly LandingWindow[];
  /** Links to other pages, in the header. */
  readonly links?: readonly LandingPage[];
}

export function serveLanding(options: LandingOptions, sandboxUrl: () => string): PageHandler {
  return async ({ method, url }) => {
    if (method !== 'GET' || url.pathname !== '/' || parseWorkerHost(url.hostname) !== undefined)
      return undefined;
    return {
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
      body: Buffer.from(await renderLanding(options, sandboxUrl())),
    };
  };
}

async function renderLanding(
  { title = 'Flex sandbox', intro = '', windows, links = [] }: LandingOptions,
  sandboxUrl: string,
): Promise<string> {
  const [script, style] = await Promise.all([findHostFileUrl('landing.js'), findHostFileUrl('landing.css')]);
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(title)}</title>
  <link rel="icon" href="data:,">
  ${style === undefined ? '' : `<link rel="stylesheet" href="${style}">`}
</head>
<body data-host="${LANDING_HOST}">
  <header class="bar">
    <h1>${escapeHtml(title)}</h1>
    <p class="intro">${escapeHtml(intro)}</p>
    <nav>
      ${links.map(({ label, url }) => `<a href="${escapeHtml(url)}" target="_blank">${escapeHtml(label)}</a>`).join('\n')}
      <button type="button" id="toggle-panel" aria-expanded="false" aria-controls="panel">State and log</button>
      <button type="button" id="reset" title="Delete all chats and start with a new account">Reset</button>
    </nav>
  </header>
  <main class="windows">
    ${windows.map((window) => renderWindow(window, sandboxUrl)).join('\n')}
  </main>
  <section class="panel" id="panel" hidden aria-label="State and log">
    <div class="tabs" role="tablist">
      <button type="button" role="tab" id="tab-state" aria-controls="state" aria-selected="true">State</button>
      <button type="button" role="tab" id="tab-log" aria-controls="log" aria-selected="false">Requests</button>
      <label class="filter" id="log-filter" hidden><input type="checkbox" id="backend-only"> Only requests from the backend</label>
    </div>
    <div id="state" role="tabpanel" aria-labelledby="tab-state"></div>
    <div id="log" role="tabpanel" aria-labelledby="tab-log" hidden></div>
  </section>
  ${script === undefined ? '<p>The landing page’s script is missing. Run the build of the flex-sandbox package.</p>' : `<script src="${script}"></script>`}
</body>
</html>
`;
}

function renderWindow(window: LandingWindow, sandboxUrl: string): string {
  const isFlex = 'worker' in window;
  const url = escapeHtml(getWindowUrl(window, sandboxUrl));
  const title = escapeHtml(window.title);
  return `<article class="window ${isFlex ? 'is-flex' : 'is-page'}">
      <header>
        <span class="avatar" aria-hidden="true">${title.charAt(0)}</span>
        <h2>${title}</h2>
        <p>${escapeHtml(window.subtitle ?? '')}</p>
        <button type="button" class="reload" title="Reload this window" aria-label="Reload ${title}">↻</button>
        <a href="${url}" target="_blank" title="Open in a new tab" aria-label="Open ${title} in a new tab">↗</a>
      </header>
      ${'pages' in window ? renderChoice(title, window.pages) : ''}
      <div class="frame"><iframe data-url="${url}" title="${title}" allow="clipboard-write; autoplay"></iframe></div>
    </article>`;
}

function getWindowUrl(window: LandingWindow, sandboxUrl: string): string {
  if ('worker' in window) return buildFlexUrl(sandboxUrl, window.worker);
  return 'pages' in window ? window.pages[0].url : window.url;
}

/** Renders radio buttons, because browsers give them keyboard support. `title` must be escaped. */
function renderChoice(title: string, pages: readonly LandingPage[]): string {
  const options = pages.map(
    ({ label, url }, index) =>
      `<label><input type="radio" name="page of ${title}" value="${escapeHtml(url)}"${index === 0 ? ' checked' : ''}>` +
      `<span>${escapeHtml(label)}</span></label>`,
  );
  return `<div class="choice" role="radiogroup" aria-label="Page in the ${title} window">${options.join('')}</div>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
