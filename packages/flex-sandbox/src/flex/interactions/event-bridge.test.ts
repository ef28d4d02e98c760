import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../../test-waiting.js';
import { type InteractionFixture, startInteractionFixture } from './interaction-fixture.js';

interface Frame {
  readonly event_type: string;
  readonly payload: Record<string, unknown>;
}

let fixture: InteractionFixture;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  fixture = await startInteractionFixture();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await fixture.close();
});

const bridgeUrl = () => `${fixture.sandbox.url}/event-bridge.twilio.com/v1/wschannels`;

async function tokenOf(identity: string): Promise<string> {
  const response = await fetch(`${fixture.sandbox.url}/_sandbox/tokens`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'flex', identity }),
  });
  return (await response.json()).token;
}

/** Sends a request as Flex UI's client for interactions does. */
async function send(identity: string, method: 'GET' | 'POST', url: string, params: object = {}) {
  const response = await fetch(bridgeUrl(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', apiVersion: 'v2' },
    body: JSON.stringify({ url, method, params, token: await tokenOf(identity) }),
  });
  const { payload } = await response.json();
  return { status: response.status, payload };
}

/** Opens a socket as the worker, requests the start-up lists, and collects the frames. */
async function collectFrames(identity: string): Promise<Frame[]> {
  const token = await tokenOf(identity);
  const socket = new WebSocket(`${bridgeUrl().replace('http:', 'ws:')}?token=${token}`);
  sockets.push(socket);
  const frames: Frame[] = [];
  socket.on('message', (data) => {
    if (data.toString().trim() !== '') frames.push(JSON.parse(data.toString()));
  });
  await eventually(() => expect(frames).toHaveLength(1));
  const worker = `Workspaces/${fixture.workspaceSid}/Workers/${frames[0]?.payload.channel_id}`;
  for (const list of [
    `Workspaces/${fixture.workspaceSid}/Activities`,
    `${worker}/WorkerChannels`,
    `${worker}/Reservations`,
  ]) {
    await send(identity, 'GET', list);
  }
  return frames;
}

const channelUrl = () => {
  const { sid, channel } = fixture.interaction();
  return `v1/Interactions/${sid}/Channels/${channel.sid}`;
};

async function answerInvite(identity: string, taskSid: string, action: 'accept' | 'decline') {
  const { sid } = await fixture.offerOf(taskSid, identity);
  const { flexChannelInviteSid } = fixture.taskOf(taskSid).attributes;
  return send(identity, 'POST', `${channelUrl()}/Invites/${flexChannelInviteSid}`, {
    action,
    routing: { type: 'taskrouter', reservation: { sid } },
  });
}

async function startAcceptedChat(): Promise<string> {
  const taskSid = await fixture.startChat();
  await answerInvite('alice', taskSid, 'accept');
  return taskSid;
}

