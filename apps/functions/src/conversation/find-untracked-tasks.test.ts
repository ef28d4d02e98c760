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

const channelOf = ({ taskAttributes }: Chat) => {
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(taskAttributes);
  return world.rest.flexApi.v1.interaction(flexInteractionSid).channels(flexInteractionChannelSid);
};

/** As Flex's own transfer does: a task for somebody else. TaskRouter's word of it is held back. */
async function inviteByFlex(chat: Chat): Promise<string> {
  const { routing } = await channelOf(chat).invites.create({
    routing: {
      properties: {
        workspace_sid: (await world.workspace().fetch()).sid,
        workflow_sid: (await world.workspace().workflows.list({ friendlyName: 'Assign to Anyone' }))[0]?.sid,
        task_channel_unique_name: 'chat',
        attributes: {},
      },
    },
  });
  return routing.properties.sid;
}

describe('a chat that is handed on by Flex’s own means', () => {
  it('is not closed under the task that nobody has told us of, and ends with it', async () => {
    const chat = await world.startChatWithAlice();
    const other = await inviteByFlex(chat);
    await world.settle();
    const late = world.waiting.splice(0);

    await world.post('/conversation/complete', {
      token: await world.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
    });
    expect(world.isOpen(chat.conversationSid), 'while somebody is looked for').toBe(true);
    expect(world.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left']);

    for (const callback of late) await world.deliver(callback);
    await world.workspace().tasks(other).update({ assignmentStatus: 'canceled' });
    await world.deliverAll();
    expect(world.isOpen(chat.conversationSid), 'when nobody is any more').toBe(false);
    expect(world.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
  });

  it('is known with its first agent when the new task is the first thing heard of it', async () => {
    const chat = await world.startChat();
    await world.accept('alice', chat.taskSid);
    await world.settle();
    world.waiting.length = 0;
    const other = await inviteByFlex(chat);
    await world.deliverAll();

    await world.workspace().tasks(other).update({ assignmentStatus: 'canceled' });
    await world.deliverAll();

    expect(world.agents(chat.conversationSid)).toEqual(['alice']);
    expect(world.isOpen(chat.conversationSid)).toBe(true);
  });
});
