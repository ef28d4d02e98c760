/** Which documents the functions use, replace and leave alone, and which Sync services they accept. */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { addToOutbox, type Effect, LEDGER_VERSION, parseConversationSid } from '@chat-transfer/transfer-core';
import { aLedger, aTaskSid } from '@chat-transfer/transfer-core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LEDGER_SECRET } from '../../test/support/account';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { readTwilioState } from '../../test/support/sandbox-control';
import { openSignedLedger, signLedger } from './sign-ledger';

/** Replaces settings of the functions from the next request on. */
const settings: Record<string, string> = {};
let fixture: FunctionsFixture;
beforeAll(async () => {
  fixture = await startFunctionsFixture({ settings });
});
beforeEach(() => fixture.reset());
afterEach(() => {
  for (const name of Object.keys(settings)) delete settings[name];
});
afterAll(() => fixture?.close());

const sidOf = ({ conversationSid }: Chat) => parseConversationSid(conversationSid) ?? expect.fail();
const read = async ({ conversationSid }: Chat): Promise<Record<string, unknown>> =>
  (await fixture.ledgerDocument(conversationSid).fetch()).data;
const write = async ({ conversationSid }: Chat, data: object): Promise<void> => {
  await fixture.ledgerDocument(conversationSid).update({ data });
};
const request = async (worker: string, { taskSid, conversationSid }: Chat) => ({
  ...{ token: await fixture.tokenOf(worker), taskSid, conversationSid },
});
const leave = async (chat: Chat) => fixture.post('/conversation/leave', await request('alice', chat));
/** The first event of the chat. It changes the ledger only while the ledger is new. */
const change = (chat: Chat) => fixture.deliverTaskCreated(chat.taskSid, chat.taskAttributes);

describe('the document of a ledger', () => {
  it('holds the ledger with its signature', async () => {
    const chat = await fixture.startChatWithAlice();
    const opened = openSignedLedger(await read(chat), sidOf(chat), { current: LEDGER_SECRET });
    expect(opened).toEqual(await fixture.ledger(chat.conversationSid));
  });

  it('is replaced with one line in the log, which holds nothing of it', async () => {
    const chat = await fixture.startChatWithAlice();
    await write(chat, { ...(await read(chat)), signature: 'zebra', secretNote: 'zebra' });

    const { log } = await leave(chat);

    const lines = log.map((line) => JSON.parse(line)).filter(({ outcome }) => outcome === 'ledger-replaced');
    const { conversationSid } = chat;
    expect(lines).toEqual([{ outcome: 'ledger-replaced', conversationSid, reason: 'altered' }]);
    expect(log.join()).not.toContain('zebra');
    expect((await change(chat)).log.join()).not.toContain('ledger-replaced');
  });

  it.each<[string, (data: object, chat: Chat) => object, string]>([
    ['unsigned', (data) => ({ ...data, signature: undefined }), 'unsigned'],
    ['signed but no ledger', (_data, chat) => sign({ version: LEDGER_VERSION }, chat), 'unreadable'],
    [
      'signed with another secret',
      (data, chat) => sign(data, chat, 'a secret of another account'),
      'altered',
    ],
    ['signed with an effect on another chat', (data, chat) => sign({ ...data, ...FOREIGN }, chat), 'altered'],
  ])('is replaced when it is %s', async (_what, damage, reason) => {
    const chat = await fixture.startChatWithAlice();
    const { signature: _removed, ...ledger } = await read(chat);
    await write(chat, damage(ledger, chat));

    const { log, body } = await leave(chat);

    expect(body).toMatchObject({ ok: true, conversation: 'ended' });
    expect(log.join()).toContain(`"reason":"${reason}"`);
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
  });

  const sign = (data: object, chat: Chat, current = LEDGER_SECRET) =>
    signLedger(data, sidOf(chat), { current });
  const effect: Effect = { kind: 'complete-task', taskSid: aTaskSid(9), conversation: 'goes-on' };
  const FOREIGN = { outbox: addToOutbox(aLedger(), [effect]).outbox };
});

