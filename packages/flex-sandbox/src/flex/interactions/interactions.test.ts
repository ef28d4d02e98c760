import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InteractionFixture, startInteractionFixture } from './interaction-fixture.js';

let fixture: InteractionFixture;
beforeEach(async () => {
  fixture = await startInteractionFixture();
});
afterEach(() => fixture.close());

const agents = () => fixture.interaction().channel.participants.filter(({ type }) => type === 'agent');
const status = (taskSid: string) => fixture.taskOf(taskSid).status;
const complete = (taskSid: string) => fixture.tasks(taskSid).update({ assignmentStatus: 'completed' });

describe('a chat on Flex Conversations', () => {
  it('has a task that names the conversation, the interaction, the channel and the invite', async () => {
    const taskSid = await fixture.startChat();
    const { sid, channel } = fixture.interaction();
    const { attributes } = fixture.taskOf(taskSid);
    expect(attributes).toMatchObject({
      conversationSid: channel.conversationSid,
      flexInteractionSid: sid,
      flexInteractionChannelSid: channel.sid,
      flexChannelInviteSid: channel.invites[0]?.sid,
      channelType: 'web',
      initiatedBy: 'customer',
    });
    expect(attributes).not.toHaveProperty('channelSid');
  });

  it('can be read by REST with its channel, its invite and its customer', async () => {
    const taskSid = await fixture.startChat();
    const { sid, channel } = fixture.interaction();
    const interaction = await fixture.rest.flexApi.v1.interaction(sid).fetch();
    expect(interaction).toMatchObject({ sid, channel: { sid: channel.sid, type: 'web', status: 'active' } });
    expect(await fixture.rest.flexApi.v1.interaction(sid).channels.list()).toMatchObject([
      { sid: channel.sid },
    ]);
    expect(await fixture.channel().fetch()).toMatchObject({ status: 'active', interactionSid: sid });
    expect(await fixture.channel().invites.list()).toMatchObject([
      { routing: { properties: { sid: taskSid, workspace_sid: fixture.workspaceSid } } },
    ]);
    expect(await fixture.channel().participants.list()).toMatchObject([
      { type: 'customer', routingProperties: null },
    ]);
  });
});

it('an unknown interaction responds 404', async () => {
  const fetching = fixture.rest.flexApi.v1.interaction('KD404').fetch();
  await expect(fetching).rejects.toMatchObject({ status: 404, code: 20404 });
});

describe('an interaction that a backend starts', () => {
  const routing = (attributes: unknown) => ({
    properties: {
      workspace_sid: fixture.workspaceSid,
      workflow_sid: fixture.workflowSid,
      task_channel_unique_name: 'chat',
      attributes,
    },
  });

  it('creates the conversation and adds the named participants', async () => {
    await fixture.rest.flexApi.v1.interaction.create({
      channel: {
        type: 'sms',
        initiated_by: 'agent',
        participants: [{ address: '+15005550001', proxy_address: '+15005550006' }],
      },
      routing: routing({ customerName: 'Jane' }),
    });
    expect(fixture.conversation().members).toMatchObject([
      { identity: null, binding: { type: 'sms', address: '+15005550001', proxyAddress: '+15005550006' } },
    ]);
    const [invite] = fixture.interaction().channel.invites;
    expect(fixture.taskOf(invite?.taskSid ?? '').attributes).toMatchObject({
      customerName: 'Jane',
      channelType: 'sms',
      initiatedBy: 'agent',
    });
  });

  it('accepts the attributes as JSON text', async () => {
    await fixture.rest.flexApi.v1.interaction.create({
      channel: { type: 'web', initiated_by: 'api' },
      routing: routing('{"orderNumber":7}'),
    });
    const [invite] = fixture.interaction().channel.invites;
    expect(fixture.taskOf(invite?.taskSid ?? '').attributes).toMatchObject({ orderNumber: 7 });
  });

  it('cannot use a closed conversation', async () => {
    const { sid } = await fixture.rest.conversations.v1.conversations.create({});
    await fixture.rest.conversations.v1.conversations(sid).update({ state: 'closed' });
    const start = fixture.rest.flexApi.v1.interaction.create({
      channel: { type: 'web', properties: { media_channel_sid: sid } },
      routing: routing({}),
    });
    await expect(start).rejects.toMatchObject({ status: 400, code: 45354 });
  });

  it('requires routing properties with a workspace', async () => {
    const start = fixture.rest.flexApi.v1.interaction.create({ channel: { type: 'web' }, routing: {} });
    await expect(start).rejects.toMatchObject({ status: 400, code: 20001 });
  });
});

