import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiReply } from '../router.js';
import type { PageHandler } from '../server.js';
import { buildFlexUrl, parseWorkerHost, serveFlexPage } from './flex-page.js';
import { insertFirstInHead, serveMounts } from './mounts.js';

const get = (handler: PageHandler, address: string) =>
  handler({ method: 'GET', url: new URL(address), headers: {}, rawBody: Buffer.alloc(0) });
const textOf = (reply: ApiReply | undefined) => String(reply?.body);

describe('the page of a worker', () => {
  it.each(['/', '/agent-desktop/WR1', '/teams', '/anything/flex/may/invent'])(
    'is at %s of their own host, so that a reload comes back to it',
    async (path) => {
      const reply = await get(serveFlexPage, `http://alice.flex.localhost:4010${path}`);
      expect(textOf(reply)).toContain('data-worker="alice"');
    },
  );

  it('is on the plain host at the paths that Flex uses, for whoever the window is signed in as', async () => {
    for (const path of ['/flex/?worker=alice', '/agent-desktop/WR1']) {
      const reply = await get(serveFlexPage, `http://127.0.0.1:4010${path}`);
      expect(textOf(reply)).toContain('id="root"');
      expect(textOf(reply)).not.toContain('data-worker');
    }
  });

  it('does not stand in for a script that is missing', async () => {
    expect(await get(serveFlexPage, 'http://alice.flex.localhost:4010/plugin.js')).toBeUndefined();
  });

  it('leaves the rest of the plain host alone', async () => {
    expect(await get(serveFlexPage, 'http://127.0.0.1:4010/')).toBeUndefined();
    expect(await get(serveFlexPage, 'http://flex.localhost:4010/')).toBeUndefined();
  });
});

describe('the address of a worker’s page', () => {
  it('leads to that worker', () => {
    const { hostname } = new URL(buildFlexUrl('http://127.0.0.1:4010', 'Alice'));
    expect(parseWorkerHost(hostname)).toBe('alice');
  });

  it('names workers in the query whose name cannot be a host', () => {
    expect(buildFlexUrl('http://127.0.0.1:4010', 'a@b.com')).toBe(
      'http://127.0.0.1:4010/flex/?worker=a%40b.com',
    );
  });

  it('is of the same site as the landing page, or a browser may refuse the frame its session', () => {
    expect(new URL(buildFlexUrl('http://127.0.0.1:4010', 'alice')).hostname).toMatch(/\.flex\.localhost$/);
  });
});

describe('mounts', () => {
  let folder: string;
  let serve: PageHandler;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mounts-'));
    await mkdir(join(folder, 'app', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(
      join(folder, 'app', 'index.html'),
      '<!doctype html><head><script src="a.js"></script></head>',
    );
    await writeFile(join(folder, 'app', 'assets', 'a.js'), 'run()');
    serve = serveMounts({ '/webchat': join(folder, 'app') });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const at = (path: string) => get(serve, `http://127.0.0.1:4010${path}`);

  it('serve a file from the first of several folders that has it', async () => {
    await mkdir(join(folder, 'settings'));
    await writeFile(join(folder, 'settings', 'config.js'), 'here()');
    const both = serveMounts({ '/webchat': [join(folder, 'settings'), join(folder, 'app')] });
    const fromBoth = (path: string) => get(both, `http://127.0.0.1:4010${path}`);

    expect(textOf(await fromBoth('/webchat/config.js'))).toBe('here()');
    expect(textOf(await fromBoth('/webchat/assets/a.js'))).toBe('run()');
    expect(textOf(await fromBoth('/webchat/'))).toContain('a.js');
  });

  it('serve a folder’s page and its files with their types', async () => {
    expect((await at('/webchat/'))?.headers).toMatchObject({
      'content-type': expect.stringContaining('text/html'),
    });
    const script = await at('/webchat/assets/a.js');
    expect(textOf(script)).toBe('run()');
    expect(script?.headers).toMatchObject({ 'content-type': expect.stringContaining('text/javascript') });
  });

  it('send a folder without its slash to the one with it, query kept', async () => {
    expect(await at('/webchat?x=1')).toMatchObject({ status: 302, headers: { location: '/webchat/?x=1' } });
  });

  it('have nothing outside their folder', async () => {
    expect(await at('/webchat/%2e%2e/secret.txt')).toBeUndefined();
    expect(await at('/webchat/..%2fsecret.txt')).toBeUndefined();
  });

  it('do not answer for other paths', async () => {
    expect(await at('/webchats/')).toBeUndefined();
    expect(await at('/webchat/missing.js')).toBeUndefined();
  });
});

describe('putFirstInHead', () => {
  it('puts the script before every other', () => {
    const page = '<html><head lang="en"><script src="sdk.js"></script></head></html>';
    expect(insertFirstInHead(page, '/shim.js')).toMatch(
      /<head lang="en"><script src="\/shim.js"><\/script><script/,
    );
  });

  it('is not fooled by a header', () => {
    const page = '<body><header></header></body>';
    expect(insertFirstInHead(page, '/shim.js')).toBe(`<script src="/shim.js"></script>${page}`);
  });
});
