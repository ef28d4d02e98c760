/** Chats whose ledger is damaged or deleted at any moment: they go on as if it had not been. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TaskRouterCallback } from '../../test/support/callback-queue';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { BACKENDS } from '../../test/support/twilio-chats';

describe.each(BACKENDS)('a chat on %s whose ledger is lost', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  /** Removes the signature, as if another program had written the ledger. */
  async function damage({ conversationSid }: Chat): Promise<void> {
    const document = fixture.ledgerDocument(conversationSid);
    const { signature: _removed, ...unsigned } = (await document.fetch()).data;
    await document.update({ data: unsigned });
  }

  async function ask(path: string, worker: string, chat: Chat, values: Record<string, string> = {}) {
    const { taskSid, conversationSid } = chat;
    const token = await fixture.tokenOf(worker);
    const answer = await fixture.post(path, { token, taskSid, conversationSid, ...values });
    return answer.body;
  }

  type Transfer = Readonly<{ chat: Chat; bobs: Chat; values: Record<string, string> }>;

  /** Alice transfers her chat to Bob, who is asked. */
  async function aTransferToBob(mode: 'warm' | 'cold'): Promise<Transfer> {
    const chat = await fixture.startChatWithAlice();
    // Younger tasks are not adopted: their events are still on their way.
    fixture.clock.advance(120_000);
    const values = { transferId: randomUUID(), targetSid: fixture.workerSid('bob'), mode };
    const body = await ask('/transfer/start', 'alice', chat, values);
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return { chat, values, bobs: { ...chat, taskSid: String(body.transferTaskSid) } };
  }

  /** Delivers all events, and returns them for a second delivery. */
  async function deliverAndKeep(): Promise<readonly TaskRouterCallback[]> {
    await fixture.settle();
    const events = [...fixture.undelivered];
    await fixture.deliverAll();
    return events;
  }

  const accept = async (worker: string, { taskSid }: Chat) => {
    await fixture.accept(worker, taskSid);
    return deliverAndKeep();
  };
  const kinds = ({ conversationSid }: Chat) => fixture.noticeKinds(conversationSid);
  const agents = ({ conversationSid }: Chat) => fixture.agents(conversationSid);
  const isOpen = ({ conversationSid }: Chat) => fixture.isOpen(conversationSid);
  const ledger = ({ conversationSid }: Chat) => fixture.ledger(conversationSid);
  const transferTasks = ({ conversationSid }: Chat) =>
    fixture.tasks(conversationSid).filter(({ attributes }) => 'chatTransferId' in attributes);

  describe('with an agent in it', () => {
    it.each<[string, (chat: Chat) => Promise<unknown>]>([
      ['unsigned', damage],
      ['of version 1', replaceWith((data) => ({ ...unsign(data), version: 1 }))],
      ['no ledger', replaceWith(() => ({ not: 'a ledger' }))],
      ['altered', replaceWith((data) => ({ ...data, tasks: {} }))],
      ['deleted', ({ conversationSid }) => fixture.ledgerDocument(conversationSid).remove()],
      ['that of another chat', replaceWithOther],
    ])('ends with its notices when it is %s and the agent leaves', async (_how, lose) => {
      const chat = await fixture.startChatWithAlice();
      fixture.clock.advance(120_000);
      await lose(chat);

      expect(await ask('/conversation/leave', 'alice', chat)).toMatchObject({
        ok: true,
        conversation: 'ended',
      });

      expect(kinds(chat)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
      expect(isOpen(chat)).toBe(false);
      expect(await ledger(chat)).toMatchObject({ ended: { by: 'last-agent' } });
    });

    const unsign = ({ signature: _removed, ...rest }: Record<string, unknown>) => rest;

    function replaceWith(change: (data: Record<string, unknown>) => object) {
      return async ({ conversationSid }: Chat) => {
        const document = fixture.ledgerDocument(conversationSid);
        await document.update({ data: change((await document.fetch()).data) });
      };
    }

    async function replaceWithOther({ conversationSid }: Chat) {
      const other = await fixture.startChat('Other');
      await fixture.deliverAll();
      const { data } = await fixture.ledgerDocument(other.conversationSid).fetch();
      await fixture.ledgerDocument(conversationSid).update({ data });
    }

    it('does not announce an agent twice whose acceptance is reported again', async () => {
      const chat = await fixture.startChat();
      const events = await accept('alice', chat);
      const accepted = events.find(({ type }) => type === 'reservation.accepted') ?? expect.fail();
      await damage(chat);

      await fixture.deliver(accepted);

      expect(kinds(chat)).toEqual(['agent-joined']);
      expect(agents(chat)).toEqual(['alice']);
    });

    it('announces an agent whose acceptance is the first event after the loss', async () => {
      const chat = await fixture.startChat();
      await fixture.deliverAll();
      await damage(chat);

      await accept('alice', chat);

      expect(kinds(chat)).toEqual(['agent-joined']);
    });

    it('ends for a customer who leaves, and the agent stays in wrap-up', async () => {
      const chat = await fixture.startChatWithAlice();
      await damage(chat);

      await fixture.endAsCustomer(chat);
      await ask('/conversation/complete', 'alice', chat);

      expect(kinds(chat).slice(0, 3)).toEqual(['agent-joined', 'customer-left', 'chat-ended']);
      expect(isOpen(chat)).toBe(false);
    });
  });

  describe('while a transfer waits for its target', () => {
    it('gets the target, who is announced once', async () => {
      const { chat, bobs } = await aTransferToBob('cold');
      await damage(chat);

      for (const event of await accept('bob', bobs)) await fixture.deliver(event);

      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started', 'agent-left', 'agent-joined']);
      expect(agents(chat)).toEqual(['bob']);
      expect((await ledger(chat))?.past).toMatchObject([{ state: 'accepted' }]);
      expect(await ask('/conversation/complete', 'bob', bobs)).toMatchObject({
        ok: true,
        conversation: 'ended',
      });
    });

    it('keeps the agent of a warm transfer when the target declines', async () => {
      const { chat, bobs } = await aTransferToBob('warm');
      await damage(chat);

      await fixture.updateReservation('bob', bobs.taskSid, 'rejected');
      await fixture.deliverAll();

      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started', 'transfer-declined']);
      expect(agents(chat)).toEqual(['alice']);
      expect(fixture.task(bobs.taskSid)?.status).toBe('canceled');
    });

    it('returns to the agent of a cold transfer when the target declines', async () => {
      const { chat, bobs } = await aTransferToBob('cold');
      await damage(chat);

      await fixture.updateReservation('bob', bobs.taskSid, 'rejected');
      await fixture.deliverAll();
      await accept('alice', bobs);

      expect(kinds(chat)).toEqual([
        ...['agent-joined', 'transfer-started', 'agent-left'],
        ...['transfer-declined', 'agent-joined'],
      ]);
      expect(agents(chat)).toEqual(['alice']);
    });

    it('gets no second task when the request repeats', async () => {
      const { chat, bobs, values } = await aTransferToBob('warm');
      await damage(chat);

      const body = await ask('/transfer/start', 'alice', chat, values);

      expect(body).toMatchObject({ ok: true, transferTaskSid: bobs.taskSid });
      expect(transferTasks(chat)).toHaveLength(1);
      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started']);
    });

    it('refuses another transfer', async () => {
      const { chat, values } = await aTransferToBob('warm');
      await damage(chat);

      const other = { ...values, transferId: randomUUID() };
      expect(await ask('/transfer/start', 'alice', chat, other)).toMatchObject({
        code: 'transfer-open',
        startedBy: 'Alice',
      });
      expect(transferTasks(chat)).toHaveLength(1);
    });

    it('can be cancelled', async () => {
      const { chat, bobs, values } = await aTransferToBob('warm');
      await damage(chat);

      const { transferId = '' } = values;
      expect(await ask('/transfer/cancel', 'alice', chat, { transferId })).toMatchObject({ ok: true });

      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started', 'transfer-cancelled']);
      expect(fixture.task(bobs.taskSid)?.status).toBe('canceled');
      expect(agents(chat)).toEqual(['alice']);
    });

    it('stays open when the agent of a warm transfer leaves', async () => {
      const { chat } = await aTransferToBob('warm');
      await damage(chat);

      expect(await ask('/conversation/leave', 'alice', chat)).toMatchObject({
        ok: true,
        conversation: 'open',
      });

      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started', 'agent-left']);
    });
  });

  describe('after a transfer', () => {
    it('keeps the new agent when the one in wrap-up completes', async () => {
      const { chat, bobs } = await aTransferToBob('cold');
      await accept('bob', bobs);
      await damage(chat);

      expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({
        ok: true,
        conversation: 'open',
      });
      await fixture.deliverAll();

      expect(agents(chat)).toEqual(['bob']);
      expect(isOpen(chat)).toBe(true);
      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started', 'agent-left', 'agent-joined']);
    });

    it('keeps the new agent when TaskRouter reports the end of the first task', async () => {
      const { chat, bobs } = await aTransferToBob('cold');
      await accept('bob', bobs);
      await damage(chat);

      await fixture.updateReservation('alice', chat.taskSid, 'completed');
      await fixture.deliverAll();

      expect(agents(chat)).toEqual(['bob']);
      expect(isOpen(chat)).toBe(true);
      expect(kinds(chat)).toEqual(['agent-joined', 'transfer-started', 'agent-left', 'agent-joined']);
      expect(await ask('/conversation/leave', 'bob', bobs)).toMatchObject({
        ok: true,
        conversation: 'ended',
      });
    });

    it('keeps both agents of a warm transfer, and names each leaving once', async () => {
      const { chat, bobs } = await aTransferToBob('warm');
      await accept('bob', bobs);
      await damage(chat);

      expect(await ask('/conversation/leave', 'alice', chat)).toMatchObject({
        ok: true,
        conversation: 'open',
      });
      await fixture.deliverAll();
      await damage(chat);
      expect(await ask('/conversation/leave', 'bob', bobs)).toMatchObject({
        ok: true,
        conversation: 'ended',
      });
      await fixture.deliverAll();

      expect(kinds(chat)).toEqual([
        ...['agent-joined', 'transfer-started', 'agent-joined'],
        ...['agent-left', 'agent-left', 'chat-ended'],
      ]);
    });
  });

  describe('after its end', () => {
    it('stays ended when its last agent completes', async () => {
      const chat = await fixture.startChatWithAlice();
      fixture.clock.advance(120_000);
      await ask('/conversation/leave', 'alice', chat);
      await fixture.deliverAll();
      await damage(chat);

      expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({
        ok: true,
        conversation: 'ended',
      });
      await fixture.deliverAll();

      expect(kinds(chat)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
      expect(isOpen(chat)).toBe(false);
      expect(fixture.reservation('alice', chat.taskSid)).toBeUndefined();
    });

    it('stays ended when its events are delivered again', async () => {
      const chat = await fixture.startChat();
      const joining = await accept('alice', chat);
      await ask('/conversation/leave', 'alice', chat);
      const leaving = await deliverAndKeep();
      await damage(chat);

      for (const event of [...joining, ...leaving]) await fixture.deliver(event);

      expect(kinds(chat)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
      expect(isOpen(chat)).toBe(false);
      expect(fixture.reservation('alice', chat.taskSid)?.status).toBe('wrapping');
    });

    it('stays ended by its customer while its agent is still on the task', async () => {
      const chat = await fixture.startChatWithAlice();
      fixture.clock.advance(120_000);
      await fixture.endAsCustomer(chat);
      await damage(chat);

      await ask('/conversation/complete', 'alice', chat);
      await fixture.deliverAll();

      expect(kinds(chat).filter((kind) => kind === 'chat-ended')).toHaveLength(1);
      expect(kinds(chat).filter((kind) => kind === 'customer-left')).toHaveLength(1);
      expect(isOpen(chat)).toBe(false);
      expect(await ledger(chat)).toMatchObject({ ended: { by: 'customer' } });
    });
  });
});