describe('an invite in Flex UI', () => {
  it('accepts the reservation and adds the agent when it is accepted', async () => {
    const taskSid = await fixture.startChat();
    const { status, payload } = await answerInvite('alice', taskSid, 'accept');
    expect(status).toBe(200);
    expect(payload.sid).toBe(fixture.taskOf(taskSid).attributes.flexChannelInviteSid);
    expect(fixture.agent(taskSid)).toMatchObject({ workerName: 'alice', reservationStatus: 'accepted' });
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
  });

  it('rejects the reservation and adds no agent when it is declined', async () => {
    const taskSid = await fixture.startChat();
    await answerInvite('alice', taskSid, 'decline');
    const rejected = await fixture.tasks(taskSid).reservations.list({ reservationStatus: 'rejected' });
    expect(rejected).toMatchObject([{ workerName: 'alice' }]);
    expect(fixture.memberIdentities()).toEqual(['jane-1']);
  });

  it('cannot be accepted by an agent in wrap-up of an earlier task, until that task is completed', async () => {
    const firstTaskSid = await startAcceptedChat();
    const { sid } = fixture.agent(firstTaskSid);
    await fixture.channel().participants(sid).update({ status: 'wrapup' });
    const secondTaskSid = await fixture.invite('alice');
    expect(await answerInvite('alice', secondTaskSid, 'accept')).toMatchObject({ status: 400 });
    expect(fixture.taskOf(secondTaskSid).status).toBe('reserved');

    await fixture.channel().participants(sid).update({ status: 'closed' });
    expect(await answerInvite('alice', secondTaskSid, 'accept')).toMatchObject({ status: 200 });
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
  });

  it('can be accepted by an agent in wrap-up of an earlier task, without the quirk', async () => {
    fixture.sandbox.state().setQuirks({ wrappingAgentIsInInteraction: false });
    const firstTaskSid = await startAcceptedChat();
    await fixture.channel().participants(fixture.agent(firstTaskSid).sid).update({ status: 'wrapup' });
    const secondTaskSid = await fixture.invite('alice');
    expect(await answerInvite('alice', secondTaskSid, 'accept')).toMatchObject({ status: 200 });
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
  });

  it('cannot be accepted for another worker', async () => {
    const taskSid = await fixture.startChat();
    const { sid } = await fixture.offerOf(taskSid, 'alice');
    const url = `${channelUrl()}/Invites/${fixture.taskOf(taskSid).attributes.flexChannelInviteSid}`;
    const params = { action: 'accept', routing: { type: 'taskrouter', reservation: { sid } } };
    expect((await send('bob', 'POST', url, params)).status).toBe(403);
    expect(fixture.taskOf(taskSid).status).toBe('reserved');
  });
});

describe('a channel in Flex UI', () => {
  it('is listed with its conversation, and its participants with their tasks', async () => {
    const taskSid = await startAcceptedChat();
    const { sid } = fixture.interaction();
    const { payload } = await send('alice', 'GET', `v1/Interactions/${sid}/Channels`);
    expect(payload.channels).toMatchObject([
      { type: 'web', status: 'active', interaction_sid: sid, media_sid: fixture.conversation().sid },
    ]);
    const participants = await send('alice', 'GET', `${channelUrl()}/Participants`);
    expect(participants.payload).toMatchObject({
      channel_type: 'web',
      participants: [
        { type: 'customer', routing_properties: null, media_properties: { identity: 'jane-1' } },
        { type: 'agent', routing_properties: { task_sid: taskSid }, media_properties: { identity: 'alice' } },
      ],
    });
  });

  it('when closed, moves the task to wrap-up and then completes it', async () => {
    const taskSid = await startAcceptedChat();
    await send('alice', 'POST', channelUrl(), { status: 'closed', routing: { status: 'wrapup' } });
    expect(fixture.taskOf(taskSid).status).toBe('wrapping');
    expect(fixture.conversation().state).toBe('closed');
    await send('alice', 'POST', channelUrl(), { status: 'closed', routing: { status: 'closed' } });
    expect(fixture.taskOf(taskSid).status).toBe('completed');
  });

  it('when parked, completes the task and makes the conversation inactive', async () => {
    const taskSid = await startAcceptedChat();
    await send('alice', 'POST', channelUrl(), { status: 'inactive', routing: { status: 'closed' } });
    expect(fixture.taskOf(taskSid).status).toBe('completed');
    expect(fixture.conversation().state).toBe('inactive');
  });

  it('can be changed only by its agents and by supervisors', async () => {
    await startAcceptedChat();
    const close = { status: 'closed', routing: { status: 'wrapup' } };
    expect((await send('bob', 'POST', channelUrl(), close)).status).toBe(403);
    expect(fixture.conversation().state).toBe('active');
    expect((await send('carol', 'POST', channelUrl(), close)).status).toBe(200);
  });

  it('can lose a participant, and is closed with the last one on request', async () => {
    const firstTaskSid = await startAcceptedChat();
    const secondTaskSid = await fixture.invite('bob');
    await answerInvite('bob', secondTaskSid, 'accept');
    const remove = (by: string, taskSid: string) =>
      send(by, 'POST', `${channelUrl()}/Participants/${fixture.agent(taskSid).sid}`, {
        status: 'closed',
        closeChannelIfLastParticipant: true,
      });
    await remove('alice', firstTaskSid);
    expect(fixture.taskOf(firstTaskSid).status).toBe('completed');
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'bob']);
    expect(fixture.conversation().state).toBe('active');
    await remove('bob', secondTaskSid);
    expect(fixture.conversation().state).toBe('closed');
  });
});

