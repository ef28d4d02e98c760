import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { BACKENDS } from '../../test/support/twilio-chats';

describe.each(BACKENDS)('an agent who has accepted a task on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const leave = async (
    worker: string,
    { taskSid, conversationSid }: Pick<Chat, 'taskSid' | 'conversationSid'>,
  ) =>
    fixture.post('/conversation/leave', { token: await fixture.tokenOf(worker), taskSid, conversationSid });

  /** Alice has accepted. Flex has not yet added her to the chat, and no event about it has arrived. */
  async function aChatThatAliceIsJoining(): Promise<Chat> {
    const chat = await fixture.startChat();
    await fixture.updateReservation('alice', chat.taskSid, 'accepted');
    if (backend === 'conversations') {
      await fixture.rest.conversations.v1
        .services(SANDBOX_ACCOUNT.chatServiceSid)
        .conversations(chat.conversationSid)
        .participants('alice')
        .remove();
    }
    await fixture.settle();
    fixture.undelivered.length = 0;
    return chat;
  }

  it('may try again while Flex adds them to the chat, and changes nothing until then', async () => {
    const chat = await aChatThatAliceIsJoining();

    const { status, body } = await leave('alice', chat);

    expect({ status, ...body }).toMatchObject({ status: 503, code: 'joining', retryable: true });
    expect(await fixture.ledger(chat.conversationSid)).toBeUndefined();
    expect(fixture.notices(chat.conversationSid)).toEqual([]);
  });

  it('may act once Flex has added them', async () => {
    const chat = await aChatThatAliceIsJoining();
    await fixture.rest.chat.v2
      .services(SANDBOX_ACCOUNT.chatServiceSid)
      .channels(chat.conversationSid)
      .members.create({ identity: 'alice' });

    expect((await leave('alice', chat)).body).toMatchObject({ ok: true, conversation: 'ended' });
  });

  it('may act without being looked for in the chat when the ledger knows them', async () => {
    const chat = await fixture.startChatWithAlice();
    const before = fixture.calls().length;

    await fixture.post('/transfer/start', {
      ...{ token: await fixture.tokenOf('alice'), taskSid: chat.taskSid },
      ...{ conversationSid: chat.conversationSid, transferId: '00000000-0000-4000-8000-000000000001' },
      ...{ targetSid: fixture.queueSid('Billing'), mode: 'warm' },
    });

    const reads = fixture
      .calls()
      .slice(before)
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path);
    expect(
      reads.filter((path) => /Events|EvaluateTaskAttributes|flex-api.*Channels\/CH|Invites/.test(path)),
    ).toEqual([]);
    expect(reads.filter((path) => /(Members|Participants)\/alice/.test(path))).toEqual([]);
  });

  it('may finish a chat that they have left by Flex’s own wrap-up', async () => {
    const chat = await aChatThatAliceIsJoining();
    await fixture.updateReservation('alice', chat.taskSid, 'wrapping');
    await fixture.settle();
    fixture.undelivered.length = 0;

    expect((await leave('alice', chat)).body).toMatchObject({ ok: true, conversation: 'ended' });
  });
});
