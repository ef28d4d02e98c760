import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { type ChatFixture, startChatFixture } from '../chat/chat-fixture.js';
import { collect, nextEvent } from '../test-waiting.js';

const { AccessToken } = twilio.jwt;

let fixture: ChatFixture;
let serviceSid: string;
beforeEach(async () => {
  fixture = await startChatFixture();
  serviceSid = (await fixture.rest.sync.v1.services.create({ aclEnabled: true })).sid;
});
afterEach(() => fixture.close());

const service = () => fixture.rest.sync.v1.services(serviceSid);
const permissions = () => service().documents('ledger').documentPermissions;
const grant = (read: boolean, write: boolean, manage: boolean) =>
  permissions()('clerk').update({ read, write, manage });

/** A client whose token has a SyncGrant for the service. */
function connect(identity = 'clerk') {
  const { accountSid, apiKeySid, apiKeySecret } = SANDBOX_ACCOUNT;
  const token = new AccessToken(accountSid, apiKeySid, apiKeySecret, { identity });
  token.addGrant(new AccessToken.SyncGrant({ serviceSid }));
  return fixture.syncClient(token.toJwt());
}

const FORBIDDEN = { status: 403, code: 54007 };
const existing = { id: 'ledger', mode: 'open_existing' };

describe('permissions by REST', () => {
  it('are set, read, listed and deleted', async () => {
    const { sid } = await service().documents.create({ uniqueName: 'ledger' });
    expect(await grant(true, false, false)).toMatchObject({
      documentSid: sid,
      identity: 'clerk',
      read: true,
      write: false,
      manage: false,
    });
    expect((await permissions().list()).map(({ identity }) => identity)).toEqual(['clerk']);
    await permissions()('clerk').remove();
    await expect(permissions()('clerk').fetch()).rejects.toMatchObject({ status: 404 });
  });
});

describe('in a service with its ACL on, a client', () => {
  beforeEach(() => service().documents.create({ uniqueName: 'ledger', data: { n: 1 } }));

  it('cannot open an object without a permission', async () => {
    const clerk = await connect();
    await expect(clerk.document(existing)).rejects.toMatchObject(FORBIDDEN);
  });

  it('cannot open an object with the permission of another identity', async () => {
    await grant(true, true, true);
    const other = await connect('other');
    await expect(other.document(existing)).rejects.toMatchObject(FORBIDDEN);
  });

  it('cannot take the unique name of an object that it may not open', async () => {
    const clerk = await connect();
    await expect(clerk.document({ id: 'ledger', mode: 'create_new' })).rejects.toMatchObject({ status: 409 });
  });

  it('with the permission to read can neither write nor remove', async () => {
    await grant(true, false, false);
    const document = await (await connect()).document(existing);
    expect(document.data).toEqual({ n: 1 });
    await expect(document.set({ n: 2 })).rejects.toMatchObject(FORBIDDEN);
    await expect(document.removeDocument()).rejects.toMatchObject(FORBIDDEN);
    expect((await service().documents('ledger').fetch()).data).toEqual({ n: 1 });
  });

  it('with the permission to write cannot remove, with the permission to manage it can', async () => {
    await grant(true, true, false);
    const document = await (await connect()).document(existing);
    await document.set({ n: 2 });
    await expect(document.removeDocument()).rejects.toMatchObject(FORBIDDEN);
    await grant(true, true, true);
    await document.removeDocument();
    await expect(service().documents('ledger').fetch()).rejects.toMatchObject({ status: 404 });
  });

  it('has all rights on an object that it created', async () => {
    const document = await (await connect()).document({ id: 'own', value: { n: 1 } });
    await document.set({ n: 2 });
    expect(await service().documents('own').fetch()).toMatchObject({ data: { n: 2 }, createdBy: 'clerk' });
    await document.removeDocument();
  });

  it('gets no pushes after its permission was deleted', async () => {
    await grant(true, false, false);
    const clerk = await connect();
    const document = await clerk.document(existing);
    const updated = nextEvent(document, 'updated');
    await service()
      .documents('ledger')
      .update({ data: { n: 2 } });
    await updated;
    const updates = collect(document, 'updated');

    await permissions()('clerk').remove();
    await service()
      .documents('ledger')
      .update({ data: { n: 3 } });
    await service().documents.create({ uniqueName: 'other' });
    await service()
      .documents('other')
      .documentPermissions('clerk')
      .update({ read: true, write: true, manage: true });
    const other = await clerk.document({ id: 'other', mode: 'open_existing' });
    await other.set({ n: 1 });
    expect(updates).toEqual([]);
  });

  it('needs no permission after the ACL was turned off', async () => {
    await service().update({ aclEnabled: false });
    const document = await (await connect()).document(existing);
    await document.set({ n: 2 });
  });
});
