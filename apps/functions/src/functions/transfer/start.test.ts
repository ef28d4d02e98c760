import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN } from '../../../test/support/account';
import { type HttpFixture, startHttpFixture } from '../../../test/support/http-fixture';
import { BACKENDS, readConversationSid } from '../../../test/support/twilio-chats';
import { waitFor } from '../../../test/support/wait-for';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await startHttpFixture({ backend });
  });
  afterAll(() => fixture?.close());

  describe('POST /transfer/start', () => {
    it('releases the agent of a cold transfer and offers the chat to the queue', async () => {
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
      await fixture.waitForNotices(chat.conversationSid, [
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
      // Studio flows on Programmable Chat read `associatedTasks`.
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

    it('copies the task’s attributes to the transfer task, and shows the customer neither note nor names', async () => {
      const chat = await fixture.startChatWithAlice();
      const task = await fixture.workspace.tasks(chat.taskSid).fetch();
      const original = JSON.parse(task.attributes);
      await task.update({ attributes: JSON.stringify({ ...original, crmTicket: 'T-1' }) });

      const note = 'Wants a refund for order 42';
      const { body } = await fixture.post('/transfer/start', await fixture.startRequest(chat, { note }));

      const transferTask = await fixture.workspace.tasks(String(body.transferTaskSid)).fetch();
      const attributes = JSON.parse(transferTask.attributes);
      expect(attributes).toMatchObject({
        crmTicket: 'T-1',
        chatTransfer: { note, from: 'Alice', mode: 'cold' },
        conversations: { conversation_id: original.conversations?.conversation_id ?? chat.taskSid },
      });
      expect(readConversationSid(attributes)).toBe(chat.conversationSid);
      const readableByCustomer = JSON.stringify(fixture.channel(chat.conversationSid));
      // The queue's label in the document of settings.
      expect(readableByCustomer).toContain('Invoices');
      expect(readableByCustomer).not.toContain('refund');
      expect(readableByCustomer).not.toMatch(/Archer|WK[0-9a-f]{32}|WQ[0-9a-f]{32}/);
    });

    describe('with the same transferId', () => {
      it('creates one transfer task and repeats the answer', async () => {
        const chat = await fixture.startChatWithAlice();
        const request = await fixture.startRequest(chat);

        const first = await fixture.post('/transfer/start', request);
        const second = await fixture.post('/transfer/start', request);

        expect(second.status).toBe(200);
        expect(second.body).toEqual(first.body);
        expect(await fixture.tasks(chat.conversationSid)).toHaveLength(2);
      });

      it('creates one transfer task for two requests at the same moment', async () => {
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

      it('creates one transfer task when Twilio’s first answer is lost', async () => {
        const chat = await fixture.startChatWithAlice();
        const request = await fixture.startRequest(chat);
        await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, drop: 'after' });

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

      it('refuses a second request with other values', async () => {
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

    it('refuses a second transfer while one is open, and names who started it', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.post('/transfer/start', await fixture.startRequest(chat, { mode: 'warm' }));

      const { status, body } = await fixture.post(
        '/transfer/start',
        await fixture.startRequest(chat, { mode: 'warm' }),
      );

      expect({ status, ...body }).toMatchObject({ status: 409, code: 'transfer-open', startedBy: 'Alice' });
    });

    describe('from a caller without the right', () => {
      it.each([
        [
          'a worker without a reservation',
          async () => ({ token: await fixture.tokenOf('bob') }),
          403,
          'not-allowed',
        ],
        ['an unknown token', async () => ({ token: 'nonsense' }), 401, 'token-invalid'],
      ])('changes nothing for %s', async (_who, values, expectedStatus, code) => {
        const chat = await fixture.startChatWithAlice();
        const before = await stateOf(chat);

        const { status, body } = await fixture.post(
          '/transfer/start',
          await fixture.startRequest(chat, await values()),
        );

        expect({ status, code: body.code }).toEqual({ status: expectedStatus, code });
        expect(await stateOf(chat)).toEqual(before);
      });

      it('gives the same answer for another agent’s task and a task that does not exist', async () => {
        const chat = await fixture.startChatWithAlice();
        const bob = await fixture.tokenOf('bob');

        const others = await fixture.post(
          '/transfer/start',
          await fixture.startRequest(chat, { token: bob }),
        );
        const missing = await fixture.post(
          '/transfer/start',
          await fixture.startRequest({ ...chat, taskSid: `WT${'0'.repeat(32)}` }, { token: bob }),
        );

        expect(missing).toMatchObject({ status: others.status, body: others.body });
      });

      it('changes nothing for a page of another site', async () => {
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

    it('lets a listed page read the answer even after a bug', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.breakLedger(chat.conversationSid);

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

    it('logs ids only: no token, no note, and no other text in the place of an id', async () => {
      const chat = await fixture.startChatWithAlice();
      const request = await fixture.startRequest(chat, { note: 'Wants a refund' });
      await fixture.post('/transfer/start', request);
      await fixture.post('/transfer/start', {
        ...request,
        taskSid: request.token,
        transferId: 'Wants a refund',
      });

      const lines = () => fixture.log.filter((line) => line.includes('/transfer/start'));
      await waitFor(() => expect(lines().join()).toContain('bad-input'));
      expect(lines().join()).toContain(chat.taskSid);
      expect(fixture.log.join()).not.toContain('refund');
      expect(fixture.log.join()).not.toContain(request.token);
    });

    it('leaves the chat with its agent when Twilio refuses to create the transfer task', async () => {
      const chat = await fixture.startChatWithAlice();
      const before = await stateOf(chat);
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, status: 400, code: 20001 });

      const { status, body } = await fixture.post('/transfer/start', await fixture.startRequest(chat));

      expect({ status, code: body.code }).toEqual({ status: 502, code: 'twilio-failed' });
      const { notices, ledger: _ledger, ...after } = await stateOf(chat);
      expect({ ...before, ...after }).toEqual(before);
      expect(notices).toEqual([...before.notices, 'transfer-started', 'transfer-failed']);
      expect((await fixture.post('/transfer/start', await fixture.startRequest(chat))).status).toBe(200);
    });

    it('writes the ledger twice, and the events that follow do not write it', async () => {
      const chat = await fixture.startChatWithAlice();
      const request = await fixture.startRequest(chat);
      // The ledger is written once more after the notice that Alice joined.
      await waitFor(async () => {
        expect((await fixture.ledger(chat.conversationSid)).outbox).toEqual([]);
      });
      const before = fixture.sandbox.requests().length;

      const { body } = await fixture.post('/transfer/start', request);
      await waitFor(() => {
        const received = fixture.log.filter((line) => line.includes('/task-router/events')).join();
        expect(received).toMatch(new RegExp(`task\\.created.*${body.transferTaskSid}`));
        expect(received).toMatch(new RegExp(`reservation\\.wrapup.*${chat.taskSid}`));
      });

      const writes = fixture.sandbox
        .requests()
        .slice(before)
        .filter(({ method, host }) => method === 'POST' && host === 'sync.twilio.com');
      const calls = writes.map(({ path, status }) => `${status} ${path}`).join(', ');
      expect(writes, calls).toHaveLength(2);
    });

    it.each([
      ['no transferId', { transferId: '' }, 'transferId'],
      ['a task SID of another kind', { taskSid: `WR${'0'.repeat(32)}` }, 'taskSid'],
      ['a target that is neither worker nor queue', { targetSid: `WW${'0'.repeat(32)}` }, 'targetSid'],
      ['an unknown mode', { mode: 'lukewarm' }, 'mode'],
      ['a note that is too long', { note: 'x'.repeat(1001) }, 'note'],
    ])('refuses %s and names the field', async (_what, values, field) => {
      const chat = { taskSid: `WT${'1'.repeat(32)}`, conversationSid: `CH${'1'.repeat(32)}` };

      const { status, body } = await fixture.post(
        '/transfer/start',
        await fixture.startRequest(chat, values),
      );

      expect({ status, code: body.code }).toEqual({ status: 400, code: 'bad-input' });
      expect(body.message).toContain(field);
    });
  });

  /** Everything that a request could change. */
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