describe('a ledger of a newer version', () => {
  it.each([
    ['signed', true],
    ['unsigned', false],
  ])(
    'is left alone when it is %s: every request fails, and events change nothing',
    async (_how, isSigned) => {
      const chat = await fixture.startChatWithAlice();
      const { signature: _removed, ...ledger } = await read(chat);
      const newer = { ...ledger, version: LEDGER_VERSION + 1, future: true };
      await write(chat, isSigned ? signLedger(newer, sidOf(chat), { current: LEDGER_SECRET }) : newer);
      const transfer = { transferId: crypto.randomUUID(), targetSid: fixture.workerSid('bob'), mode: 'warm' };
      const { taskSid, conversationSid, session } = chat;
      const before = await readTwilioState(fixture.sandbox, fixture.rest);

      const answers = [
        await fixture.post('/transfer/start', { ...(await request('alice', chat)), ...transfer }),
        await fixture.post('/transfer/cancel', { ...(await request('alice', chat)), ...transfer }),
        await fixture.post('/conversation/leave', await request('alice', chat)),
        await fixture.post('/conversation/complete', await request('alice', chat)),
        await fixture.post('/webchat/end', { session }),
        await fixture.post('/studio/track-task', { taskSid, conversationSid }),
        await change(chat),
      ];

      for (const { status, body, log } of answers) {
        expect({ status, ...body }).toMatchObject({ status: 409, code: 'ledger-newer', retryable: false });
        expect(log.map((line) => JSON.parse(line))).toMatchObject([{ outcome: 'ledger-newer' }]);
      }
      expect(await readTwilioState(fixture.sandbox, fixture.rest)).toEqual(before);
    },
  );
});

describe('after the secret is rotated', () => {
  const NEW_SECRET = 'a new secret of the tests, long enough';

  it('uses ledgers of the previous secret, and signs with the new one', async () => {
    const chat = await fixture.startChatWithAlice();
    Object.assign(settings, { LEDGER_SECRET: NEW_SECRET, LEDGER_SECRET_PREVIOUS: LEDGER_SECRET });

    const { log } = await leave(chat);

    expect(log.join()).not.toContain('ledger-replaced');
    expect(openSignedLedger(await read(chat), sidOf(chat), { current: NEW_SECRET })).toBeDefined();
  });

  it('rebuilds ledgers of an earlier secret', async () => {
    const chat = await fixture.startChatWithAlice();
    Object.assign(settings, { LEDGER_SECRET: NEW_SECRET });

    const { body, log } = await leave(chat);

    expect(body).toMatchObject({ ok: true, conversation: 'ended' });
    expect(log.join()).toContain('"reason":"altered"');
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
  });
});

describe('the Sync service of the ledgers', () => {
  const services = () => fixture.rest.sync.v1.services;
  const isServiceCall = ({ method, path }: { method: string; path: string }) =>
    method === 'GET' && /^\/v1\/Services\/IS[0-9a-f]{32}$/.test(path);

  /** The SIDs that this process has used. After a reset the sandbox assigns the same SIDs again. */
  const used = new Set<string>();

  async function aNewService(options: { readonly aclEnabled?: boolean } = {}): Promise<string> {
    const { sid } = await services().create(options);
    if (used.has(sid)) return aNewService(options);
    used.add(sid);
    return sid;
  }

  it.each([
    ['its SID', SANDBOX_ACCOUNT.syncServiceSid],
    ['its name', 'default'],
  ])('may not be the default service, by %s', async (_how, sid) => {
    const chat = await fixture.startChat();
    settings.TWILIO_SYNC_SERVICE_SID = sid;

    const { body, status } = await change(chat);

    expect({ status, ...body }).toMatchObject({
      ...{ status: 500, code: 'ledger-service-unsafe', retryable: false },
    });
    expect(body.message).toContain('default Sync service');
    expect(await services()('default').documents.list()).toEqual([]);
  });

  it('must have ACLs, and is accepted as soon as it has them', async () => {
    const chat = await fixture.startChat();
    const sid = await aNewService();
    settings.TWILIO_SYNC_SERVICE_SID = sid;

    const refused = await change(chat);
    expect(refused).toMatchObject({ status: 500, body: { code: 'ledger-service-unsafe' } });
    expect(refused.body.message).toContain('ACLs off');
    expect(await services()(sid).documents.list()).toEqual([]);

    await services()(sid).update({ aclEnabled: true });
    expect(await change(chat)).toMatchObject({ status: 200, body: { applied: true } });
  });

  it('is checked once by a process, beside the first read of a ledger', async () => {
    const chat = await fixture.startChat();
    settings.TWILIO_SYNC_SERVICE_SID = await aNewService({ aclEnabled: true });
    const before = fixture.calls().length;

    await change(chat);
    await change(chat);

    expect(fixture.calls().slice(before).filter(isServiceCall)).toHaveLength(1);
  });

  it('is checked again after the check has failed', async () => {
    const chat = await fixture.startChat();
    settings.TWILIO_SYNC_SERVICE_SID = await aNewService({ aclEnabled: true });
    await fixture.addSandboxFault({
      ...{ method: 'GET', host: 'sync.twilio.com', path: '/v1/Services/IS[0-9a-f]+$', times: null },
      ...{ status: 503, code: 20503 },
    });
    const failed = await change(chat);
    await fixture.clearSandboxFaults();
    expect(failed.body).toMatchObject({ code: 'twilio-failed', retryable: true });

    expect(await change(chat)).toMatchObject({ status: 200, body: { applied: true } });
  });
});
