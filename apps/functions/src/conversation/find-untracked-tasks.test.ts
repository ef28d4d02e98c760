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

const channelOf = ({ taskAttributes }: Chat) => {
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(taskAttributes);
  return fixture.rest.flexApi.v1.interaction(flexInteractionSid).channels(flexInteractionChannelSid);
};

/**
 * Does what Flex's own transfer does: sends an invite, which creates a task. Returns the SID of that task.
 */
async function inviteByFlex(chat: Chat): Promise<string> {
  const { routing } = await channelOf(chat).invites.create({
    routing: {
      properties: {
        workspace_sid: (await fixture.workspace().fetch()).sid,
        workflow_sid: (await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' }))[0]
          ?.sid,
        task_channel_unique_name: 'chat',
        attributes: {},
      },
    },
  });
  return routing.properties.sid;
}

describe('a chat that Flex itself transfers', () => {
  it('stays open for a task whose events are late, and ends with it', async () => {
    const chat = await fixture.startChatWithAlice();
    const other = await inviteByFlex(chat);
    await fixture.settle();
    const late = fixture.undelivered.splice(0);

    await fixture.post('/conversation/complete', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
    });
    expect(fixture.isOpen(chat.conversationSid), 'while its task waits for an agent').toBe(true);
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left']);

    for (const callback of late) await fixture.deliver(callback);
    await fixture.workspace().tasks(other).update({ assignmentStatus: 'canceled' });
    await fixture.deliverAll();
    expect(fixture.isOpen(chat.conversationSid), 'after that task is cancelled').toBe(false);
    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
  });

  it('ends with the invite of an agent that is cancelled, also when Twilio makes the channel inactive', async () => {
    const chat = await fixture.startChatWithAlice();
    fixture.sandbox.state().setQuirks({ cancelledInviteEndsChannel: true });
    const other = await inviteByFlex(chat);
    await fixture.deliverAll();
    await fixture.post('/conversation/complete', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
    });

    await fixture.workspace().tasks(other).update({ assignmentStatus: 'canceled' });
    expect(fixture.interaction(chat.conversationSid)?.status).toBe('inactive');
    await fixture.deliverAll();
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
  });

  it('keeps its first agent when the first event that arrives is about the second task', async () => {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    await fixture.settle();
    fixture.undelivered.length = 0;
    const other = await inviteByFlex(chat);
    await fixture.deliverAll();

    await fixture.workspace().tasks(other).update({ assignmentStatus: 'canceled' });
    await fixture.deliverAll();

    expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);
  });
});
