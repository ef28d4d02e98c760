/** The rates that Sync refuses. Sizes are in sync.test.ts and maps.test.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatFixture, startChatFixture } from '../chat/chat-fixture.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
  await service().documents.create({ uniqueName: 'ledger' });
  await service().syncMaps.create({ uniqueName: 'due' });
});
afterEach(() => fixture.close());

const service = () => fixture.rest.sync.v1.services('default');
const document = () => service().documents('ledger');
const items = () => service().syncMaps('due').syncMapItems;

const RATE = 200;
const refusal = { status: 429, code: 54009 };

async function repeat(times: number, request: (number: number) => Promise<unknown>): Promise<void> {
  for (let number = 0; number < times; number += 1) await request(number);
}

describe('an object of Sync', () => {
  it.each([
    ['writes of a document', () => document().update({ data: {} })],
    ['reads of a document', () => document().fetch()],
    ['reads of a map', () => service().syncMaps('due').fetch()],
    ['reads of the items of a map', () => items().list()],
  ])('refuses more than 200 %s in ten seconds', async (_, request) => {
    await repeat(RATE, request);
    await expect(request()).rejects.toMatchObject(refusal);
    fixture.sandbox.clock.advance(10_000);
    await request();
  });

  it('counts all writes of a map’s items together, also refused ones', async () => {
    await items().create({ key: 'a', data: {} });
    await repeat(RATE / 2, (n) => items()('a').update({ data: { n } }));
    await repeat(RATE / 2 - 1, () =>
      items()('a')
        .update({ data: {}, ifMatch: 'ffff' })
        .catch(() => undefined),
    );
    await expect(items().create({ key: 'b', data: {} })).rejects.toMatchObject(refusal);
    await expect(items()('a').remove()).rejects.toMatchObject(refusal);
  });

  it('counts writes and reads apart, and each object alone', async () => {
    await repeat(RATE, () => document().update({ data: {} }));
    await document().fetch();
    await items().create({ key: 'a', data: {} });
  });

  it('refuses a client of the SDK', async () => {
    const client = await fixture.syncClient(fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' }));
    const opened = await client.document({ id: 'ledger', mode: 'open_existing' });
    await repeat(RATE, () => document().update({ data: {} }));
    await expect(opened.set({ n: 1 })).rejects.toMatchObject(refusal);
  });
});
