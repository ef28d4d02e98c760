/** Participants who are neither an agent nor the customer, and agents who have the same name. */
import { randomUUID } from 'node:crypto';
import { authorKeyOf } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { aWorker } from '../../test/support/seed-worker';
import { BACKENDS } from '../../test/support/twilio-chats';

/** Both agents are Sam to the customer. The workflow offers chats to Alice first, because of her skill. */
const WORKERS = [
  aWorker('alice', 'Sam Archer', { skills: { support: 2 } }),
  aWorker('bob', 'Sam Baker'),
  aWorker('carol', 'Carol Clark', { roles: ['agent', 'supervisor'], skills: {}, activity: 'Offline' }),
];

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, account: { workers: WORKERS } });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const askAs = async (worker: string, path: string, chat: Chat, values: object = {}) =>
    fixture.post(path, {
      ...{ token: await fixture.tokenOf(worker), taskSid: chat.taskSid },
      ...{ conversationSid: chat.conversationSid, ...values },
    });

  async function transferToBob(chat: Chat): Promise<Chat> {
    const { body } = await askAs('alice', '/transfer/start', chat, {
      ...{ transferId: randomUUID(), targetSid: fixture.workerSid('bob'), mode: 'warm' },
    });
    const taskSid = String(body.transferTaskSid);
    await fixture.deliverAll();
    await fixture.accept('bob', taskSid);
    await fixture.deliverAll();
    return { ...chat, taskSid };
  }

  describe('a chat with a bot and a supervisor who listens', () => {
    async function startChat(): Promise<Chat> {
      const chat = await fixture.startChatWithAlice();
      for (const identity of ['bot', 'carol']) await fixture.addMember(identity, chat.conversationSid);
      expect(fixture.members(chat.conversationSid)).toEqual(
        expect.arrayContaining(['alice', 'bot', 'carol']),
      );
      return chat;
    }

    it('ends when its only agent completes it', async () => {
      const chat = await startChat();
      const { body } = await askAs('alice', '/conversation/complete', chat);
      await fixture.deliverAll();
      expect(body).toMatchObject({ ok: true, conversation: 'ended' });
      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    });

    it('goes on for the second agent of a warm transfer, and ends with them', async () => {
      const chat = await startChat();
      const bobs = await transferToBob(chat);
      expect((await askAs('alice', '/conversation/complete', chat)).body.conversation).toBe('open');
      await fixture.deliverAll();
      expect(fixture.isOpen(chat.conversationSid)).toBe(true);
      expect((await askAs('bob', '/conversation/complete', bobs)).body.conversation).toBe('ended');
    });
  });

  it('two agents of one name are told apart: one leaves, and the other stays', async () => {
    const chat = await fixture.startChatWithAlice();
    const bobs = await transferToBob(chat);
    const keys = ['alice', 'bob'].map((agent) => authorKeyOf(chat.conversationSid, agent));
    const joined = fixture.notices(chat.conversationSid).filter(({ kind }) => kind === 'agent-joined');
    expect(joined).toMatchObject(keys.map((authorKey) => ({ name: 'Sam', authorKey })));
    expect(keys[0]).not.toBe(keys[1]);

    expect((await askAs('alice', '/conversation/leave', chat)).body.ok).toBe(true);
    await fixture.deliverAll();
    expect(fixture.agents(chat.conversationSid)).toEqual(['bob']);
    const [left] = fixture.notices(chat.conversationSid).slice(-1);
    expect(left).toMatchObject({ kind: 'agent-left', name: 'Sam', authorKey: keys[0] });
    expect((await askAs('bob', '/conversation/complete', bobs)).body.conversation).toBe('ended');
  });
});