describe('an agent who accepts', () => {
  it('joins the channel and the conversation, even when they accept at TaskRouter', async () => {
    const taskSid = await fixture.startChat();
    await fixture.accept('alice', taskSid);
    expect(agents()).toMatchObject([{ workerName: 'alice', taskSid, reservationStatus: 'accepted' }]);
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
    const participants = await fixture.channel().participants.list();
    expect(participants.find(({ type }) => type === 'agent')?.routingProperties).toEqual({
      task_sid: taskSid,
      worker_sid: agents()[0]?.workerSid,
      reservation_sid: agents()[0]?.reservationSid,
    });
  });

  it('leaves the conversation on wrap-up, but stays a participant of the active channel', async () => {
    const taskSid = await fixture.startChat();
    await fixture.accept('alice', taskSid);
    await fixture.channel().participants(fixture.agent(taskSid).sid).update({ status: 'wrapup' });
    expect(status(taskSid)).toBe('wrapping');
    expect(agents()).toMatchObject([{ status: 'wrapup', reservationStatus: 'wrapping' }]);
    expect(fixture.memberIdentities()).toEqual(['jane-1']);
    expect(fixture.conversation().state).toBe('active');
    expect(fixture.interaction().channel.status).toBe('active');
  });

  it('can be wrapped up twice', async () => {
    const taskSid = await fixture.startChat();
    await fixture.accept('alice', taskSid);
    const participant = fixture.channel().participants(fixture.agent(taskSid).sid);
    await participant.update({ status: 'wrapup' });
    await participant.update({ status: 'wrapup' });
    expect(status(taskSid)).toBe('wrapping');
  });

  it.each(['accepted', 'wrapping'])(
    'leaves the channel and completes the task when closed while %s',
    async (from) => {
      const taskSid = await fixture.startChat();
      await fixture.accept('alice', taskSid);
      const participant = fixture.channel().participants(fixture.agent(taskSid).sid);
      if (from === 'wrapping') await participant.update({ status: 'wrapup' });
      await participant.update({ status: 'closed' });
      expect(status(taskSid)).toBe('completed');
      expect(agents()).toEqual([]);
      expect(fixture.memberIdentities()).toEqual(['jane-1']);
      expect(fixture.conversation().state).toBe('active');
      await expect(participant.update({ status: 'closed' })).rejects.toMatchObject({
        status: 404,
        code: 20404,
      });
    },
  );

  it('is the only kind of participant whose status can be updated', async () => {
    await fixture.startChat();
    const [customer] = fixture.interaction().channel.participants;
    const close = fixture
      .channel()
      .participants(customer?.sid ?? '')
      .update({ status: 'closed' });
    await expect(close).rejects.toMatchObject({ status: 400, code: 20001 });
  });

  it('stays in the active conversation when their task is completed at TaskRouter', async () => {
    const taskSid = await fixture.startChat();
    await fixture.accept('alice', taskSid);
    await complete(taskSid);
    expect(fixture.conversation().state).toBe('active');
    expect(fixture.interaction().channel.status).toBe('active');
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
    expect(agents()).toEqual([]);
  });

  it('stays in the conversation when their task wraps up at TaskRouter', async () => {
    const taskSid = await fixture.startChat();
    await fixture.accept('alice', taskSid);
    await fixture.tasks(taskSid).update({ assignmentStatus: 'wrapping' });
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
    expect(agents()).toMatchObject([{ reservationStatus: 'wrapping' }]);
  });
});

describe('an invite', () => {
  it('creates a task without attributes of the earlier one, and returns its SID', async () => {
    const firstTaskSid = await fixture.startChat();
    const secondTaskSid = await fixture.invite('bob', { note: 'please' });
    const { attributes } = fixture.taskOf(secondTaskSid);
    expect(attributes).toMatchObject({
      note: 'please',
      channelType: 'web',
      conversationSid: fixture.taskOf(firstTaskSid).attributes.conversationSid,
      flexInteractionChannelSid: fixture.interaction().channel.sid,
    });
    expect(attributes).not.toHaveProperty('customerName');
    expect(attributes.flexChannelInviteSid).not.toBe(
      fixture.taskOf(firstTaskSid).attributes.flexChannelInviteSid,
    );
  });

  it('adds a second agent beside the first', async () => {
    const firstTaskSid = await fixture.startChat();
    await fixture.accept('alice', firstTaskSid);
    const secondTaskSid = await fixture.invite('bob');
    await fixture.accept('bob', secondTaskSid);
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice', 'bob']);
    expect(agents()).toMatchObject([{ workerName: 'alice' }, { workerName: 'bob' }]);
  });

  it('that is for one worker is cancelled when they decline', async () => {
    await fixture.startChat();
    const taskSid = await fixture.invite('bob');
    const { sid } = await fixture.offerOf(taskSid, 'bob');
    await fixture.tasks(taskSid).reservations(sid).update({ reservationStatus: 'rejected' });
    expect(status(taskSid)).toBe('canceled');
  });

  it.each(['wrapup', 'closed'] as const)(
    'adds an agent who left by %s once more, even when their first task ends later',
    async (leaving) => {
      const firstTaskSid = await fixture.startChat();
      await fixture.accept('alice', firstTaskSid);
      const participantSid = fixture.agent(firstTaskSid).sid;
      await fixture.channel().participants(participantSid).update({ status: leaving });
      await fixture.accept('bob', await fixture.invite('bob'));
      const thirdTaskSid = await fixture.invite('alice');
      await fixture.accept('alice', thirdTaskSid);
      if (leaving === 'wrapup')
        await fixture.channel().participants(participantSid).update({ status: 'closed' });
      expect(fixture.memberIdentities()).toEqual(['jane-1', 'bob', 'alice']);
      expect(agents().map(({ workerName }) => workerName)).toEqual(['bob', 'alice']);
      expect(status(firstTaskSid)).toBe('completed');
    },
  );
});

