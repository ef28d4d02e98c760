import { tasksOf } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { BACKENDS } from '../../test/support/twilio-chats';

describe.each(BACKENDS)('an event about a task, on %s,', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const takeEvent = (type: string) => {
    const event = fixture.undelivered.splice(0).find((candidate) => candidate.type === type);
    if (event === undefined) throw new Error(`TaskRouter has not sent ${type}`);
    return event;
  };
  /** Delivers the event, and stops the function before its first call that does not read or write the ledger. */
  const deliverUntilSaved = (type: string) =>
    fixture.runWithFault({ kind: 'crash before', hits: ({ url }) => !url.hostname.startsWith('sync.') }, () =>
      fixture.deliver(takeEvent(type)),
    );
  const stateOf = async ({ conversationSid, taskSid }: Chat) => {
    const ledger = await fixture.ledger(conversationSid);
    return ledger && tasksOf(ledger).find(([sid]) => sid === taskSid)?.[1].state;
  };

  it.each([
    ['accepts', 'reservation.accepted', 'active'],
    ['wraps up', 'reservation.wrapup', 'left'],
    ['completes', 'task.completed', 'closed'],
  ] as const)('is saved before any call outside Sync when an agent %s', async (_what, type, state) => {
    const chat = await fixture.startChat();
    await fixture.deliverAll();
    await fixture.accept('alice', chat.taskSid);
    await fixture.settle();
    if (type !== 'reservation.accepted') {
      await fixture.deliverAll();
      const status = type === 'task.completed' ? 'completed' : 'wrapping';
      await fixture.updateReservation('alice', chat.taskSid, status);
      await fixture.settle();
    }

    await deliverUntilSaved(type);

    expect(await stateOf(chat)).toBe(state);
  });

  it('says who had accepted a completed task, and removes them, when the event about that is lost', async () => {
    const chat = await fixture.startChat();
    await fixture.deliverAll();
    await fixture.accept('alice', chat.taskSid);
    await fixture.settle();
    takeEvent('reservation.accepted');
    await fixture.workspace().tasks(chat.taskSid).update({ assignmentStatus: 'completed' });

    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    expect(fixture.agents(chat.conversationSid)).toEqual([]);
  });

  it('says who had accepted a completed task, and removes them, when it is the first event of the chat', async () => {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    await fixture.settle();
    await fixture.workspace().tasks(chat.taskSid).update({ assignmentStatus: 'completed' });
    await fixture.settle();

    await fixture.deliver(takeEvent('task.completed'));
    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    expect(fixture.agents(chat.conversationSid)).toEqual([]);
  });

  it('ends the chat with the next event when the function stopped before Twilio said that it is not parked', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.updateReservation('alice', chat.taskSid, 'wrapping');
    await fixture.settle();
    await deliverUntilSaved('reservation.wrapup');
    await fixture.updateReservation('alice', chat.taskSid, 'completed');
    fixture.clock.advance(20_000);

    await fixture.deliverAll();

    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });

  it('ends the chat at the agent’s request when the function stopped before Twilio said that it is not parked', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.updateReservation('alice', chat.taskSid, 'wrapping');
    await fixture.settle();
    await deliverUntilSaved('reservation.wrapup');
    fixture.clock.advance(20_000);

    const { body } = await fixture.post('/conversation/complete', {
      ...{ token: await fixture.tokenOf('alice'), taskSid: chat.taskSid },
      conversationSid: chat.conversationSid,
    });

    expect(body).toMatchObject({ ok: true, conversation: 'ended' });
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
  });
});
