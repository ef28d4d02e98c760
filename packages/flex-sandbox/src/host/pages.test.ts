import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiReply } from '../router.js';
import type { PageHandler } from '../server.js';
import { buildFlexUrl, parseWorkerHost, serveFlexPage } from './flex-page.js';
import { insertFirstInHead, serveMounts } from './mounts.js';

const get = (handler: PageHandler, url: string) =>
  handler({ method: 'GET', url: new URL(url), headers: {}, rawBody: Buffer.alloc(0) });
const textOf = (reply: ApiReply | undefined) => String(reply?.body);

describe('serveFlexPage', () => {
  it.each(['/', '/agent-desktop/WR1', '/teams', '/any/other/route'])(
    'serves the page at %s of a worker’s host',
    async (path) => {
      const reply = await get(serveFlexPage, `http://alice.flex.localhost:4010${path}`);
      expect(textOf(reply)).toContain('data-worker="alice"');
    },
  );

  it('serves the page without a worker at the paths of Flex’s router on the plain host', async () => {
    for (const path of ['/flex/?worker=alice', '/agent-desktop/WR1']) {
      const reply = await get(serveFlexPage, `http://127.0.0.1:4010${path}`);
      expect(textOf(reply)).toContain('id="root"');
      expect(textOf(reply)).not.toContain('data-worker');
    }
  });

  it('ignores a request for a missing script', async () => {
    expect(await get(serveFlexPage, 'http://alice.flex.localhost:4010/plugin.js')).toBeUndefined();
  });

  it('ignores other paths of the plain host', async () => {
    expect(await get(serveFlexPage, 'http://127.0.0.1:4010/')).toBeUndefined();
    expect(await get(serveFlexPage, 'http://flex.localhost:4010/')).toBeUndefined();
  });
});

describe('buildFlexUrl', () => {
  it('names the worker in the host', () => {
    const { hostname } = new URL(buildFlexUrl('http://127.0.0.1:4010', 'Alice'));
    expect(parseWorkerHost(hostname)).toBe('alice');
  });

  it('names the worker in the query when the name is not a valid host', () => {
    expect(buildFlexUrl('http://127.0.0.1:4010', 'a@b.com')).toBe(
      'http://127.0.0.1:4010/flex/?worker=a%40b.com',
    );
  });

  it('belongs to the same site as the landing page', () => {
    expect(new URL(buildFlexUrl('http://127.0.0.1:4010', 'alice')).hostname).toMatch(/\.flex\.localhost$/);
  });
});

describe('serveMounts', () => {
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

  const getMounted = (path: string) => get(serve, `http://127.0.0.1:4010${path}`);

  it('serves a file from the first of several folders that has it', async () => {
    await mkdir(join(folder, 'settings'));
    await writeFile(join(folder, 'settings', 'config.js'), 'configure()');
    const serveBoth = serveMounts({ '/webchat': [join(folder, 'settings'), join(folder, 'app')] });
    const getFromBoth = (path: string) => get(serveBoth, `http://127.0.0.1:4010${path}`);

    expect(textOf(await getFromBoth('/webchat/config.js'))).toBe('configure()');
    expect(textOf(await getFromBoth('/webchat/assets/a.js'))).toBe('run()');
    expect(textOf(await getFromBoth('/webchat/'))).toContain('a.js');
  });

  it('serves index.html and files with their content types', async () => {
    expect((await getMounted('/webchat/'))?.headers).toMatchObject({
      'content-type': expect.stringContaining('text/html'),
    });
    const script = await getMounted('/webchat/assets/a.js');
    expect(textOf(script)).toBe('run()');
    expect(script?.headers).toMatchObject({ 'content-type': expect.stringContaining('text/javascript') });
  });

  it('redirects to the path with a trailing slash and keeps the query', async () => {
    expect(await getMounted('/webchat?x=1')).toMatchObject({
      status: 302,
      headers: { location: '/webchat/?x=1' },
    });
  });

  it('serves nothing outside the folder', async () => {
    expect(await getMounted('/webchat/%2e%2e/secret.txt')).toBeUndefined();
    expect(await getMounted('/webchat/..%2fsecret.txt')).toBeUndefined();
  });

  it('ignores other paths', async () => {
    expect(await getMounted('/webchats/')).toBeUndefined();
    expect(await getMounted('/webchat/missing.js')).toBeUndefined();
  });
});

describe('insertFirstInHead', () => {
  it('inserts the script before all others', () => {
    const page = '<html><head lang="en"><script src="sdk.js"></script></head></html>';
    expect(insertFirstInHead(page, '/shim.js')).toMatch(
      /<head lang="en"><script src="\/shim.js"><\/script><script/,
    );
  });

  it('does not mistake <header> for <head>', () => {
    const page = '<body><header></header></body>';
    expect(insertFirstInHead(page, '/shim.js')).toBe(`<script src="/shim.js"></script>${page}`);
  });
});