describe('the token of an agent who has no part in a chat', () => {
  const conversationSid = () => fixture.conversation().sid;

  it('can create a task with every attribute of the chat', async () => {
    const taskSid = await startAcceptedChat();
    const { attributes } = fixture.taskOf(taskSid);
    const created = await send('bob', 'POST', `Workspaces/${fixture.workspaceSid}/Tasks`, {
      WorkflowSid: fixture.workflowSid,
      TaskChannelUniqueName: 'chat',
      Attributes: attributes,
    });
    expect(created.status).toBe(200);
    expect(fixture.taskOf(created.payload.sid).attributes).toEqual(attributes);
  });

  it('can start an interaction on the conversation, and joins it by accepting the task', async () => {
    await startAcceptedChat();
    const { taskRouter } = fixture.sandbox.snapshot();
    const bob = taskRouter.workers.find(({ friendlyName }) => friendlyName === 'bob');
    const started = await send('bob', 'POST', 'v1/Interactions', {
      channel: {
        type: 'web',
        initiated_by: 'agent',
        properties: { type: 'web', media_channel_sid: conversationSid() },
      },
      routing: {
        properties: {
          workspace_sid: fixture.workspaceSid,
          workflow_sid: fixture.workflowSid,
          worker_sid: bob?.sid,
          task_channel_unique_name: 'chat',
          attributes: { conversationSid: 'CH-other' },
        },
      },
    });
    expect(started.status).toBe(200);
    const { sid } = started.payload.routing.properties;
    expect(fixture.taskOf(sid).attributes.conversationSid).toBe(conversationSid());
    await fixture.accept('bob', sid);
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice', 'bob']);
  });

  it('can add a channel with a conversation of its own to the interaction', async () => {
    await startAcceptedChat();
    const { sid } = fixture.interaction();
    const added = await send('bob', 'POST', `v1/Interactions/${sid}/Channels`, {
      type: 'sms',
      initiated_by: 'agent',
      properties: { type: 'sms' },
      participants: [{ address: '+1555', proxy_address: '+1666' }],
    });
    expect(added.payload).toMatchObject({ interaction_sid: sid, type: 'sms', status: 'active' });
    expect(added.payload.media_sid).not.toBe(conversationSid());
  });

  it('can neither change its channel, its participants nor its attributes, nor invite anyone', async () => {
    const taskSid = await startAcceptedChat();
    const before = fixture.sandbox.snapshot();
    const requests: ReadonlyArray<readonly [string, object]> = [
      [channelUrl(), { status: 'closed' }],
      [`${channelUrl()}/Participants`, { type: 'external', media_properties: { identity: 'bob' } }],
      [`${channelUrl()}/Participants/${fixture.agent(taskSid).sid}`, { status: 'closed' }],
      [`${channelUrl()}/Invites`, { routing: { properties: { workspace_sid: fixture.workspaceSid } } }],
      [`Workspaces/${fixture.workspaceSid}/Tasks/${taskSid}`, { Attributes: {} }],
    ];
    for (const [url, params] of requests) {
      expect((await send('bob', 'POST', url, params)).status).toBeGreaterThanOrEqual(403);
    }
    const after = fixture.sandbox.snapshot();
    expect({ ...after, nowMs: 0 }).toEqual({ ...before, nowMs: 0 });
  });
});