describe('closing a channel', () => {
  const closeChannel = (routing?: { status: string }) =>
    fixture.channel().update({ status: 'closed', ...(routing === undefined ? {} : { routing }) });

  it('closes the conversation, moves every agent to wrap-up and cancels open invites', async () => {
    const firstTaskSid = await fixture.startChat();
    await fixture.accept('alice', firstTaskSid);
    const secondTaskSid = await fixture.invite('bob');
    await fixture.accept('bob', secondTaskSid);
    const thirdTaskSid = await fixture.invite('bob');
    await fixture.offerOf(thirdTaskSid, 'bob');
    await closeChannel();
    expect(fixture.conversation().state).toBe('closed');
    expect(fixture.interaction().channel.status).toBe('closed');
    expect([firstTaskSid, secondTaskSid, thirdTaskSid].map(status)).toEqual([
      'wrapping',
      'wrapping',
      'canceled',
    ]);
  });

  it('completes every task with the routing status closed', async () => {
    const firstTaskSid = await fixture.startChat();
    await fixture.accept('alice', firstTaskSid);
    await closeChannel({ status: 'closed' });
    expect(status(firstTaskSid)).toBe('completed');
    expect(agents()).toEqual([]);
  });

  it('completes tasks in wrap-up when repeated with the routing status closed', async () => {
    const firstTaskSid = await fixture.startChat();
    await fixture.accept('alice', firstTaskSid);
    await closeChannel();
    await closeChannel();
    expect(status(firstTaskSid)).toBe('wrapping');
    await closeChannel({ status: 'closed' });
    expect(status(firstTaskSid)).toBe('completed');
  });

  it('keeps the agents, who can then be closed one by one', async () => {
    const firstTaskSid = await fixture.startChat();
    await fixture.accept('alice', firstTaskSid);
    await closeChannel();
    await fixture.channel().participants(fixture.agent(firstTaskSid).sid).update({ status: 'closed' });
    expect(status(firstTaskSid)).toBe('completed');
  });

  it('prevents new invites', async () => {
    await fixture.startChat();
    await closeChannel();
    await expect(fixture.invite('bob')).rejects.toMatchObject({ status: 400, code: 80906 });
  });

  it('accepts the status inactive only with the routing status closed', async () => {
    const firstTaskSid = await fixture.startChat();
    await fixture.accept('alice', firstTaskSid);
    await expect(fixture.channel().update({ status: 'inactive' })).rejects.toMatchObject({ status: 400 });
    await fixture.channel().update({ status: 'inactive', routing: { status: 'closed' } });
    expect(status(firstTaskSid)).toBe('completed');
    expect(fixture.conversation().state).toBe('inactive');
    expect(fixture.memberIdentities()).toEqual(['jane-1']);
  });

  it('refuses an unknown status', async () => {
    await fixture.startChat();
    const update = fixture.channel().update({ status: 'failed' as 'closed' });
    await expect(update).rejects.toMatchObject({ status: 400, code: 45359 });
  });
});

describe('adding a participant by REST', () => {
  it('adds a supervisor to the conversation', async () => {
    await fixture.startChat();
    const participant = await fixture.channel().participants.create({
      type: 'supervisor',
      mediaProperties: { identity: 'carol' },
    });
    expect(participant.sid).toMatch(/^UT/);
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'carol']);
  });

  it('refuses an agent, who needs an invite', async () => {
    await fixture.startChat();
    const create = fixture
      .channel()
      .participants.create({ type: 'agent', mediaProperties: { identity: 'bob' } });
    await expect(create).rejects.toMatchObject({ status: 400, code: 20001 });
  });
});
