/**
 * An agent has no part in a chat and knows its SIDs. They use everything that their token can write at Twilio to act on
 * the chat through the functions. Nothing in the chat or its ledger changes, and the functions tell them nothing.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AgentBrowser, openAgentBrowser } from '../support/agent-browser';
import { type Chat, type FunctionsFixture, startFunctionsFixture } from '../support/functions-fixture';
import { aWorker } from '../support/seed-worker';
import { BACKENDS } from '../support/twilio-chats';

/** The workflow offers chats to the worker with the highest skill who is available. */
const WORKERS = [
  aWorker('alice', 'Alice Archer', { skills: { support: 3 } }),
  aWorker('mallory', 'Mallory Archer', { skills: { support: 2 } }),
  aWorker('bob', 'Bob Archer'),
];

/** Attributes of the victim's task that make another task look like a task of that chat. */
const LOCATION_KEYS = [
  'channelSid',
  'channelType',
  'conversationSid',
  'flexInteractionSid',
  'flexInteractionChannelSid',
  'flexChannelInviteSid',
];

interface Victim {
  readonly chat: Chat;
  /** The transfer to Bob that is open. */
  readonly transferId: string;
}

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, account: { workers: WORKERS } });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const dropEvents = async () => {
    await fixture.settle();
    fixture.undelivered.length = 0;
  };

  /** Alice's chats that Mallory attacks. */
  const VICTIMS = {
    'that the ledger knows': async (): Promise<Victim> => ({
      chat: await fixture.startChatWithAlice(),
      transferId: randomUUID(),
    }),
    'without a ledger': async (): Promise<Victim> => {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);
      fixture.clock.advance(120_000);
      await dropEvents();
      return { chat, transferId: randomUUID() };
    },
    'that is offered to Bob': async (): Promise<Victim> => {
      const chat = await fixture.startChatWithAlice();
      const transferId = randomUUID();
      await fixture.post('/transfer/start', {
        ...{ token: await fixture.tokenOf('alice'), taskSid: chat.taskSid },
        ...{ conversationSid: chat.conversationSid, transferId },
        ...{ targetSid: fixture.workerSid('bob'), mode: 'warm' },
      });
      await fixture.deliverAll();
      return { chat, transferId };
    },
  } as const;

  /** A chat of Mallory's own. */
  async function ownChat(): Promise<Chat> {
    await fixture.setActivity('alice', 'Offline');
    const chat = await fixture.startChat('Customer of Mallory');
    await fixture.accept('mallory', chat.taskSid);
    await fixture.deliverAll();
    return chat;
  }

  const locationOf = ({ chat }: Victim, keys: readonly string[] = LOCATION_KEYS) => {
    const attributes: Record<string, unknown> = JSON.parse(chat.taskAttributes);
    return Object.fromEntries(
      Object.entries({
        channelSid: chat.conversationSid,
        conversationSid: chat.conversationSid,
        ...attributes,
      })
        .filter(([key]) => keys.includes(key))
        // Flex Conversations has no `channelSid`.
        .filter(([key]) => key !== 'channelSid' || backend === 'programmable-chat'),
    );
  };

  const acceptOwn = async (mallory: AgentBrowser, taskSid: string) => {
    await fixture.settle();
    await mallory.updateReservation(taskSid, 'accepted');
    await fixture.waitForSetUp('mallory', taskSid);
    return taskSid;
  };

  /** Each gives Mallory an accepted task whose attributes name the victim's chat, and returns its SID. */
  const ATTACKS = {
    'who puts its location on a task of their own': async (mallory: AgentBrowser, victim: Victim) => {
      const { taskSid } = await ownChat();
      await mallory.setAttributes(taskSid, {
        ...fixture.task(taskSid)?.attributes,
        ...locationOf(victim),
      });
      return taskSid;
    },
    'who puts its SID on a task of their own interaction': async (mallory: AgentBrowser, victim: Victim) => {
      const { taskSid } = await ownChat();
      await mallory.setAttributes(taskSid, {
        ...fixture.task(taskSid)?.attributes,
        ...locationOf(victim, ['channelSid', 'conversationSid']),
      });
      return taskSid;
    },
    'who puts its open transfer on a task of their own': async (mallory: AgentBrowser, victim: Victim) => {
      const { taskSid } = await ownChat();
      await mallory.setAttributes(taskSid, {
        ...fixture.task(taskSid)?.attributes,
        ...locationOf(victim),
        ...{ chatTransferId: victim.transferId, chatTransferData: { transferTaskSid: victim.chat.taskSid } },
      });
      return taskSid;
    },
    'who creates a task with its location': async (mallory: AgentBrowser, victim: Victim) =>
      acceptOwn(
        mallory,
        await mallory.createTask({ ...locationOf(victim), chatTransferId: victim.transferId }),
      ),
    'who starts an interaction on its conversation': async (mallory: AgentBrowser, victim: Victim) => {
      const properties = { media_channel_sid: victim.chat.conversationSid };
      fixture.clock.advance(2_000);
      await mallory.createInteraction({ properties }, locationOf(victim));
      const task = fixture.allTasks().at(-1);
      return acceptOwn(mallory, task?.sid ?? '');
    },
  } as const;

  /** What Mallory must not change. Other chats, and Mallory's own tasks, may change. */
  async function readChat({ chat: { conversationSid } }: Victim, attackerTaskSid: string) {
    return {
      channel: fixture.channel(conversationSid),
      ledger: await fixture.ledger(conversationSid),
      interaction: fixture.interaction(conversationSid),
      tasks: fixture.tasks(conversationSid).filter(({ sid }) => sid !== attackerTaskSid),
    };
  }

  async function callAllEndpoints(attacker: AgentBrowser, { chat, transferId }: Victim, taskSid: string) {
    const { conversationSid } = chat;
    const request = { token: await fixture.tokenOf(attacker.worker), taskSid, conversationSid };
    const start = { targetSid: fixture.queueSid('Billing'), mode: 'cold' };
    return [
      await fixture.post('/transfer/start', { ...request, ...start, transferId: randomUUID() }),
      await fixture.post('/transfer/start', { ...request, ...start, transferId }),
      await fixture.post('/transfer/cancel', { ...request, transferId }),
      await fixture.post('/conversation/leave', request),
      await fixture.post('/conversation/complete', request),
    ];
  }

  const attacks = Object.entries(ATTACKS).filter(
    ([name]) => backend === 'conversations' || !name.includes('interaction'),
  );
  describe.each(Object.entries(VICTIMS))('a chat %s', (_which, startVictim) => {
    it.each(attacks)('refuses and ignores an agent %s', async (_how, attack) => {
      const victim = await startVictim();
      const mallory = await openAgentBrowser(fixture, 'mallory');
      const taskSid = await attack(mallory, victim);
      await mallory.joinChat(victim.chat.conversationSid);
      expect(fixture.members(victim.chat.conversationSid), 'the members').toContain('mallory');
      expect(fixture.tasks(victim.chat.conversationSid).map(({ sid }) => sid)).toContain(taskSid);
      expect(fixture.reservation('mallory', taskSid)?.status).toBe('accepted');
      const before = await readChat(victim, taskSid);

      await fixture.deliverAll();
      expect(await readChat(victim, taskSid), 'after the events').toEqual(before);

      for (const { status, body } of await callAllEndpoints(mallory, victim, taskSid)) {
        expect({ status, code: body.code }).toEqual({ status: 403, code: 'not-allowed' });
      }
      await fixture.deliverAll();
      expect(await readChat(victim, taskSid), 'after the requests').toEqual(before);

      await mallory.updateReservation(taskSid, 'wrapping');
      await fixture.deliverAll();
      expect(await readChat(victim, taskSid), 'after the wrap-up').toEqual(before);
    });

    it('still belongs to its agent after the attack', async () => {
      const victim = await startVictim();
      const mallory = await openAgentBrowser(fixture, 'mallory');
      const taskSid = await ATTACKS['who puts its location on a task of their own'](mallory, victim);
      await mallory.joinChat(victim.chat.conversationSid);
      await fixture.deliverAll();

      const { body } = await fixture.post('/transfer/start', {
        ...{ token: await fixture.tokenOf('alice'), taskSid: victim.chat.taskSid },
        ...{ conversationSid: victim.chat.conversationSid, transferId: randomUUID() },
        ...{ targetSid: fixture.queueSid('Billing'), mode: 'warm' },
      });

      const isOffered =
        (await fixture.ledger(victim.chat.conversationSid))?.transfer?.id === victim.transferId;
      expect(body).toMatchObject(isOffered ? { code: 'transfer-open' } : { ok: true });
      expect(Object.keys((await fixture.ledger(victim.chat.conversationSid))?.tasks ?? {})).not.toContain(
        taskSid,
      );
    });
  });

  it('refuses an agent whose task is older than the chat, and does not refuse the agent of the chat', async () => {
    const mallory = await openAgentBrowser(fixture, 'mallory');
    const { taskSid } = await ownChat();
    fixture.clock.advance(10_000);
    await fixture.setActivity('alice', 'Available');
    const victim = await VICTIMS['without a ledger']();
    await mallory.setAttributes(taskSid, {
      ...fixture.task(taskSid)?.attributes,
      ...locationOf(victim, ['channelSid', 'conversationSid']),
    });
    await mallory.joinChat(victim.chat.conversationSid);
    const before = await readChat(victim, taskSid);

    for (const { status } of await callAllEndpoints(mallory, victim, taskSid)) expect(status).toBe(403);
    expect(await readChat(victim, taskSid)).toEqual(before);
    const { body } = await fixture.post('/conversation/complete', {
      ...{ token: await fixture.tokenOf('alice'), taskSid: victim.chat.taskSid },
      conversationSid: victim.chat.conversationSid,
    });
    expect(body).toMatchObject({ ok: true, conversation: 'ended' });
  });
});
