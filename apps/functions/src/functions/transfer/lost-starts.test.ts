import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { BACKENDS } from '../../../test/support/twilio-chats';

const TEN_MINUTES_MS = 600_000;

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const start = async (
    chat: Chat,
    target: string,
    mode: 'warm' | 'cold',
    transferId: string = randomUUID(),
  ) =>
    fixture.post('/transfer/start', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId,
      targetSid: fixture.workerSid(target),
      mode,
    });
  const kinds = ({ conversationSid }: Chat) => fixture.notices(conversationSid).map(({ kind }) => kind);
  const offeredTo = (worker: string) =>
    fixture
      .allTasks()
      .filter(({ reservations }) => reservations.some(({ workerName }) => workerName === worker));

  describe.each(['warm', 'cold'] as const)('a %s transfer whose task Twilio does not create', (mode) => {
    it('is pending, and fails before the agent chooses another target', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: null, status: 503 });
      const { status, body } = await start(chat, 'bob', mode);
      await fixture.clearSandboxFaults();
      expect({ status, code: body.code, retryable: body.retryable }).toEqual({
        status: 503,
        code: 'start-pending',
        retryable: true,
      });
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);

      fixture.clock.advance(TEN_MINUTES_MS);
      await fixture.setActivity('carol', 'Available');
      const second = await start(chat, 'carol', 'warm');
      await fixture.deliverAll();

      expect(second.body).toMatchObject({ ok: true });
      expect(offeredTo('bob')).toEqual([]);
      expect((await fixture.ledger(chat.conversationSid))?.transfer?.to).toEqual({
        kind: 'agent',
        name: 'Carol',
      });
      expect(kinds(chat)).toEqual([
        'agent-joined',
        'transfer-started',
        'transfer-failed',
        'transfer-started',
      ]);
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    });

    it('goes on when the page sends the same click again in time', async () => {
      const chat = await fixture.startChatWithAlice();
      const transferId = randomUUID();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: null, status: 503 });
      await start(chat, 'bob', mode, transferId);
      await fixture.clearSandboxFaults();

      const again = await start(chat, 'bob', mode, transferId);
      await fixture.deliverAll();

      expect(again.body).toMatchObject({ ok: true, released: mode === 'cold' });
      expect(offeredTo('bob')).toHaveLength(1);
      expect(kinds(chat)).not.toContain('transfer-failed');
    });

    it('is offered if the task exists after all', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, drop: 'after' });
      await fixture.addSandboxFault({
        ...{ method: 'GET', host: 'taskrouter.twilio.com', path: '/Tasks$' },
        ...{ times: null, status: 503 },
      });
      expect((await start(chat, 'bob', mode)).body.code).toBe('start-pending');
      await fixture.clearSandboxFaults();

      fixture.clock.advance(50_000);
      // Bob has not answered meanwhile, and the event about that is lost.
      await fixture.settle();
      fixture.undelivered.length = 0;
      await start(chat, 'carol', 'warm');
      await fixture.deliverAll();

      const { transfer } = (await fixture.ledger(chat.conversationSid)) ?? {};
      expect(transfer).toMatchObject({ state: 'offered', to: { name: 'Bob' } });
      expect(fixture.tasks(chat.conversationSid)).toHaveLength(2);
      expect(kinds(chat)).not.toContain('transfer-failed');
    });
  });

  it('knows an agent who has accepted the task before the functions found it, after the customer has left', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, drop: 'after' });
    await fixture.addSandboxFault({
      ...{ method: 'GET', host: 'taskrouter.twilio.com', path: '/Tasks$' },
      ...{ times: null, status: 503 },
    });
    expect((await start(chat, 'bob', 'warm')).body.code).toBe('start-pending');
    await fixture.clearSandboxFaults();
    const [task] = offeredTo('bob');
    await fixture.accept('bob', String(task?.sid));
    await fixture.settle();
    // As if they had come while no record tied the task to the chat.
    fixture.undelivered.length = 0;

    await fixture.endAsCustomer(chat);
    for (let minute = 0; minute < 3; minute += 1) {
      fixture.clock.advance(60_000);
      await fixture.sweepAsAdmin();
    }

    const ledger = await fixture.ledger(chat.conversationSid);
    const [record] = Object.entries(ledger?.tasks ?? {}).flatMap(([sid, found]) =>
      sid === task?.sid ? [found] : [],
    );
    expect(record).toMatchObject({ state: 'active', worker: { identity: 'bob' } });
    expect(ledger?.ended?.by).toBe('customer');
  });

  it('answers that the notice follows when only the notice fails', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.addSandboxFault({ ...fixture.callPatterns.newMessage, times: null, status: 503 });
    const { body } = await start(chat, 'bob', 'warm');
    await fixture.clearSandboxFaults();
    expect(body.ok).toBe(true);
    expect(body.done).toContain('transfer-task');
    expect(body.pending).toContain('notices');
  });

  it('posts each notice once when many messages follow it', async () => {
    const chat = await fixture.startChatWithAlice();
    const { body } = await start(chat, 'bob', 'cold');
    fixture.clock.advance(3_000);
    await fixture.accept('bob', String(body.transferTaskSid));
    await fixture.deliverAll();
    for (let number = 1; number <= 105; number += 1)
      await fixture.postMessage(chat.conversationSid, chat.identity, `Message ${number}`);
    fixture.clock.advance(60_000);
    await fixture.post('/conversation/leave', {
      token: await fixture.tokenOf('bob'),
      taskSid: body.transferTaskSid,
      conversationSid: chat.conversationSid,
    });
    await fixture.deliverAll();

    expect(kinds(chat)).toEqual([
      'agent-joined',
      'transfer-started',
      'agent-left',
      'agent-joined',
      'agent-left',
      'chat-ended',
    ]);
  });
});
