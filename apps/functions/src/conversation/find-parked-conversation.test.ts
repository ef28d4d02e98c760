import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';

let world: FunctionsFixture;
beforeAll(async () => {
  world = await startFunctionsFixture({ backend: 'conversations' });
});
beforeEach(() => world.reset());
afterAll(() => world?.close());

/** As Flex's Leave does: the agent's task is completed, and the conversation sleeps until somebody writes. */
async function layAside({ taskAttributes }: Chat): Promise<void> {
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(taskAttributes);
  await world.rest.flexApi.v1
    .interaction(flexInteractionSid)
    .channels(flexInteractionChannelSid)
    .update({ status: 'inactive', routing: { status: 'closed' } });
}

describe('a chat that its agent lays aside', () => {
  it('stays open without anybody, and is not said to have ended', async () => {
    const chat = await world.startChatWithAlice();

    await layAside(chat);
    await world.deliverAll();

    expect(world.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left']);
    expect(world.agents(chat.conversationSid)).toEqual([]);
    expect(world.isOpen(chat.conversationSid)).toBe(true);
  });

  it('stays open, too, when nothing was heard of it before', async () => {
    const chat = await world.startChat();
    await world.accept('alice', chat.taskSid);
    await layAside(chat);
    await world.settle();
    const told = world.waiting.splice(0).find(({ type }) => type === 'task.completed');
    if (told === undefined) throw new Error('TaskRouter has not told of the end');

    await world.deliver(told);

    expect((await world.ledger(chat.conversationSid))?.ended).toBeUndefined();
    expect(world.isOpen(chat.conversationSid)).toBe(true);
  });

  it('ends when the customer has enough', async () => {
    const chat = await world.startChatWithAlice();
    await layAside(chat);
    await world.deliverAll();

    await world.endByCustomer(chat);

    expect(world.noticeKinds(chat.conversationSid).slice(-2)).toEqual(['customer-left', 'chat-ended']);
    expect(world.isOpen(chat.conversationSid)).toBe(false);
  });

  it('ends when it cannot be told whether it was laid aside: nobody waits in vain', async () => {
    const chat = await world.startChatWithAlice();
    await layAside(chat);
    await world.settle();
    const told = world.waiting.splice(0);
    await world.addFault({
      ...{ method: 'GET', host: 'flex-api.twilio.com', path: '/Channels/UO\\w+$' },
      ...{ times: null, status: 503, code: 20503 },
    });
    for (const callback of told) await world.deliver(callback);
    await world.clearFaults();

    expect((await world.ledger(chat.conversationSid))?.ended).toMatchObject({ by: 'last-agent' });
  });

  it('ends at once when it was not laid aside', async () => {
    const chat = await world.startChatWithAlice();
    await world.answer('alice', chat.taskSid, 'completed');
    await world.deliverAll();

    expect(world.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
    expect(world.isOpen(chat.conversationSid)).toBe(false);
  });
});
