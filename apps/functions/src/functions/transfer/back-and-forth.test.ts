/** Chats that are transferred back and forth, so that agents come back to a chat on another task. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { aWorker } from '../../../test/support/seed-worker';
import { BACKENDS } from '../../../test/support/twilio-chats';

const WORKERS = [
  // The workflow offers chats to her first, because of her skill.
  aWorker('alice', 'Alice Archer', { skills: { support: 3 } }),
  aWorker('bob', 'Bob Baker', { skills: { support: 2 } }),
  aWorker('carol', 'Carol Clark', { skills: { support: 1 } }),
];

/** Three times there and back. */
const BACK_AND_FORTH = [
  ...[['alice', 'bob'] as const, ['bob', 'alice'] as const],
  ...[['alice', 'bob'] as const, ['bob', 'alice'] as const],
  ...[['alice', 'bob'] as const, ['bob', 'alice'] as const],
];

describe.each(BACKENDS)('a chat that is transferred back and forth, on %s,', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, account: { workers: WORKERS } });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const ask = async (path: string, worker: string, chat: Chat, taskSid: string, values: object = {}) => {
    const { conversationSid } = chat;
    const { body } = await fixture.post(path, {
      ...{ token: await fixture.tokenOf(worker), taskSid, conversationSid },
      ...values,
    });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return body;
  };
  const complete = (worker: string, chat: Chat, taskSid: string) =>
    ask('/conversation/complete', worker, chat, taskSid);
  const start = async (from: string, to: string, mode: 'warm' | 'cold', chat: Chat, taskSid: string) => {
    const values = { transferId: randomUUID(), targetSid: fixture.workerSid(to), mode };
    return String((await ask('/transfer/start', from, chat, taskSid, values)).transferTaskSid);
  };
  const accept = async (worker: string, taskSid: string) => {
    await fixture.accept(worker, taskSid);
    await fixture.deliverAll();
  };

  it.each(['in wrap-up', 'done'] as const)(
    'has one agent at a time and keeps every message while the agent who transferred is %s',
    async (previousAgent) => {
      const chat = await fixture.startChatWithAlice();
      const { conversationSid } = chat;
      let taskSid: string = chat.taskSid;
      const left: Array<readonly [agent: string, taskSid: string]> = [];

      for (const [hop, [from, to]] of BACK_AND_FORTH.entries()) {
        const transferTaskSid = await start(from, to, 'cold', chat, taskSid);
        if (previousAgent === 'done') await complete(from, chat, taskSid);
        else left.push([from, taskSid]);
        expect(fixture.agents(conversationSid)).toEqual([]);

        await accept(to, transferTaskSid);
        await fixture.postMessage(conversationSid, chat.identity, `Message ${hop}`);
        expect(fixture.agents(conversationSid)).toEqual([to]);
        taskSid = transferTaskSid;
      }

      const transferNotices = ['transfer-started', 'agent-left', 'agent-joined'];
      expect(fixture.noticeKinds(conversationSid)).toEqual([
        'agent-joined',
        ...BACK_AND_FORTH.flatMap(() => transferNotices),
      ]);
      const { messages } = fixture.channel(conversationSid);
      const written = messages.filter(({ author }) => author === chat.identity).map(({ body }) => body);
      expect(written).toEqual(BACK_AND_FORTH.map((_, index) => `Message ${index}`));

      // Completing the tasks of agents who have left changes nothing in the chat.
      for (const [agent, leftTaskSid] of left) await complete(agent, chat, leftTaskSid);
      expect(fixture.agents(conversationSid)).toEqual(['alice']);
      expect(fixture.isOpen(conversationSid)).toBe(true);

      expect(await complete('alice', chat, taskSid)).toMatchObject({ conversation: 'ended' });
      expect(fixture.noticeKinds(conversationSid).slice(-2)).toEqual(['agent-left', 'chat-ended']);
      expect(fixture.isOpen(conversationSid)).toBe(false);
      expect(fixture.leftoverAgents(conversationSid)).toEqual([]);
      expect(fixture.tasks(conversationSid).map(({ status }) => status)).toEqual(Array(7).fill('completed'));
    },
  );

  it('loses an agent who goes to wrap-up in Flex right after they came back', async () => {
    const chat = await fixture.startChatWithAlice();
    const bobs = await start('alice', 'bob', 'cold', chat, chat.taskSid);
    await accept('bob', bobs);
    const second = await start('bob', 'alice', 'warm', chat, bobs);
    await accept('alice', second);

    await fixture.updateReservation('alice', second, 'wrapping');
    await fixture.deliverAll();

    expect(fixture.agents(chat.conversationSid)).toEqual(['bob']);
    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('agent-left');
  });

  it('stays open when its agents leave while a cold transfer is pending', async () => {
    const chat = await fixture.startChatWithAlice();
    const { conversationSid } = chat;
    const bobs = await start('alice', 'bob', 'warm', chat, chat.taskSid);
    await accept('bob', bobs);
    const carols = await start('alice', 'carol', 'cold', chat, chat.taskSid);

    expect(await ask('/conversation/leave', 'bob', chat, bobs)).toMatchObject({ conversation: 'open' });
    await complete('bob', chat, bobs);
    await complete('alice', chat, chat.taskSid);

    expect(fixture.agents(conversationSid)).toEqual([]);
    expect(fixture.isOpen(conversationSid)).toBe(true);
    expect(fixture.reservation('carol', carols)?.status).toBe('pending');

    await accept('carol', carols);
    expect(fixture.agents(conversationSid)).toEqual(['carol']);
    expect(fixture.noticeKinds(conversationSid)).not.toContain('chat-ended');
    expect(await complete('carol', chat, carols)).toMatchObject({ conversation: 'ended' });
  });
});
