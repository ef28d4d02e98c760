import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatFixture, startChatFixture } from '../chat/chat-fixture.js';
import { nextEvent } from '../test-waiting.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
  await maps().create({ uniqueName: 'due' });
});
afterEach(() => fixture.close());

const maps = () => fixture.rest.sync.v1.services('default').syncMaps;
const items = () => maps()('due').syncMapItems;
const keysOf = (list: ReadonlyArray<{ readonly key: string }>) => list.map(({ key }) => key);
const flexToken = (identity = 'alice') => fixture.sandbox.tokens.issueFlexToken({ identity });

async function addItems(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await items().create({ key, data: { key } });
}

describe('maps by REST', () => {
  it('are found by SID and unique name, listed and deleted', async () => {
    const map = await maps()('due').fetch();
    expect(map).toMatchObject({ uniqueName: 'due', revision: '0', dateExpires: null, createdBy: 'system' });
    expect(map.sid).toMatch(/^MP[0-9a-f]{32}$/);
    expect((await maps()(map.sid).fetch()).uniqueName).toBe('due');
    expect((await maps().list()).map(({ sid }) => sid)).toEqual([map.sid]);
    await expect(maps().create({ uniqueName: 'due' })).rejects.toMatchObject({ status: 409, code: 54301 });
    await addItems('a');
    await maps()('due').remove();
    await expect(items()('a').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('expire after their TTL, which CollectionTtl and an update replace', async () => {
    await maps().create({ uniqueName: 'short', ttl: 60 });
    fixture.sandbox.clock.advance(40_000);
    const shortItems = maps()('short').syncMapItems;
    await shortItems.create({ key: 'a', data: {}, collectionTtl: 120 });
    fixture.sandbox.clock.advance(100_000);
    expect((await shortItems('a').fetch()).dateExpires).toBeNull();
    await maps()('short').update({ ttl: 60 });
    fixture.sandbox.clock.advance(40_000);
    await maps()('short').fetch();
    fixture.sandbox.clock.advance(20_000);
    await expect(maps()('short').fetch()).rejects.toMatchObject({ status: 404 });
  });
});

describe('map items by REST', () => {
  it('are created once for each key', async () => {
    const item = await items().create({ key: 'a', data: { n: 1 } });
    expect(item).toMatchObject({ key: 'a', data: { n: 1 }, dateExpires: null, createdBy: 'system' });
    await expect(items().create({ key: 'a', data: { n: 2 } })).rejects.toMatchObject({
      status: 409,
      code: 54208,
    });
    expect((await items()('a').fetch()).data).toEqual({ n: 1 });
    await expect(items()('b').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(items()('b').update({ data: {} })).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it.each([
    [{ key: '', data: {} }, 400, 54209],
    [{ key: 'x'.repeat(321), data: {} }, 400, 54209],
    [{ key: 'a', data: 'no JSON' }, 400, 54008],
    [{ key: 'a', data: 'null' }, 400, 54206],
    [{ key: 'a', data: { text: 'x'.repeat(16 * 1024) } }, 413, 54006],
    [{ key: 'a', data: {}, itemTtl: 31_536_001 }, 400, 54011],
  ])('refuse %j', async (fields, status, code) => {
    await expect(items().create(fields)).rejects.toMatchObject({ status, code });
    expect(await items().list()).toEqual([]);
  });

  it('take a key of 320 characters', async () => {
    const key = 'x'.repeat(320);
    await addItems(key);
    expect((await items()(key).fetch()).key).toBe(key);
  });

  it('are updated and deleted only with the latest revision in If-Match', async () => {
    const { revision } = await items().create({ key: 'a', data: { n: 1 } });
    const second = await items()('a').update({ data: { n: 2 }, ifMatch: revision });
    expect(second.revision).not.toBe(revision);
    const refusal = { status: 412, code: 54205 };
    await expect(items()('a').update({ data: {}, ifMatch: revision })).rejects.toMatchObject(refusal);
    await expect(items()('a').remove({ ifMatch: revision })).rejects.toMatchObject(refusal);
    expect((await items()('a').fetch()).data).toEqual({ n: 2 });
    await items()('a').remove({ ifMatch: second.revision });
    expect(await items().list()).toEqual([]);
  });

  it('have the revision as ETag', async () => {
    await addItems('a');
    const { headers, body } = await items()('a').fetchWithHttpInfo();
    expect(Object.fromEntries(Object.entries(headers ?? {})).etag).toBe(`"${body.revision}"`);
  });

  it('expire after ItemTtl, or its alias Ttl, which an update replaces', async () => {
    await items().create({ key: 'a', data: {}, itemTtl: 60, ttl: 9_000 });
    await items().create({ key: 'b', data: {}, ttl: 60 });
    await items().create({ key: 'c', data: {}, ttl: 60 });
    fixture.sandbox.clock.advance(40_000);
    await items()('b').update({ itemTtl: 60 });
    await items()('c').update({ data: { n: 1 } });
    fixture.sandbox.clock.advance(20_000);
    expect(keysOf(await items().list())).toEqual(['b']);
    fixture.sandbox.clock.advance(40_000);
    expect(await items().list()).toEqual([]);
  });

  it('get a new life when they are created again', async () => {
    await items().create({ key: 'a', data: {}, ttl: 60 });
    await items()('a').remove();
    await items().create({ key: 'a', data: {} });
    fixture.sandbox.clock.advance(60_000);
    expect(keysOf(await items().list())).toEqual(['a']);
  });
});

describe('the list of map items', () => {
  const DAYS = ['2026-01-03', '2026-01-01', '2026-01-05', '2026-01-02', '2026-01-04'];
  const SORTED = DAYS.toSorted();
  beforeEach(() => addItems(...DAYS));

  it('is ordered by key, in both directions and over pages', async () => {
    expect(keysOf(await items().list({ pageSize: 2 }))).toEqual(SORTED);
    expect(keysOf(await items().list({ pageSize: 2, order: 'desc' }))).toEqual(SORTED.toReversed());
  });

  it('starts at From, which Bounds includes or excludes', async () => {
    const from = '2026-01-03';
    expect(keysOf(await items().list({ from }))).toEqual(SORTED.slice(2));
    expect(keysOf(await items().list({ from, bounds: 'exclusive' }))).toEqual(SORTED.slice(3));
    expect(keysOf(await items().list({ from, bounds: 'exclusive', order: 'desc', pageSize: 1 }))).toEqual([
      '2026-01-02',
      '2026-01-01',
    ]);
    expect(keysOf(await items().list({ from: '2026-01-02T12' }))).toEqual(SORTED.slice(2));
  });

  it('skips no item when items of an earlier page are removed meanwhile', async () => {
    const first = await items().page({ pageSize: 2 });
    await items()('2026-01-01').remove();
    const second = await first.nextPage();
    expect(keysOf(second?.instances ?? [])).toEqual(['2026-01-03', '2026-01-04']);
    expect(keysOf((await second?.previousPage())?.instances ?? [])).toEqual(['2026-01-02']);
  });

  it('has pages of at most 100 items', async () => {
    for (let n = 0; n < 100; n++) await addItems(`n${n}`);
    const page = await items().page({ pageSize: 500 });
    expect(page.instances).toHaveLength(100);
    expect(page.nextPageUrl).toBeDefined();
  });

  it.each([
    [{ Order: 'up' }, 54451],
    [{ Bounds: 'open' }, 54452],
    [{ PageToken: 'none' }, 54453],
    [{ PageSize: '0' }, 54454],
  ])('refuses %j with %i', async (query, code) => {
    const { url, sandbox } = fixture;
    const { accountSid, authToken } = sandbox.account;
    const path = '/sync.twilio.com/v1/Services/default/Maps/due/Items';
    const response = await fetch(`${url}${path}?${new URLSearchParams(query)}`, {
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    });
    expect(await response.json()).toMatchObject({ status: 400, code });
  });
});

describe('maps in the SDK', () => {
  it('receive the changes by REST, and REST returns the changes of the SDK', async () => {
    const map = await (await fixture.syncClient(flexToken())).map({ id: 'due', mode: 'open_existing' });
    const added = nextEvent<{ item: { key: string; data: unknown } }>(map, 'itemAdded');
    await addItems('a');
    expect((await added).item).toMatchObject({ key: 'a', data: { key: 'a' } });

    await map.set('a', { by: 'alice' });
    await map.set('b', { by: 'alice' }, { ttl: 60 });
    expect(await items()('b').fetch()).toMatchObject({ data: { by: 'alice' }, createdBy: 'alice' });
    const removed = nextEvent<{ key: string }>(map, 'itemRemoved');
    fixture.sandbox.clock.advance(60_000);
    expect((await removed).key).toBe('b');
    expect(keysOf((await map.getItems()).items)).toEqual(['a']);
  });

  it('are created, changed and removed', async () => {
    const map = await (await fixture.syncClient(flexToken())).map('shared');
    await map.mutate('a', () => ({ n: 1 }));
    await map.mutate('a', (data) => ({ previous: data }));
    await map.setItemTtl('a', 60);
    const sharedItems = maps()(map.sid).syncMapItems;
    const item = await sharedItems('a').fetch();
    expect(item.data).toEqual({ previous: { n: 1 } });
    expect(item.dateExpires).not.toBeNull();
    await map.remove('a');
    expect(await sharedItems.list()).toEqual([]);
    await map.removeMap();
    await expect(maps()(map.sid).fetch()).rejects.toMatchObject({ status: 404 });
  });

  it('of a service with its ACL on need permissions', async () => {
    const services = fixture.rest.sync.v1.services;
    await services('default').update({ aclEnabled: true });
    const client = await fixture.syncClient(flexToken());
    const existing = { id: 'due', mode: 'open_existing' };
    await expect(client.map(existing)).rejects.toMatchObject({ status: 403, code: 54007 });

    const allow = (write: boolean, manage: boolean) =>
      maps()('due').syncMapPermissions('alice').update({ read: true, write, manage });
    expect(await allow(false, false)).toMatchObject({ identity: 'alice', read: true, write: false });
    const map = await client.map(existing);
    await expect(map.set('a', {})).rejects.toMatchObject({ status: 403, code: 54007 });
    await allow(true, false);
    await map.set('a', { n: 1 });
    await expect(map.removeMap()).rejects.toMatchObject({ status: 403, code: 54007 });
    expect(keysOf(await items().list())).toEqual(['a']);
  });
});
