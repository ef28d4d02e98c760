/**
 * Attacks on ledgers by Bob, an agent who is in neither chat. He writes each Sync document that his Flex token
 * opens. As a second line of defence, he may write the ledger itself, as if its service had no ACLs.
 */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import {
  addToOutbox,
  type Effect,
  LEDGER_VERSION,
  type Ledger,
  ledgerName,
  type Notice,
  parseConversationSid,
  parseLedger,
  parseTaskSid,
  parseWorkerSid,
} from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { BACKENDS } from '../../test/support/twilio-chats';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  let chat: Chat;
  let victim: Chat;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(async () => {
    await fixture.reset();
    chat = await fixture.startChatWithAlice();
    victim = await fixture.startChat('Victim');
    await fixture.deliverAll();
    fixture.clock.advance(120_000);
  });
  afterAll(() => fixture?.close());

  const nameOf = ({ conversationSid }: Chat) =>
    ledgerName(parseConversationSid(conversationSid) ?? expect.fail());

  /** Bob's request to Sync, as Sync's SDK sends it with his Flex token. */
  async function syncAsBob(method: string, path: string, body?: object): Promise<number> {
    const answer = await fetch(`${fixture.sandbox.url}/cds.us1.twilio.com/v3/Documents${path}`, {
      method,
      headers: { 'x-twilio-token': await fixture.tokenOf('bob'), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.status;
  }

  /** Effects that complete the victim's task, remove Alice, add Bob and post a false notice. */
  async function forge(): Promise<Ledger> {
    const ledger = (await fixture.ledger(chat.conversationSid)) ?? expect.fail();
    const worker = (name: string) => ({
      sid: parseWorkerSid(fixture.workerSid(name)) ?? expect.fail(),
      ...{ identity: name, publicName: name },
    });
    const notice: Notice = { v: 1, id: 'chat-ended', kind: 'chat-ended' };
    const victims = parseTaskSid(victim.taskSid) ?? expect.fail();
    const alices = parseTaskSid(chat.taskSid) ?? expect.fail();
    const effects: Effect[] = [
      { kind: 'complete-task', taskSid: victims, conversation: 'has-ended' },
      { kind: 'cancel-task', taskSid: victims },
      { kind: 'remove-participant', taskSid: alices, worker: worker('alice'), at: 0 },
      { kind: 'add-participant', taskSid: alices, worker: worker('bob') },
      { kind: 'post-notice', notice },
    ];
    const forged = addToOutbox({ ...ledger, outbox: [] }, effects);
    // The functions would carry it out if they used it.
    expect(parseLedger(forged)).toEqual(forged);
    return forged;
  }

  /** Alice goes on with her chat, so that the functions read its ledger. */
  async function goOn() {
    const { taskSid, conversationSid } = chat;
    const target = { transferId: crypto.randomUUID(), targetSid: fixture.queueSid('Billing'), mode: 'warm' };
    const token = await fixture.tokenOf('alice');
    const { body } = await fixture.post('/transfer/start', { token, taskSid, conversationSid, ...target });
    expect(body).toMatchObject({ ok: true });
  }

  function expectNoHarm(): void {
    expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'transfer-started']);
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
    expect(['pending', 'reserved']).toContain(fixture.task(victim.taskSid)?.status);
    expect(fixture.noticeKinds(victim.conversationSid)).toEqual([]);
  }

  describe('a Flex token', () => {
    it.each([
      ['read', 'GET', undefined],
      ['write', 'POST', { data: { forged: true } }],
      ['delete', 'DELETE', undefined],
    ])('cannot %s a ledger, by its name or SID', async (_what, method, body) => {
      const { sid, revision } = await fixture.ledgerDocument(chat.conversationSid).fetch();

      expect(await syncAsBob(method, `/${nameOf(chat)}`, body)).toBe(404);
      expect(await syncAsBob(method, `/${sid}`, body)).toBe(404);

      expect((await fixture.ledgerDocument(chat.conversationSid).fetch()).revision).toBe(revision);
    });

    it('opens the default service, where a forged ledger does nothing', async () => {
      const forged = await forge();
      expect(await syncAsBob('POST', '', { unique_name: nameOf(chat), data: forged })).toBe(201);
      expect(await syncAsBob('GET', `/${nameOf(chat)}`)).toBe(200);

      await goOn();

      expectNoHarm();
      const { documents } = fixture.rest.sync.v1.services(SANDBOX_ACCOUNT.syncServiceSid);
      expect((await documents(nameOf(chat)).fetch()).data).toEqual(forged);
    });
  });

  describe('a ledger that Bob has written', () => {
    const write = (data: object) => fixture.ledgerDocument(chat.conversationSid).update({ data });
    const read = async ({ conversationSid }: Chat) =>
      (await fixture.ledgerDocument(conversationSid).fetch()).data;

    it.each<[string, () => Promise<object>]>([
      ['is unsigned', forge],
      [
        'has the signature of the ledger it replaces',
        async () => ({ ...(await read(chat)), ...(await forge()) }),
      ],
      ['is the signed ledger of another chat', () => read(victim)],
      ['is of version 1', async () => ({ ...(await forge()), version: LEDGER_VERSION - 1 })],
    ])('does nothing when it %s', async (_what, build) => {
      await write(await build());
      await goOn();
      await fixture.deliverAll();
      expectNoHarm();
    });
  });
});
