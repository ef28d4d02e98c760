import { randomUUID } from 'node:crypto';
import { CLAIM_MS } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { BACKENDS } from '../../../test/support/twilio-chats';

describe.each(BACKENDS)('on %s, an agent who accepts a chat that was transferred back', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  async function transfer({ conversationSid }: Chat, taskSid: string, from: string, to: string) {
    const { body } = await fixture.post('/transfer/start', {
      token: await fixture.tokenOf(from),
      taskSid,
      conversationSid,
      transferId: randomUUID(),
      targetSid: fixture.workerSid(to),
      mode: 'cold',
    });
    expect(body).toMatchObject({ ok: true });
    return String(body.transferTaskSid);
  }

  it('stays in the chat when an older event arrives before the event about the acceptance', async () => {
    const chat = await fixture.startChatWithAlice();
    const taskOfBob = await transfer(chat, chat.taskSid, 'alice', 'bob');
    await fixture.deliverAll();
    await fixture.post('/conversation/complete', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
    });
    await fixture.accept('bob', taskOfBob);
    await fixture.deliverAll();
    const taskOfAlice = await transfer(chat, taskOfBob, 'bob', 'alice');
    await fixture.settle();
    const olderEvents = fixture.undelivered.splice(0);
    // The effects of the first transfer must be checked again from now on.
    fixture.clock.advance(CLAIM_MS);
    await fixture.accept('alice', taskOfAlice);
    await fixture.settle();

    for (const event of olderEvents) await fixture.deliver(event);
    expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    await fixture.deliverAll();
    expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
  });
});
