import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox.js';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function pageWith(landing: NonNullable<SandboxOptions['landing']>): Promise<string> {
  sandbox = await startSandbox({ landing });
  return (await fetch(sandbox.url)).text();
}

const addresses = (page: string) =>
  [...page.matchAll(/data-address="([^"]*)"/g)].map(([, address]) => address);

describe('the landing page', () => {
  it('shows the agents who are ready and the customer', async () => {
    const page = await pageWith({ customerPage: '/webchat/' });
    expect(addresses(page)).toEqual([sandbox.flexUrl('alice'), sandbox.flexUrl('bob'), '/webchat/']);
    expect(page).not.toContain('radiogroup');
  });

  it('lets one choose among several pages for the customer, and starts with the first', async () => {
    const page = await pageWith({
      customerPages: [
        { label: 'Chat & more', url: '/webchat/?backend=a' },
        { label: 'Conversations', url: '/webchat/?backend=b' },
      ],
    });
    expect(addresses(page).at(-1)).toBe('/webchat/?backend=a');
    expect(page).toContain('role="radiogroup" aria-label="Page of Customer"');
    const options = [...page.matchAll(/<input type="radio"[^>]*value="([^"]*)"( checked)?>/g)];
    expect(options.map(([, value, checked]) => [value, checked !== undefined])).toEqual([
      ['/webchat/?backend=a', true],
      ['/webchat/?backend=b', false],
    ]);
    expect(page).toContain('<span>Chat &amp; more</span>');
  });

  it('has no choice where there is nothing to choose', async () => {
    const page = await pageWith({ customerPages: [{ label: 'Webchat', url: '/webchat/' }] });
    expect(addresses(page).at(-1)).toBe('/webchat/');
    expect(page).not.toContain('radiogroup');
  });
});
