import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN } from '../../../test/support/account';
import { type HttpFixture, startHttpFixture } from '../../../test/support/http-fixture';
import { BACKENDS, conversationOf } from '../../../test/support/twilio-chats';
import { waitFor } from '../../../test/support/wait-for';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await startHttpFixture({ backend });
  });
  afterAll(() => fixture?.close());

  describe('POST /transfer/start', () => {
    it('lets the agent of a cold transfer go and offers the chat to the queue', async () => {
      const chat = await fixture.startChatWithAlice();

      const { status, body } = await fixture.post('/transfer/start', await fixture.startRequest(chat));

      expect({ status, ...body }).toMatchObject({ status: 200, ok: true, released: true });
      expect(fixture.noticeKinds(chat.conversationSid)).toEqual([
        'agent-joined',
        'transfer-started',
        'agent-left',
      ]);
      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('wrapping');
      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity]);

      await fixture.accept('bob', String(body.transferTaskSid), chat.conversationSid);
      await fixture.untilNotices(chat.conversationSid, [
        'agent-joined',
        'transfer-started',
        'agent-left',
        'agent-joined',
      ]);
      expect(fixture.isOpen(chat.conversationSid)).toBe(true);
      await fixture.post('/conversation/complete', await fixture.taskRequest('alice', chat));
      expect(fixture.isOpen(chat.conversationSid)).toBe(true);
      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('completed');
      const { attributes } = fixture.channel(chat.conversationSid);
      const associatedTasks = { [chat.taskSid]: 'completed', [String(body.transferTaskSid)]: 'inflight' };
      // For the Studio flows of Programmable Chat.
      if (backend === 'programmable-chat') expect(attributes).toMatchObject({ associatedTasks });
    });

    it('keeps the agent of a warm transfer in the chat', async () => {
      const chat = await fixture.startChatWithAlice();

      const request = await fixture.startRequest(chat, { mode: 'warm', targetSid: fixture.workerSid('bob') });
      const { body } = await fixture.post('/transfer/start', request);

      expect(body).toMatchObject({ ok: true, released: false });
      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'transfer-started']);
      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('accepted');
    });

    it('carries the task over, the account’s own keys too, and the note to the receiving task only', async () => {
      const chat = await fixture.startChatWithAlice();
      const task = await fixture.workspace.tasks(chat.taskSid).fetch();
      const original = JSON.parse(task.attributes);
      await task.update({ attributes: JSON.stringify({ ...original, crmTicket: 'T-1' }) });

      const note = 'Wants a refund for order 42';
      const { body } = await fixture.post('/transfer/start', await fixture.startRequest(chat, { note }));

      const made = await fixture.workspace.tasks(String(body.transferTaskSid)).fetch();
      const attributes = JSON.parse(made.attributes);
      expect(attributes).toMatchObject({
        crmTicket: 'T-1',
        chatTransfer: { note, from: 'Alice', mode: 'cold' },
        conversations: { conversation_id: original.conversations?.conversation_id ?? chat.taskSid },
      });
      expect(conversationOf(attributes)).toBe(chat.conversationSid);
      const everythingTheCustomerReads = JSON.stringify(fixture.channel(chat.conversationSid));
      expect(everythingTheCustomerReads).not.toContain('refund');
      expect(everythingTheCustomerReads).not.toMatch(/Archer|WK[0-9a-f]{32}|WQ[0-9a-f]{32}/);
    });

    describe('sent twice', () => {
      it('makes one transfer task and answers the same', async () => {
        const chat = await fixture.startChatWithAlice();
        const request = await fixture.startRequest(chat);

        const first = await fixture.post('/transfer/start', request);
        const second = await fixture.post('/transfer/start', request);

        expect(second.status).toBe(200);
        expect(second.body).toEqual(first.body);
        expect(await fixture.tasks(chat.conversationSid)).toHaveLength(2);
      });

      it('at the same moment makes one transfer task', async () => {
        const chat = await fixture.startChatWithAlice();
        const request = await fixture.startRequest(chat, { mode: 'warm' });

        const answers = await Promise.all([
          fixture.post('/transfer/start', request),
          fixture.post('/transfer/start', request),
        ]);

        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(answers[1]?.body).toEqual(answers[0]?.body);
        expect(await fixture.tasks(chat.conversationSid)).toHaveLength(2);
        expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'transfer-started']);
      });

      it('with Twilio’s first answer lost makes one transfer task', async () => {
        const chat = await fixture.startChatWithAlice();
        const request = await fixture.startRequest(chat);
        await fixture.addFault({ ...fixture.calls.newTask, times: 1, drop: 'after' });

        const first = await fixture.post('/transfer/start', request);
        const second = await fixture.post('/transfer/start', request);

        expect({ status: first.status, ...first.body }).toMatchObject({ status: 200, ok: true });
        expect(second.body).toEqual(first.body);
        expect(await fixture.tasks(chat.conversationSid)).toHaveLength(2);
        expect(fixture.noticeKinds(chat.conversationSid)).toEqual([
          'agent-joined',
          'transfer-started',
          'agent-left',
        ]);
      });

      it('with other values is refused', async () => {
        const chat = await fixture.startChatWithAlice();
        const request = await fixture.startRequest(chat, { mode: 'warm' });
        await fixture.post('/transfer/start', request);

        const { status, body } = await fixture.post('/transfer/start', {
          ...request,
          targetSid: fixture.workerSid('bob'),
        });

        expect({ status, code: body.code }).toEqual({ status: 409, code: 'transfer-id-reused' });
      });
    });

    it('refuses a second transfer and says who started the first', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.post('/transfer/start', await fixture.startRequest(chat, { mode: 'warm' }));

      const { status, body } = await fixture.post(
        '/transfer/start',
        await fixture.startRequest(chat, { mode: 'warm' }),
      );

      expect({ status, ...body }).toMatchObject({ status: 409, code: 'transfer-open', startedBy: 'Alice' });
    });

    describe('by somebody without the right', () => {
      it.each([
        [
          'a worker without a reservation',
          async () => ({ token: await fixture.tokenOf('bob') }),
          403,
          'not-allowed',
        ],
        ['an unknown token', async () => ({ token: 'nonsense' }), 401, 'token-invalid'],
      ])('%s changes nothing', async (_who, values, expectedStatus, code) => {
        const chat = await fixture.startChatWithAlice();
        const before = await stateOf(chat);

        const { status, body } = await fixture.post(
          '/transfer/start',
          await fixture.startRequest(chat, await values()),
        );

        expect({ status, code: body.code }).toEqual({ status: expectedStatus, code });
        expect(await stateOf(chat)).toEqual(before);
      });

      it('learns nothing: a task that does not exist answers like another’s', async () => {
        const chat = await fixture.startChatWithAlice();
        const bob = await fixture.tokenOf('bob');

        const foreign = await fixture.post(
          '/transfer/start',
          await fixture.startRequest(chat, { token: bob }),
        );
        const missing = await fixture.post(
          '/transfer/start',
          await fixture.startRequest({ ...chat, taskSid: `WT${'0'.repeat(32)}` }, { token: bob }),
        );

        expect(missing).toMatchObject({ status: foreign.status, body: foreign.body });
      });

      it('a page of another site is stopped before anything happens', async () => {
        const chat = await fixture.startChatWithAlice();
        const before = await stateOf(chat);

        const { status, body, headers } = await fixture.post(
          '/transfer/start',
          await fixture.startRequest(chat),
          {
            origin: 'https://evil.example.com',
          },
        );

        expect({ status, code: body.code }).toEqual({ status: 403, code: 'origin-not-allowed' });
        expect(headers.get('access-control-allow-origin')).toBeNull();
        expect(await stateOf(chat)).toEqual(before);
      });
    });

    it('tells a listed page of a bug, too', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.spoilLedger(chat.conversationSid);

      const { status, body, headers } = await fixture.post(
        '/transfer/start',
        await fixture.startRequest(chat),
        {
          origin: ORIGIN,
        },
      );

      expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal' });
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    });

    it('leaves nothing in the log but ids: no token, no note, and not what stands where an id belongs', async () => {
      const chat = await fixture.startChatWithAlice();
      const request = await fixture.startRequest(chat, { note: 'Wants a refund' });
      await fixture.post('/transfer/start', request);
      await fixture.post('/transfer/start', {
        ...request,
        taskSid: request.token,
        transferId: 'Wants a refund',
      });

      const ours = () => fixture.log.filter((line) => line.includes('/transfer/start'));
      await waitFor(() => expect(ours().join()).toContain('bad-input'));
      expect(ours().join()).toContain(chat.taskSid);
      expect(fixture.log.join()).not.toContain('refund');
      expect(fixture.log.join()).not.toContain(request.token);
    });

    it('leaves the chat to its agent when Twilio refuses to make the transfer task', async () => {
      const chat = await fixture.startChatWithAlice();
      const before = await stateOf(chat);
      await fixture.addFault({ ...fixture.calls.newTask, times: 1, status: 400, code: 20001 });

      const { status, body } = await fixture.post('/transfer/start', await fixture.startRequest(chat));

      expect({ status, code: body.code }).toEqual({ status: 502, code: 'twilio-failed' });
      const { notices, ledger: _ledger, ...after } = await stateOf(chat);
      expect({ ...before, ...after }).toEqual(before);
      expect(notices).toEqual([...before.notices, 'transfer-started', 'transfer-failed']);
      expect((await fixture.post('/transfer/start', await fixture.startRequest(chat))).status).toBe(200);
    });

    it('writes the ledger twice, before and after what it does, and TaskRouter’s events write it no more', async () => {
      const chat = await fixture.startChatWithAlice();
      const request = await fixture.startRequest(chat);
      // What follows from Alice's coming is written down after the notice of it.
      await waitFor(async () => {
        const { outbox, lease } = await fixture.ledger(chat.conversationSid);
        expect({ outbox, lease }).toEqual({ outbox: [], lease: undefined });
      });
      const before = fixture.sandbox.requests().length;

      const { body } = await fixture.post('/transfer/start', request);
      await waitFor(() => {
        const heard = fixture.log.filter((line) => line.includes('/task-router/events')).join();
        expect(heard).toMatch(new RegExp(`task\\.created.*${body.transferTaskSid}`));
        expect(heard).toMatch(new RegExp(`reservation\\.wrapup.*${chat.taskSid}`));
      });

      const writes = fixture.sandbox
        .requests()
        .slice(before)
        .filter(({ method, host }) => method === 'POST' && host === 'sync.twilio.com');
      const seen = writes.map(({ path, status }) => `${status} ${path}`).join(', ');
      expect(writes, seen).toHaveLength(2);
    });

    it.each([
      ['no transferId', { transferId: '' }, 'transferId'],
      ['a task SID of another kind', { taskSid: `WR${'0'.repeat(32)}` }, 'taskSid'],
      ['a target that is neither worker nor queue', { targetSid: `WW${'0'.repeat(32)}` }, 'targetSid'],
      ['an unknown mode', { mode: 'lukewarm' }, 'mode'],
      ['a note that is too long', { note: 'x'.repeat(1001) }, 'note'],
    ])('refuses %s by name', async (_what, values, field) => {
      const chat = { taskSid: `WT${'1'.repeat(32)}`, conversationSid: `CH${'1'.repeat(32)}` };

      const { status, body } = await fixture.post(
        '/transfer/start',
        await fixture.startRequest(chat, values),
      );

      expect({ status, code: body.code }).toEqual({ status: 400, code: 'bad-input' });
      expect(body.message).toContain(field);
    });
  });

  /** Everything a request without the right might have changed. */
  async function stateOf({ conversationSid, taskSid }: { conversationSid: string; taskSid: string }) {
    return {
      tasks: await fixture.tasks(conversationSid),
      attributes: (await fixture.workspace.tasks(taskSid).fetch()).attributes,
      reservation: await fixture.reservationStatus('alice', taskSid),
      notices: fixture.noticeKinds(conversationSid),
      members: fixture.members(conversationSid),
      conversation: fixture.channel(conversationSid).attributes,
      interaction: fixture.interaction(conversationSid),
      ledger: await fixture.ledger(conversationSid),
    };
  }
});
