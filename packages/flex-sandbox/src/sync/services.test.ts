import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { type ChatFixture, startChatFixture } from '../chat/chat-fixture.js';

const { AccessToken } = twilio.jwt;

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

const services = () => fixture.rest.sync.v1.services;
const flexToken = () => fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' });

/** A token with a SyncGrant for one service. */
function tokenFor(serviceSid: string, identity = 'clerk'): string {
  const { accountSid, apiKeySid, apiKeySecret } = SANDBOX_ACCOUNT;
  const token = new AccessToken(accountSid, apiKeySid, apiKeySecret, { identity });
  token.addGrant(new AccessToken.SyncGrant({ serviceSid }));
  return token.toJwt();
}

describe('services by REST', () => {
  it('include the default service, by its SID and as `default`', async () => {
    const service = await services()('default').fetch();
    expect(service).toMatchObject({
      sid: SANDBOX_ACCOUNT.syncServiceSid,
      uniqueName: 'default',
      aclEnabled: false,
    });
    expect((await services()(service.sid).fetch()).uniqueName).toBe('default');
  });

  it('are created, changed, listed and deleted', async () => {
    const ledgers = await services().create({ friendlyName: 'Ledgers', aclEnabled: true });
    expect(ledgers).toMatchObject({ friendlyName: 'Ledgers', aclEnabled: true, uniqueName: null });
    await services()(ledgers.sid).update({ reachabilityWebhooksEnabled: true });
    const listed = await services().list();
    expect(listed.map(({ sid }) => sid)).toEqual([SANDBOX_ACCOUNT.syncServiceSid, ledgers.sid]);
    expect(listed[1]).toMatchObject({ reachabilityWebhooksEnabled: true, aclEnabled: true });
    await services()(ledgers.sid).remove();
    await expect(services()(ledgers.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('refuse an invalid name and an update without a parameter', async () => {
    await expect(services().create({ friendlyName: 'x'.repeat(256) })).rejects.toMatchObject({ code: 54053 });
    await expect(services()('default').update({})).rejects.toMatchObject({ status: 400, code: 54010 });
  });

  it('each have unique names of their own', async () => {
    const { sid } = await services().create({});
    const inDefault = await services()('default').documents.create({ uniqueName: 'ledger' });
    const inOther = await services()(sid).documents.create({ uniqueName: 'ledger' });
    expect(inOther.serviceSid).toBe(sid);
    expect((await services()(sid).documents('ledger').fetch()).sid).toBe(inOther.sid);
    expect((await services()('default').documents.list()).map((document) => document.sid)).toEqual([
      inDefault.sid,
    ]);
    await expect(services()('default').documents(inOther.sid).fetch()).rejects.toMatchObject({ status: 404 });
  });

  it('delete their documents with them', async () => {
    const { sid } = await services().create({});
    const { sid: documentSid } = await services()(sid).documents.create({ uniqueName: 'ledger' });
    await services()(sid).remove();
    await expect(services()(sid).documents(documentSid).fetch()).rejects.toMatchObject({ status: 404 });
  });
});

describe('a client', () => {
  it('reads and writes in the service of its SyncGrant', async () => {
    const { sid } = await services().create({});
    await services()(sid).documents.create({ uniqueName: 'ledger', data: { n: 1 } });
    const clerk = await fixture.syncClient(tokenFor(sid));
    const document = await clerk.document({ id: 'ledger', mode: 'open_existing' });
    await document.set({ n: 2 });
    expect((await services()(sid).documents('ledger').fetch()).data).toEqual({ n: 2 });
  });

  it('with a Flex token overwrites every document of the default service', async () => {
    await services()('default').documents.create({ uniqueName: 'ledger', data: { n: 1 } });
    const alice = await fixture.syncClient(flexToken());
    const document = await alice.document({ id: 'ledger', mode: 'open_existing' });
    await document.set({ n: 2 });
    const ledger = await services()('default').documents('ledger').fetch();
    expect(ledger).toMatchObject({ data: { n: 2 }, createdBy: 'system' });
  });

  it('with a Flex token reaches no document of another service, even one with its SID', async () => {
    const { sid } = await services().create({});
    const ledger = await services()(sid).documents.create({ uniqueName: 'ledger', data: { n: 1 } });
    const alice = await fixture.syncClient(flexToken());
    for (const id of ['ledger', ledger.sid]) {
      await expect(alice.document({ id, mode: 'open_existing' })).rejects.toMatchObject({ status: 404 });
    }
    await alice.document({ id: 'ledger', value: { n: 'forged' } });
    expect((await services()(sid).documents('ledger').fetch()).data).toEqual({ n: 1 });
    expect(await services()(sid).documents.list()).toHaveLength(1);
  });

  it('reaches nothing with a grant for a service that does not exist', async () => {
    const clerk = await fixture.syncClient(tokenFor(`IS${'9'.repeat(32)}`));
    await expect(clerk.document({ id: 'new' })).rejects.toMatchObject({ status: 403, code: 54007 });
  });

  it('cannot change the objects of chat through Sync', async () => {
    const { sid } = fixture.chat.createChannel({ attributes: { status: 'ACTIVE' } });
    fixture.chat.addMember(sid, { identity: 'alice' });
    const documentSid = fixture.chat.channel(sid).sync.document.sid;
    const token = flexToken();
    for (const product of ['data_sync', 'ip_messaging']) {
      const reply = await fixture.sandbox.router.dispatch({
        method: 'POST',
        host: 'cds.us1.twilio.com',
        path: `/v3/Documents/${documentSid}`,
        query: {},
        body: { data: { attributes: {} } },
        rawBody: Buffer.alloc(0),
        headers: {},
        caller: { kind: 'user', identity: 'alice', token },
        product,
      });
      expect(reply.status).toBeGreaterThanOrEqual(403);
    }
    expect(fixture.chat.channel(sid).sync.document.revision).toBe('0');
  });
});
