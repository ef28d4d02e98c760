import { randomUUID } from 'node:crypto';
import {
  buildTransferWorkflow,
  findTransfer,
  GRACE_SECONDS,
  parseQueueSid,
} from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { required } from '../../../test/support/account';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { BACKENDS } from '../../../test/support/twilio-chats';

/** How long a target has to answer, and how long a reservation rings: the defaults. */
const ANSWER_SECONDS = 60;
const RING_SECONDS = 30;

/** Bob is the only agent of Billing. Carol is offline. */
describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, queueLabels: { Billing: 'Billing' } });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  type Target = 'bob' | 'Billing' | 'Everyone';
  const start = async (chat: Chat, target: Target, values: object) =>
    fixture.post('/transfer/start', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      targetSid: target === 'bob' ? fixture.workerSid('bob') : fixture.queueSid(target),
      mode: 'warm',
      ...values,
    });

  async function transfer(target: Target, mode: 'warm' | 'cold' = 'warm') {
    const chat = await fixture.startChatWithAlice();
    const transferId = randomUUID();
    const { body } = await start(chat, target, { transferId, mode });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return { chat, transferId, taskSid: String(body.transferTaskSid) };
  }

  const stateOf = async ({ chat, transferId }: { readonly chat: Chat; readonly transferId: string }) => {
    const ledger = await fixture.ledger(chat.conversationSid);
    return ledger && findTransfer(ledger, transferId)?.state;
  };
  /** The notices after Alice joined. */
  const kinds = (chat: Chat) =>
    fixture
      .notices(chat.conversationSid)
      .slice(1)
      .map(({ kind }) => kind);

  async function pass(seconds: number): Promise<void> {
    fixture.clock.advance(seconds * 1000);
    await fixture.deliverAll();
  }

  /** Time passes, and TaskRouter's events about it are lost. */
  async function passUnreported(seconds: number): Promise<void> {
    fixture.clock.advance(seconds * 1000);
    await fixture.settle();
    fixture.undelivered.length = 0;
  }

  describe('a target that rings', () => {
    it('has answered when it is an agent whose reservation times out', async () => {
      const started = await transfer('bob', 'cold');
      const { chat, taskSid } = started;

      await pass(RING_SECONDS - 1);
      expect(await stateOf(started)).toBe('offered');
      await pass(1);

      expect(await stateOf(started)).toBe('unanswered');
      expect(kinds(chat)).toEqual(['transfer-started', 'agent-left', 'transfer-unanswered']);
      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
    });

    it('has its next agent asked when it is a queue', async () => {
      fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget: false });
      const started = await transfer('Everyone');
      await fixture.setActivity('carol', 'Available');

      await pass(RING_SECONDS);
      expect(await stateOf(started)).toBe('offered');
      await fixture.accept('carol', started.taskSid);
      await fixture.deliverAll();

      expect(await stateOf(started)).toBe('accepted');
      expect(kinds(started.chat)).toEqual(['transfer-started', 'agent-joined']);
    });

    it.each([
      [false, ANSWER_SECONDS],
      [true, ANSWER_SECONDS + GRACE_SECONDS],
    ])(
      'is a queue that does not answer when none of its agents does, with reservationTimeoutEndsTarget %s',
      async (reservationTimeoutEndsTarget, seconds) => {
        fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget });
        const started = await transfer('Everyone', 'cold');
        await fixture.setActivity('carol', 'Available');

        await pass(seconds - 1);
        expect(await stateOf(started)).toBe('offered');
        await pass(2);
        expect(await stateOf(started)).toBe('unanswered');
        expect(kinds(started.chat)).toEqual(['transfer-started', 'agent-left', 'transfer-unanswered']);
      },
    );
  });

  /** The workflow goes on only when a pending reservation has ended, however late it began. */
  const letReservationsRingOn = async (ringSeconds: number) => {
    const queues = [...fixture.queues()].map(([name, sid]) => ({
      sid: required(parseQueueSid(sid), name),
      name,
    }));
    const everyoneQueueSid = required(parseQueueSid(fixture.queueSid('Everyone')), 'Everyone');
    const { friendlyName: _name, ...parameters } = buildTransferWorkflow(queues, {
      everyoneQueueSid,
      answerSeconds: 600,
      ringSeconds,
    });
    await fixture.workspace().workflows(fixture.transferWorkflowSid()).update(parameters);
  };

  /** A transfer whose target becomes available 55 s after its start. TaskRouter offers it to Bob then. */
  async function ringLate(target: 'bob' | 'Billing', ringSeconds = RING_SECONDS) {
    await letReservationsRingOn(ringSeconds);
    const chat = await fixture.startChatWithAlice();
    const transferId = randomUUID();
    await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: null, status: 503 });
    await start(chat, target, { transferId });
    await fixture.clearSandboxFaults();
    await fixture.setActivity('bob', 'Offline');
    const { body } = await start(chat, target, { transferId });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();

    await pass(ANSWER_SECONDS - 5);
    await fixture.setActivity('bob', 'Available');
    await fixture.deliverAll();
    const taskSid = String(body.transferTaskSid);
    expect(fixture.reservation('bob', taskSid)?.status).toBe('pending');
    return { chat, transferId, taskSid };
  }

  describe.each(['bob', 'Billing'] as const)('a reservation that rings on after the time of %s', (target) => {
    it('is not withdrawn, and ends the offer when it times out', async () => {
      const started = await ringLate(target);
      await pass(21);
      await fixture.sweepAsAdmin();
      expect(await stateOf(started)).toBe('offered');
      expect(fixture.reservation('bob', started.taskSid)?.status).toBe('pending');

      await pass(9);
      expect(await stateOf(started)).toBe('returned');
      expect(kinds(started.chat)).toEqual(['transfer-started', 'transfer-unanswered']);
      expect(fixture.task(started.taskSid)?.status).toBe('canceled');
    });

    it.each([
      ['before the functions look at it', 10],
      ['after the functions have looked at it', 25],
    ])('can be accepted, %s', async (_when, seconds) => {
      const started = await ringLate(target);
      await pass(seconds);
      await fixture.sweepAsAdmin();
      await fixture.accept('bob', started.taskSid);
      await fixture.deliverAll();
      await pass(60);
      await fixture.sweepAsAdmin();

      expect(await stateOf(started)).toBe('accepted');
      expect(kinds(started.chat)).toEqual(['transfer-started', 'agent-joined']);
      expect(fixture.agents(started.chat.conversationSid)).toEqual(['alice', 'bob']);
    });

    it('ends the offer when it is declined', async () => {
      const started = await ringLate(target);
      await pass(15);
      await fixture.updateReservation('bob', started.taskSid, 'rejected');
      await fixture.deliverAll();

      expect(await stateOf(started)).toBe('returned');
      expect(kinds(started.chat)).toEqual([
        'transfer-started',
        target === 'bob' ? 'transfer-declined' : 'transfer-unanswered',
      ]);
    });

    it('ends the offer at the next sweep when the event about its end is lost', async () => {
      const started = await ringLate(target);
      await pass(21);
      await fixture.sweepAsAdmin();
      await passUnreported(25);
      await fixture.sweepAsAdmin();
      await fixture.deliverAll();

      expect(await stateOf(started)).toBe('returned');
      expect(kinds(started.chat)).toEqual(['transfer-started', 'transfer-unanswered']);
    });

    it('is withdrawn when it never ends, for example because the workflow has another ring time', async () => {
      const started = await ringLate(target, 600);
      for (let passed = 0; passed < 180; passed += 20) {
        await pass(20);
        await fixture.sweepAsAdmin();
        expect(await stateOf(started)).toBe('offered');
      }
      await pass(50);
      await fixture.sweepAsAdmin();
      await fixture.deliverAll();

      expect(await stateOf(started)).toBe('returned');
      expect(fixture.task(started.taskSid)?.status).toBe('canceled');
    });
  });
});