describe('participant frames', () => {
  const participantFrames = (frames: readonly Frame[]) =>
    frames.filter(({ event_type }) => event_type.startsWith('participant.'));

  it('name the task of the agent who receives the frame', async () => {
    const frames = await collectFrames('alice');
    const firstTaskSid = await startAcceptedChat();
    const secondTaskSid = await fixture.invite('bob');
    await answerInvite('bob', secondTaskSid, 'accept');
    await eventually(() => expect(participantFrames(frames)).toHaveLength(2));
    const [own, other] = participantFrames(frames);
    expect(own).toMatchObject({
      event_type: 'participant.added',
      payload: {
        participant_sid: fixture.agent(firstTaskSid).sid,
        type: 'agent',
        channel_type: 'web',
        routing_properties: { task_sid: firstTaskSid },
        media_properties: { identity: 'alice' },
      },
    });
    expect(other).toMatchObject({
      payload: {
        participant_sid: fixture.agent(secondTaskSid).sid,
        routing_properties: { task_sid: firstTaskSid },
      },
    });
  });

  it('are sent after the response to the request that caused them', async () => {
    const frames = await collectFrames('alice');
    await startAcceptedChat();
    await eventually(() => expect(participantFrames(frames)).toHaveLength(1));
    const added = await send('alice', 'POST', `${channelUrl()}/Participants`, {
      type: 'customer',
      media_properties: { identity: 'jane-2', type: 'web' },
    });
    expect(participantFrames(frames)).toHaveLength(1);
    await eventually(() =>
      expect(participantFrames(frames).at(-1)).toMatchObject({
        event_type: 'participant.added',
        payload: { participant_sid: added.payload.sid, type: 'customer' },
      }),
    );
  });

  it('report wrap-up and leaving after the reservation frame', async () => {
    const frames = await collectFrames('alice');
    const taskSid = await startAcceptedChat();
    const { sid } = fixture.agent(taskSid);
    await fixture.channel().participants(sid).update({ status: 'wrapup' });
    await fixture.channel().participants(sid).update({ status: 'closed' });
    await eventually(() => expect(participantFrames(frames)).toHaveLength(3));
    const types = frames.map(({ event_type }) => event_type);
    expect(participantFrames(frames).map(({ event_type }) => event_type)).toEqual([
      'participant.added',
      'participant.modified',
      'participant.removed',
    ]);
    expect(types.indexOf('reservation.wrapup')).toBeLessThan(types.indexOf('participant.modified'));
    expect(types.indexOf('reservation.completed')).toBeLessThan(types.indexOf('participant.removed'));
  });
});

describe('a native transfer of Flex UI', () => {
  const transfersUrl = () =>
    `${channelUrl().replace('v1/', `v1/Instances/${fixture.sandbox.account.flexInstanceSid}/`)}/Transfers`;
  const workerSid = (name: string) =>
    fixture.sandbox.snapshot().taskRouter.workers.find(({ friendlyName }) => friendlyName === name)?.sid;

  it('moves the agent to wrap-up and offers the chat with its attributes to the target', async () => {
    const firstTaskSid = await startAcceptedChat();
    const { status, payload } = await send('alice', 'POST', transfersUrl(), {
      type: 'cold',
      from: fixture.agent(firstTaskSid).sid,
      to: workerSid('bob'),
    });
    expect(status).toBe(200);
    expect(payload).toMatchObject({ sid: expect.stringMatching(/^UX/), status: 'active', type: 'cold' });
    expect(fixture.taskOf(firstTaskSid).status).toBe('wrapping');
    expect(fixture.memberIdentities()).toEqual(['jane-1']);

    const secondTaskSid = fixture.interaction().channel.invites.at(-1)?.taskSid ?? '';
    expect(fixture.taskOf(secondTaskSid).attributes).toMatchObject({
      customerName: 'Jane',
      transfer_sid: payload.sid,
    });
    await answerInvite('bob', secondTaskSid, 'accept');
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'bob']);
    const { payload: transfers } = await send('bob', 'GET', transfersUrl());
    expect(transfers).toMatchObject([{ sid: payload.sid, status: 'completed', to: workerSid('bob') }]);
  });

  it('fails when the target declines', async () => {
    const firstTaskSid = await startAcceptedChat();
    const body = { from: fixture.agent(firstTaskSid).sid, to: workerSid('bob') };
    await send('alice', 'POST', transfersUrl(), body);
    const secondTaskSid = fixture.interaction().channel.invites.at(-1)?.taskSid ?? '';
    await answerInvite('bob', secondTaskSid, 'decline');
    expect((await send('alice', 'GET', transfersUrl())).payload).toMatchObject([{ status: 'failed' }]);
  });
});
