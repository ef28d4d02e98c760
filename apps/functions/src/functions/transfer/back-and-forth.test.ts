/** A chat that goes back and forth: agents who have been in it before come back, by another task. */
import { randomUUID } from 'node:crypto';
import type { SeedWorker } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { BACKENDS } from '../../../test/support/twilio-chats';

const aWorker = (name: string, fullName: string, support: number): SeedWorker => ({
  ...{ name, fullName, roles: ['agent'], activity: 'Available', skills: { support }, chatCapacity: 9 },
});
const WORKERS = [
  // Asked first.
  aWorker('alice', 'Alice Archer', 3),
  aWorker('bob', 'Bob Baker', 2),
  aWorker('carol', 'Carol Clark', 1),
];

/** Three times over. */
const BACK_AND_FORTH = [
  ...[['alice', 'bob'] as const, ['bob', 'alice'] as const],
  ...[['alice', 'bob'] as const, ['bob', 'alice'] as const],
  ...[['alice', 'bob'] as const, ['bob', 'alice'] as const],
];

describe.each(BACKENDS)('on %s', (backend) => {
  let world: FunctionsFixture;
  beforeAll(async () => {
    world = await startFunctionsFixture({ backend, account: { workers: WORKERS } });
  });
  beforeEach(() => world.reset());
  afterAll(() => world?.close());

  const ask = async (path: string, worker: string, chat: Chat, taskSid: string, values: object = {}) => {
    const { conversationSid } = chat;
    const { body } = await world.post(path, {
      ...{ token: await world.tokenOf(worker), taskSid, conversationSid },
      ...values,
    });
    expect(body).toMatchObject({ ok: true });
    await world.deliverAll();
    return body;
  };
  const complete = (worker: string, chat: Chat, taskSid: string) =>
    ask('/conversation/complete', worker, chat, taskSid);
  const start = async (from: string, to: string, mode: 'warm' | 'cold', chat: Chat, taskSid: string) => {
    const values = { transferId: randomUUID(), targetSid: world.workerSid(to), mode };
    return String((await ask('/transfer/start', from, chat, taskSid, values)).transferTaskSid);
  };
  const accept = async (worker: string, taskSid: string) => {
    await world.accept(worker, taskSid);
    await world.deliverAll();
  };

  it.each(['in wrap-up', 'gone'] as const)(
    'takes a chat from Alice to Bob and back three times, while whoever handed it over is %s',
    async (before) => {
      const chat = await world.startChatWithAlice();
      const { conversationSid } = chat;
      let taskSid: string = chat.taskSid;
      const left: Array<readonly [agent: string, taskSid: string]> = [];

      for (const [hop, [from, to]] of BACK_AND_FORTH.entries()) {
        const transferTaskSid = await start(from, to, 'cold', chat, taskSid);
        if (before === 'gone') await complete(from, chat, taskSid);
        else left.push([from, taskSid]);
        expect(world.agents(conversationSid)).toEqual([]);

        await accept(to, transferTaskSid);
        await world.write(conversationSid, chat.identity, `Message ${hop}`);
        expect(world.agents(conversationSid)).toEqual([to]);
        taskSid = transferTaskSid;
      }

      const hop = ['transfer-started', 'agent-left', 'agent-joined'];
      expect(world.noticeKinds(conversationSid)).toEqual([
        'agent-joined',
        ...BACK_AND_FORTH.flatMap(() => hop),
      ]);
      const { messages } = world.channel(conversationSid);
      const written = messages.filter(({ author }) => author === chat.identity).map(({ body }) => body);
      expect(written).toEqual(BACK_AND_FORTH.map((_, index) => `Message ${index}`));

      // What was left is wound up behind the back of the chat.
      for (const [agent, leftTaskSid] of left) await complete(agent, chat, leftTaskSid);
      expect(world.agents(conversationSid)).toEqual(['alice']);
      expect(world.isOpen(conversationSid)).toBe(true);

      expect(await complete('alice', chat, taskSid)).toMatchObject({ conversation: 'ended' });
      expect(world.noticeKinds(conversationSid).slice(-2)).toEqual(['agent-left', 'chat-ended']);
      expect(world.isOpen(conversationSid)).toBe(false);
      expect(world.leftOver(conversationSid)).toEqual([]);
      expect(world.tasks(conversationSid).map(({ status }) => status)).toEqual(Array(7).fill('completed'));
    },
  );

  it('takes an agent out who goes to wrap-up by Flex alone, seconds after handing it over and getting it back', async () => {
    const chat = await world.startChatWithAlice();
    const bobs = await start('alice', 'bob', 'cold', chat, chat.taskSid);
    await accept('bob', bobs);
    const second = await start('bob', 'alice', 'warm', chat, bobs);
    await accept('alice', second);

    await world.answer('alice', second, 'wrapping');
    await world.deliverAll();

    expect(world.agents(chat.conversationSid)).toEqual(['bob']);
    expect(world.noticeKinds(chat.conversationSid).at(-1)).toBe('agent-left');
  });

  it('stays open when the second agent leaves while a cold transfer is not answered yet', async () => {
    const chat = await world.startChatWithAlice();
    const { conversationSid } = chat;
    const bobs = await start('alice', 'bob', 'warm', chat, chat.taskSid);
    await accept('bob', bobs);
    const carols = await start('alice', 'carol', 'cold', chat, chat.taskSid);

    expect(await ask('/conversation/leave', 'bob', chat, bobs)).toMatchObject({ conversation: 'open' });
    await complete('bob', chat, bobs);
    await complete('alice', chat, chat.taskSid);

    expect(world.agents(conversationSid)).toEqual([]);
    expect(world.isOpen(conversationSid)).toBe(true);
    expect(world.reservation('carol', carols)?.status).toBe('pending');

    await accept('carol', carols);
    expect(world.agents(conversationSid)).toEqual(['carol']);
    expect(world.noticeKinds(conversationSid)).not.toContain('chat-ended');
    expect(await complete('carol', chat, carols)).toMatchObject({ conversation: 'ended' });
  });
});
