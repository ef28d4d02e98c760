import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';

let fixture: FunctionsFixture;
beforeAll(async () => {
  fixture = await startFunctionsFixture({ backend: 'conversations' });
});
beforeEach(() => fixture.reset());
afterAll(() => fixture?.close());

/** As Flex's Leave does: the agent's task is completed, and the conversation sleeps until somebody writes. */
async function layAside({ taskAttributes }: Chat): Promise<void> {
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(taskAttributes);
  await fixture.rest.flexApi.v1
    .interaction(flexInteractionSid)
    .channels(flexInteractionChannelSid)
    .update({ status: 'inactive', routing: { status: 'closed' } });
}

describe('a chat that its agent lays aside', () => {
  it('stays open without anybody, and is not said to have ended', async () => {
    const chat = await fixture.startChatWithAlice();

    await layAside(chat);
    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left']);
    expect(fixture.agents(chat.conversationSid)).toEqual([]);
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });

  it('stays open, too, when nothing was heard of it before', async () => {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    await layAside(chat);
    await fixture.settle();
    const told = fixture.waiting.splice(0).find(({ type }) => type === 'task.completed');
    if (told === undefined) throw new Error('TaskRouter has not told of the end');

    await fixture.deliver(told);

    expect((await fixture.ledger(chat.conversationSid))?.ended).toBeUndefined();
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });

  it('ends when the customer has enough', async () => {
    const chat = await fixture.startChatWithAlice();
    await layAside(chat);
    await fixture.deliverAll();

    await fixture.endByCustomer(chat);

    expect(fixture.noticeKinds(chat.conversationSid).slice(-2)).toEqual(['customer-left', 'chat-ended']);
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });

  it('ends when it cannot be told whether it was laid aside: nobody waits in vain', async () => {
    const chat = await fixture.startChatWithAlice();
    await layAside(chat);
    await fixture.settle();
    const told = fixture.waiting.splice(0);
    await fixture.addFault({
      ...{ method: 'GET', host: 'flex-api.twilio.com', path: '/Channels/UO\\w+$' },
      ...{ times: null, status: 503, code: 20503 },
    });
    for (const callback of told) await fixture.deliver(callback);
    await fixture.clearFaults();

    expect((await fixture.ledger(chat.conversationSid))?.ended).toMatchObject({ by: 'last-agent' });
  });

  it('ends at once when it was not laid aside', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.answer('alice', chat.taskSid, 'completed');
    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });
});
