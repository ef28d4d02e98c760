/** The rights of workers: every status of a reservation and every role, at every endpoint for workers. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { readTwilioState } from '../../test/support/sandbox-control';
import { aWorker } from '../../test/support/seed-worker';
import { BACKENDS } from '../../test/support/twilio-chats';

const WORKERS = [
  // The workflow offers chats to her first, because of her skill.
  aWorker('alice', 'Alice Archer', { skills: { support: 2 } }),
  aWorker('bob', 'Bob Baker'),
  aWorker('carol', 'Carol Clark', { roles: ['agent', 'supervisor'], skills: {} }),
  aWorker('dave', 'Dave Dunn', { roles: ['admin'], activity: 'Offline' }),
];

const ENDPOINTS = {
  start: '/transfer/start',
  cancel: '/transfer/cancel',
  leave: '/conversation/leave',
  complete: '/conversation/complete',
} as const;
type Action = keyof typeof ENDPOINTS;
const ACTIONS: readonly Action[] = ['start', 'cancel', 'leave', 'complete'];

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, account: { workers: WORKERS } });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  /** What a request names. */
  interface Subject {
    readonly chat: Chat;
    readonly taskSid: string;
    readonly transferId: string;
  }

  async function ask(worker: string, action: Action, { chat, taskSid, transferId }: Subject) {
    const request = { token: await fixture.tokenOf(worker), taskSid, conversationSid: chat.conversationSid };
    const more = {
      start: { transferId: randomUUID(), targetSid: fixture.queueSid('Billing'), mode: 'cold' },
      cancel: { transferId },
      leave: {},
      complete: {},
    } as const;
    return fixture.post(ENDPOINTS[action], { ...request, ...more[action] });
  }

  async function aChatOfAlice(): Promise<Subject> {
    const chat = await fixture.startChatWithAlice();
    return { chat, taskSid: chat.taskSid, transferId: randomUUID() };
  }

  /** Alice has offered the chat to Bob in a warm transfer, so she is still in it. */
  async function aChatOfferedToBob(): Promise<Subject & { readonly bobs: Subject }> {
    const alices = await aChatOfAlice();
    const { chat, taskSid, transferId } = alices;
    const { body } = await fixture.post('/transfer/start', {
      ...{ token: await fixture.tokenOf('alice'), taskSid, conversationSid: chat.conversationSid },
      ...{ transferId, targetSid: fixture.workerSid('bob'), mode: 'warm' },
    });
    await fixture.deliverAll();
    return { ...alices, bobs: { ...alices, taskSid: String(body.transferTaskSid) } };
  }

  const readAllState = () => readTwilioState(fixture.sandbox, fixture.rest);

  /** Each sets up a task with a reservation of this status, and returns what the requests name. */
  const RESERVATIONS = {
    accepted: async () => aChatOfferedToBob(),
    wrapping: async () => {
      const subject = await aChatOfferedToBob();
      await ask('alice', 'leave', subject);
      await fixture.deliverAll();
      return subject;
    },
    completed: async () => {
      const subject = await aChatOfferedToBob();
      await ask('alice', 'complete', subject);
      await fixture.deliverAll();
      return subject;
    },
    /** Offered to Bob, who has not answered. */
    pending: async () => {
      const { bobs } = await aChatOfferedToBob();
      expect(fixture.reservation('bob', bobs.taskSid)?.status).toBe('pending');
      return bobs;
    },
    rejected: async () => {
      const { bobs } = await aChatOfferedToBob();
      await fixture.updateReservation('bob', bobs.taskSid, 'rejected');
      await fixture.deliverAll();
      return bobs;
    },
  } as const;

  type May = Readonly<Record<Action, boolean>>;
  const all: May = { start: true, cancel: true, leave: true, complete: true };
  const none: May = { start: false, cancel: false, leave: false, complete: false };
  const allButStart: May = { ...all, start: false };

  const TABLE: ReadonlyArray<readonly [who: string, reservation: keyof typeof RESERVATIONS, may: May]> = [
    ['alice', 'accepted', all],
    ['alice', 'wrapping', allButStart],
    // She may repeat what she has done, because its answer may have been lost.
    ['alice', 'completed', allButStart],
    // The task that is offered to him.
    ['bob', 'pending', none],
    ['bob', 'rejected', none],
    // Alice's task: he has no reservation on it.
    ['bob', 'accepted', none],
    ['bob', 'wrapping', none],
    ['bob', 'completed', none],
    // The task that is offered to Bob.
    ['alice', 'pending', none],
    // Supervisors act for Alice while her reservation is accepted or in wrap-up.
    ['carol', 'accepted', all],
    ['carol', 'wrapping', allButStart],
    ['carol', 'completed', none],
    ['carol', 'pending', none],
    ['carol', 'rejected', none],
    ['dave', 'accepted', all],
    ['dave', 'wrapping', allButStart],
    ['dave', 'completed', none],
    ['dave', 'pending', none],
  ];

  describe.each(TABLE)('%s, on a task whose reservation is %s,', (who, reservation, may) => {
    it.each(ACTIONS.filter((action) => may[action]))('may %s', async (action) => {
      const subject = await RESERVATIONS[reservation]();
      const answer = await ask(who, action, subject);
      // A worker who may start a transfer is refused a second one while the first is open.
      const expected = action === 'start' ? { code: 'transfer-open' } : { ok: true };
      expect(answer.body).toMatchObject(expected);
    });

    it.each(ACTIONS.filter((action) => !may[action]))(
      'may not %s, and the attempt changes nothing',
      async (action) => {
        const subject = await RESERVATIONS[reservation]();
        await fixture.settle();
        const before = await readAllState();
        const answer = await ask(who, action, subject);
        expect({ status: answer.status, code: answer.body.code }).toEqual({
          status: 403,
          code: 'not-allowed',
        });
        expect(await readAllState()).toEqual(before);
      },
    );
  });

  describe('a supervisor', () => {
    const notices = ({ chat }: Subject) => fixture.notices(chat.conversationSid);

    it('transfers the chat for its agent, whom the notices name and the transfer releases', async () => {
      const subject = await aChatOfAlice();

      const { body } = await ask('carol', 'start', subject);

      expect(body).toMatchObject({ ok: true, released: true });
      expect(notices(subject)).toMatchObject([
        { kind: 'agent-joined', name: 'Alice' },
        { kind: 'transfer-started', from: 'Alice' },
        { kind: 'agent-left', name: 'Alice' },
      ]);
      expect(fixture.task(String(body.transferTaskSid))?.attributes).toMatchObject({
        chatTransferFromSid: fixture.workerSid('alice'),
      });
      expect(fixture.members(subject.chat.conversationSid)).toEqual([subject.chat.identity]);
      expect(fixture.reservation('alice', subject.taskSid)?.status).toBe('wrapping');
    });

    it('cancels a transfer for its agent, whom the notice names', async () => {
      const subject = await aChatOfferedToBob();

      expect((await ask('carol', 'cancel', subject)).body).toMatchObject({ ok: true, state: 'cancelled' });

      expect(notices(subject).at(-1)).toMatchObject({ kind: 'transfer-cancelled', name: 'Alice' });
      expect(fixture.task(subject.bobs.taskSid)?.status).toBe('canceled');
    });

    it.each(['leave', 'complete'] as const)('may %s for the agent of a task', async (action) => {
      const subject = await aChatOfAlice();

      expect((await ask('carol', action, subject)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });

      expect(notices(subject).slice(1)).toMatchObject([
        { kind: 'agent-left', name: 'Alice' },
        { kind: 'chat-ended' },
      ]);
      expect(fixture.agents(subject.chat.conversationSid)).toEqual([]);
      const left = fixture.reservation('alice', subject.taskSid)?.status;
      expect(left).toBe(action === 'leave' ? 'wrapping' : undefined);
    });

    it('acts for themselves on a task of their own', async () => {
      const { chat, taskSid, transferId } = await aChatOfAlice();
      const { body } = await fixture.post('/transfer/start', {
        ...{ token: await fixture.tokenOf('alice'), taskSid, conversationSid: chat.conversationSid },
        ...{ transferId, targetSid: fixture.workerSid('carol'), mode: 'warm' },
      });
      const carols = { chat, transferId, taskSid: String(body.transferTaskSid) };
      await fixture.settle();
      await fixture.accept('carol', carols.taskSid);
      await fixture.deliverAll();

      expect((await ask('carol', 'leave', carols)).body).toMatchObject({
        ok: true,
        conversation: 'open',
        pending: [],
      });

      expect(notices(carols).at(-1)).toMatchObject({ kind: 'agent-left', name: 'Carol' });
      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity, 'alice']);
    });
  });

  describe('a worker without the right', () => {
    it.each(ACTIONS)('gets the same refusal to %s for every task and chat', async (action) => {
      const alices = await aChatOfAlice();
      const bobs = await aChatOfAlice();
      const unknownTask = `WT${'f'.repeat(32)}`;
      const unknownChat = { ...alices.chat, conversationSid: `CH${'f'.repeat(32)}` };
      const [workflow] = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });
      const callback = await fixture.workspace().tasks.create({
        ...{ attributes: '{"kind":"callback"}', taskChannel: 'default', workflowSid: workflow?.sid ?? '' },
      });

      const answers = await Promise.all([
        ask('bob', action, alices),
        ask('bob', action, { ...alices, taskSid: unknownTask }),
        ask('bob', action, { ...alices, chat: unknownChat }),
        ask('bob', action, { ...alices, taskSid: unknownTask, chat: unknownChat }),
        ask('bob', action, { ...alices, taskSid: callback.sid }),
        ask('carol', action, { ...alices, taskSid: unknownTask }),
        ask('carol', action, { ...alices, chat: unknownChat }),
        // Her own task, with the SID of another chat.
        ask('alice', action, { ...alices, chat: bobs.chat }),
        ask('alice', action, { ...alices, chat: unknownChat }),
      ]);

      for (const { status, body } of answers)
        expect({ status, body }).toEqual({ status: 403, body: answers[0]?.body });
    });
  });
});
