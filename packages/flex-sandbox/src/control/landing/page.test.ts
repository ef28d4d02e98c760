import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox.js';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function fetchPage(landing: NonNullable<SandboxOptions['landing']>): Promise<string> {
  sandbox = await startSandbox({ landing });
  return (await fetch(sandbox.url)).text();
}

const findFrameUrls = (page: string) => [...page.matchAll(/data-url="([^"]*)"/g)].map(([, url]) => url);

describe('the landing page', () => {
  it('has windows for the available agents and the customer', async () => {
    const page = await fetchPage({ customerPage: '/webchat/' });
    expect(findFrameUrls(page)).toEqual([sandbox.flexUrl('alice'), sandbox.flexUrl('bob'), '/webchat/']);
    expect(page).not.toContain('radiogroup');
  });

  it('offers a choice of several customer pages and starts with the first', async () => {
    const page = await fetchPage({
      customerPages: [
        { label: 'Chat & more', url: '/webchat/?backend=a' },
        { label: 'Conversations', url: '/webchat/?backend=b' },
      ],
    });
    expect(findFrameUrls(page).at(-1)).toBe('/webchat/?backend=a');
    expect(page).toContain('role="radiogroup" aria-label="Page in the Customer window"');
    const options = [...page.matchAll(/<input type="radio"[^>]*value="([^"]*)"( checked)?>/g)];
    expect(options.map(([, value, checked]) => [value, checked !== undefined])).toEqual([
      ['/webchat/?backend=a', true],
      ['/webchat/?backend=b', false],
    ]);
    expect(page).toContain('<span>Chat &amp; more</span>');
  });

  it('offers no choice for a single customer page', async () => {
    const page = await fetchPage({ customerPages: [{ label: 'Webchat', url: '/webchat/' }] });
    expect(findFrameUrls(page).at(-1)).toBe('/webchat/');
    expect(page).not.toContain('radiogroup');
  });
});
