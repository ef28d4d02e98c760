import { randomUUID } from 'node:crypto';
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

/** Does what Flex's Leave does: completes or wraps up the agent's task, and sets the channel inactive. */
async function park({ taskAttributes }: Chat, status: 'closed' | 'wrapup' = 'closed'): Promise<void> {
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(taskAttributes);
  await fixture.rest.flexApi.v1
    .interaction(flexInteractionSid)
    .channels(flexInteractionChannelSid)
    .update({ status: 'inactive', routing: { status } });
}

const askToComplete = async ({ taskSid, conversationSid }: Chat) =>
  fixture.post('/conversation/complete', {
    token: await fixture.tokenOf('alice'),
    taskSid,
    conversationSid,
  });

/** Bob declines a transfer. The functions do not know that yet. */
async function declineTransfer({ taskSid, conversationSid }: Chat): Promise<void> {
  const { body } = await fixture.post('/transfer/start', {
    ...{ token: await fixture.tokenOf('alice'), taskSid, conversationSid },
    ...{ transferId: randomUUID(), targetSid: fixture.workerSid('bob'), mode: 'warm' },
  });
  await fixture.updateReservation('bob', String(body.transferTaskSid), 'rejected');
  await fixture.settle();
}

describe('a chat that its agent parks', () => {
  it('stays open without an agent and without a notice that it ended', async () => {
    const chat = await fixture.startChatWithAlice();

    await park(chat);
    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left']);
    expect(fixture.agents(chat.conversationSid)).toEqual([]);
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });

  it('stays open when the first event that arrives is the end of its task', async () => {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    await park(chat);
    await fixture.settle();
    const completed = fixture.undelivered.splice(0).find(({ type }) => type === 'task.completed');
    if (completed === undefined) throw new Error('TaskRouter has not sent the event task.completed');

    await fixture.deliver(completed);

    expect((await fixture.ledger(chat.conversationSid))?.ended).toBeUndefined();
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });

  it('stays open when its agent wraps up first and completes later', async () => {
    fixture.sandbox.state().setQuirks({ wrapupTaskOnLeaveAndPause: true });
    const chat = await fixture.startChatWithAlice();
    await park(chat, 'wrapup');
    await fixture.deliverAll();
    await askToComplete(chat);
    await fixture.deliverAll();

    expect(fixture.task(chat.taskSid)?.status).toBe('completed');
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left']);
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });

  it.each(['completed', 'wrapping'] as const)(
    'stays open when a transfer of its agent was declined before, and the event that it is %s comes late',
    async (status) => {
      fixture.sandbox.state().setQuirks({ wrapupTaskOnLeaveAndPause: true });
      const chat = await fixture.startChatWithAlice();
      await declineTransfer(chat);
      await fixture.deliverAll();
      fixture.clock.advance(10_000);
      await park(chat, status === 'completed' ? 'closed' : 'wrapup');
      fixture.clock.advance(10_000);
      if (status === 'wrapping') await askToComplete(chat);
      await fixture.deliverAll();

      expect((await fixture.ledger(chat.conversationSid))?.ended).toBeUndefined();
      expect(fixture.isOpen(chat.conversationSid)).toBe(true);
    },
  );

  it('stays open after a declined transfer when the function stopped before Twilio said that it is parked', async () => {
    const chat = await fixture.startChatWithAlice();
    await declineTransfer(chat);
    await fixture.deliverAll();
    fixture.clock.advance(10_000);
    await park(chat);
    await fixture.settle();
    const completed = fixture.undelivered.splice(0).find(({ type }) => type === 'task.completed');
    if (completed === undefined) throw new Error('TaskRouter has not sent the event task.completed');
    await fixture.runWithFault(
      { kind: 'crash before', hits: ({ url }) => /\/Channels\/UO\w+$/.test(url.pathname) },
      () => fixture.deliver(completed),
    );
    expect((await fixture.ledger(chat.conversationSid))?.assumedParkedAt).toBeDefined();

    for (let minute = 0; minute < 3; minute += 1) {
      fixture.clock.advance(60_000);
      await fixture.sweepAsAdmin();
    }

    const ledger = await fixture.ledger(chat.conversationSid);
    expect(ledger).toMatchObject({ parkedBy: chat.taskSid });
    expect(ledger).not.toHaveProperty('assumedParkedAt');
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });

  it('ends when the customer ends it', async () => {
    const chat = await fixture.startChatWithAlice();
    await park(chat);
    await fixture.deliverAll();

    await fixture.endAsCustomer(chat);

    expect(fixture.noticeKinds(chat.conversationSid).slice(-2)).toEqual(['customer-left', 'chat-ended']);
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });

  it('ends when Twilio does not say whether it is parked', async () => {
    const chat = await fixture.startChatWithAlice();
    await park(chat);
    await fixture.settle();
    const late = fixture.undelivered.splice(0);
    await fixture.addSandboxFault({
      ...{ method: 'GET', host: 'flex-api.twilio.com', path: '/Channels/UO\\w+$' },
      ...{ times: null, status: 503, code: 20503 },
    });
    for (const callback of late) await fixture.deliver(callback);
    await fixture.clearSandboxFaults();

    expect((await fixture.ledger(chat.conversationSid))?.ended).toMatchObject({ by: 'last-agent' });
  });
});

describe('a chat that its agent completes', () => {
  it('ends at once', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.updateReservation('alice', chat.taskSid, 'completed');
    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });

  it('ends when an invite is cancelled before that is known, and makes the channel inactive', async () => {
    fixture.sandbox.state().setQuirks({ cancelledInviteEndsChannel: true });
    const chat = await fixture.startChatWithAlice();
    await declineTransfer(chat);
    await fixture.updateReservation('alice', chat.taskSid, 'completed');
    fixture.clock.advance(2_000);
    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });
});
