import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { type ChatFixture, startChatFixture } from '../chat/chat-fixture.js';
import { collect, eventually, nextEvent } from '../test-waiting.js';

const { AccessToken } = twilio.jwt;

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

const documents = () => fixture.rest.sync.v1.services('default').documents;

describe('documents by REST', () => {
  it('are created once for each unique name', async () => {
    const ledger = await documents().create({ uniqueName: 'ledger', data: { n: 1 } });
    expect(ledger).toMatchObject({ uniqueName: 'ledger', data: { n: 1 }, revision: '0', dateExpires: null });
    expect(ledger.sid).toMatch(/^ET[0-9a-f]{32}$/);
    await expect(documents().create({ uniqueName: 'ledger' })).rejects.toMatchObject({
      status: 409,
      code: 54301,
    });
    await expect(documents()('nothing').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('are found by SID and unique name, in the default service and by its SID', async () => {
    const ledger = await documents().create({ uniqueName: 'ledger', data: {} });
    const service = fixture.rest.sync.v1.services(SANDBOX_ACCOUNT.syncServiceSid);
    expect((await documents()(ledger.sid).fetch()).uniqueName).toBe('ledger');
    expect((await service.documents('ledger').fetch()).sid).toBe(ledger.sid);
    expect((await documents().list()).map(({ sid }) => sid)).toEqual([ledger.sid]);
  });

  it('are updated only with the latest revision in If-Match', async () => {
    const ledger = await documents().create({ uniqueName: 'ledger', data: { n: 1 } });
    const write = (n: number, ifMatch: string) => documents()('ledger').update({ data: { n }, ifMatch });
    const second = await write(2, ledger.revision);
    expect(second.revision).not.toBe(ledger.revision);
    await expect(write(3, ledger.revision)).rejects.toMatchObject({ status: 412, code: 54103 });
    expect((await documents()('ledger').fetch()).data).toEqual({ n: 2 });
    expect((await write(3, `"${second.revision}"`)).data).toEqual({ n: 3 });
  });

  it('have the revision as ETag', async () => {
    await documents().create({ uniqueName: 'ledger', data: {} });
    const url = `${fixture.url}/sync.twilio.com/v1/Services/default/Documents/ledger`;
    const authorization = `Basic ${btoa(`${SANDBOX_ACCOUNT.accountSid}:${SANDBOX_ACCOUNT.authToken}`)}`;
    const response = await fetch(url, { headers: { authorization } });
    expect(response.headers.get('etag')).toBe('"0"');
    expect((await fetch(url)).status).toBe(401);
  });

  it('expire after their TTL and free their unique name', async () => {
    const ledger = await documents().create({ uniqueName: 'ledger', data: {}, ttl: 60 });
    expect(ledger.dateExpires?.getTime()).toBeGreaterThan(ledger.dateCreated.getTime());
    fixture.sandbox.clock.advance(40_000);
    await documents()('ledger').update({ ttl: 120 });
    fixture.sandbox.clock.advance(100_000);
    expect((await documents()('ledger').fetch()).sid).toBe(ledger.sid);
    fixture.sandbox.clock.advance(20_000);
    await expect(documents()('ledger').fetch()).rejects.toMatchObject({ status: 404 });
    await documents().create({ uniqueName: 'ledger' });
  });

  it('hold at most 16 KiB', async () => {
    const data = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
    await documents().create({ uniqueName: 'full', data: data(16 * 1024) });
    const tooLarge = { status: 413, code: 54006 };
    await expect(documents().create({ data: data(16 * 1024 + 1) })).rejects.toMatchObject(tooLarge);
    await expect(documents().create({ data: { text: '漢'.repeat(6_000) } })).rejects.toMatchObject(tooLarge);
    const update = documents()('full').update({ data: data(16 * 1024 + 1) });
    await expect(update).rejects.toMatchObject(tooLarge);
    expect((await documents()('full').fetch()).revision).toBe('0');
  });

  it.each([
    [{ data: 'no JSON' }, 54008],
    [{ data: 'null' }, 54101],
    [{ data: '[1]' }, 54008],
    [{ ttl: 31_536_001 }, 54011],
    [{ ttl: -1 }, 54011],
    [{ uniqueName: 'x'.repeat(321) }, 54302],
    [{ uniqueName: `ET${'0'.repeat(32)}` }, 54302],
  ])('refuse %j with %i', async (fields, code) => {
    await expect(documents().create(fields)).rejects.toMatchObject({ status: 400, code });
  });

  it('refuse an update without a parameter and a malformed If-Match', async () => {
    await documents().create({ uniqueName: 'ledger' });
    await expect(documents()('ledger').update({})).rejects.toMatchObject({ status: 400, code: 54010 });
    const update = documents()('ledger').update({ data: {}, ifMatch: 'no revision' });
    await expect(update).rejects.toMatchObject({ status: 400, code: 54003 });
  });

  it('are listed in pages', async () => {
    for (let n = 0; n < 5; n++) await documents().create({ uniqueName: `ledger ${n}` });
    const names = (await documents().list({ pageSize: 2 })).map(({ uniqueName }) => uniqueName);
    expect(names).toEqual([0, 1, 2, 3, 4].map((n) => `ledger ${n}`));
    const page = await documents().page({ pageSize: 2 });
    expect(page.instances).toHaveLength(2);
    expect(page.nextPageUrl).toContain('Page=1');
  });

  it('do not include the documents of chat', async () => {
    const { sid } = fixture.chat.createChannel({});
    await expect(documents()(`${sid}.channel`).fetch()).rejects.toMatchObject({ status: 404 });
    expect(await documents().list()).toEqual([]);
  });
});

describe('documents in the SDK', () => {
  it('receive the changes by REST, and REST returns the changes of the SDK', async () => {
    await documents().create({ uniqueName: 'ledger', data: { n: 1 } });
    const agent = await fixture.syncClient(fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' }));
    const document = await agent.document({ id: 'ledger', mode: 'open_existing' });
    expect(document.data).toEqual({ n: 1 });

    const updated = nextEvent<{ data: unknown; isLocal: boolean }>(document, 'updated');
    await documents()('ledger').update({ data: { n: 2 } });
    expect(await updated).toMatchObject({ data: { n: 2 }, isLocal: false });

    await document.set({ n: 3 });
    expect((await documents()('ledger').fetch()).data).toEqual({ n: 3 });
    const removed = nextEvent(document, 'removed');
    await documents()('ledger').remove();
    await removed;
  });

  it('can be created and removed', async () => {
    const agent = await fixture.syncClient(fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' }));
    const document = await agent.document({ id: 'shared', value: { by: 'alice' } });
    expect((await documents()('shared').fetch()).sid).toBe(document.sid);
    await document.removeDocument();
    await expect(documents()('shared').fetch()).rejects.toMatchObject({ status: 404 });
  });

  it("refuse a customer's chat token and accept a token with a SyncGrant", async () => {
    await documents().create({ uniqueName: 'ledger', data: { secret: true } });
    const customer = await fixture.syncClient(fixture.sandbox.tokens.issueChatToken('customer'));
    await expect(customer.document({ id: 'ledger', mode: 'open_existing' })).rejects.toMatchObject({
      status: 403,
    });

    const { accountSid, apiKeySid, apiKeySecret, syncServiceSid } = SANDBOX_ACCOUNT;
    const token = new AccessToken(accountSid, apiKeySid, apiKeySecret, { identity: 'clerk' });
    token.addGrant(new AccessToken.SyncGrant({ serviceSid: syncServiceSid }));
    const clerk = await fixture.syncClient(token.toJwt());
    expect((await clerk.document({ id: 'ledger', mode: 'open_existing' })).data).toEqual({ secret: true });
  });
});

describe('live queries', () => {
  it('return matching rows and push every changed, added and removed row', async () => {
    const rows = new Map<string, { activity: string }>([
      ['WK1', { activity: 'Available' }],
      ['WK2', { activity: 'Offline' }],
    ]);
    fixture.sync.addIndex('tr-worker', () => [...rows].map(([key, data]) => ({ key, data })));
    const agent = await fixture.syncClient(fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' }));
    const query = await agent.liveQuery('tr-worker', 'data.activity != "Offline"');
    expect(query.getItems()).toEqual({ WK1: { activity: 'Available' } });
    const updates = collect<{ key: string; value: unknown }>(query, 'itemUpdated');
    const removals = collect<{ key: string }>(query, 'itemRemoved');

    // The client has not subscribed yet. The sandbox replays this change when it subscribes.
    rows.set('WK2', { activity: 'Break' });
    fixture.sync.refresh('tr-worker');
    await eventually(() => expect(updates).toEqual([{ key: 'WK2', value: { activity: 'Break' } }]));

    rows.set('WK1', { activity: 'Offline' });
    fixture.sync.refresh('tr-worker');
    await eventually(() => expect(removals).toEqual([{ key: 'WK1' }]));
    rows.set('WK1', { activity: 'Available' });
    fixture.sync.refresh('tr-worker');
    await eventually(() => expect(updates).toHaveLength(2));
    expect(query.getItems()).toEqual({ WK1: { activity: 'Available' }, WK2: { activity: 'Break' } });
  });

  it('refuse a customer, even one who knows the SID of a query', async () => {
    fixture.sync.addIndex('tr-worker', () => [{ key: 'WK1', data: { full_name: 'Alice Archer' } }]);
    const agent = await fixture.syncClient(fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' }));
    const { sid } = await agent.liveQuery('tr-worker', '');
    const token = fixture.sandbox.tokens.issueChatToken('customer');
    const customer = await fixture.syncClient(token);
    await expect(customer.liveQuery('tr-worker', '')).rejects.toMatchObject({ status: 403 });

    const pushes: unknown[] = [];
    const caller = { kind: 'user', identity: 'customer', token } as const;
    const reply = await fixture.sandbox.router.dispatch({
      method: 'POST',
      host: 'cds.us1.twilio.com',
      path: '/v4/Subscriptions',
      query: {},
      body: {
        action: 'establish',
        requests: [{ object_sid: sid, object_type: 'live_query', last_event_id: 0 }],
      },
      rawBody: Buffer.alloc(0),
      headers: {},
      caller,
      connection: {
        identity: 'customer',
        caller,
        notify: (_, payload) => pushes.push(payload),
        onClose: () => undefined,
      },
    });
    reply.afterReply?.();
    fixture.sync.refresh('tr-worker');
    expect(pushes).toMatchObject([{ event_type: 'subscription_failed', event: { error: { status: 403 } } }]);
  });
});
