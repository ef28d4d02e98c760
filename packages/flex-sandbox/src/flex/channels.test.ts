import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restClient } from '../rest-client.js';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { eventually } from '../test-waiting.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const rest = () => restClient(sandbox.url);
const flexApi = () => rest().flexApi.v1;

async function startChat(
  options: { longLived?: boolean; taskAttributes?: string; preEngagementData?: string } = {},
) {
  const [flow] = await flexApi().flexFlow.list();
  if (flow === undefined) throw new Error('The account has no Flex Flow');
  return flexApi().channel.create({
    flexFlowSid: flow.sid,
    identity: 'jane-1',
    chatUserFriendlyName: 'Jane',
    chatFriendlyName: 'Webchat',
    ...options,
  });
}

const channel = () => sandbox.snapshot().chat.channels[0];
const task = () => sandbox.snapshot().taskRouter.tasks[0];
const channelStatus = () => (channel()?.attributes as { status?: string } | undefined)?.status;

/** Waits until the task is offered to a worker, and returns the reservation. */
const waitForOffer = () =>
  eventually(() => {
    const [reservation] = task()?.reservations ?? [];
    expect(reservation).toBeDefined();
    return reservation;
  });

async function workspace() {
  const [first] = await rest().taskrouter.v1.workspaces.list();
  if (first === undefined) throw new Error('The account has no workspace');
  return rest().taskrouter.v1.workspaces(first.sid);
}

async function acceptTask(): Promise<string> {
  const reservation = await waitForOffer();
  const { sid = '' } = task() ?? {};
  const { tasks } = await workspace();
  await tasks(sid)
    .reservations(reservation?.sid ?? '')
    .update({ reservationStatus: 'accepted' });
  return sid;
}

describe('an incoming chat', () => {
  it('has a channel with the customer in it, and a task that names the channel', async () => {
    const { sid, taskSid, userSid } = await startChat();
    expect(userSid).toMatch(/^US/);
    expect(channel()).toMatchObject({
      sid,
      attributes: { status: 'ACTIVE', from: 'Jane', task_sid: taskSid },
    });
    expect(channel()?.members).toMatchObject([{ identity: 'jane-1' }]);
    expect(task()).toMatchObject({
      sid: taskSid,
      taskChannel: 'chat',
      attributes: { channelSid: sid, channelType: 'web', name: 'Jane' },
    });
  });

  it('is offered to Alice first', async () => {
    await startChat();
    expect(await waitForOffer()).toMatchObject({ workerName: 'alice', status: 'pending' });
  });

  it('has a task with the attributes that the caller sent', async () => {
    await startChat({ taskAttributes: '{"orderNumber":7}' });
    expect(task()?.attributes).toMatchObject({ orderNumber: 7, name: 'Jane' });
  });

  it('has a channel with the pre-engagement data', async () => {
    await startChat({ preEngagementData: '{"question":"invoice"}' });
    expect(channel()?.attributes).toMatchObject({ pre_engagement_data: { question: 'invoice' } });
  });

  it('has no task when the integration of the flow is Studio', async () => {
    const flow = await flexApi().flexFlow.create({
      friendlyName: 'Bot',
      chatServiceSid: sandbox.account.chatServiceSid,
      channelType: 'web',
      integrationType: 'studio',
      'integration.flowSid': 'FW1',
    });
    const { taskSid } = await flexApi().channel.create({
      flexFlowSid: flow.sid,
      identity: 'jane-1',
      chatUserFriendlyName: 'Jane',
      chatFriendlyName: 'Webchat',
    });
    expect(taskSid).toBeNull();
    expect(sandbox.snapshot().taskRouter.tasks).toEqual([]);
  });

  it('is found until it is removed', async () => {
    const { sid, taskSid } = await startChat();
    expect(await flexApi().channel(sid).fetch()).toMatchObject({ sid, taskSid });
    expect((await flexApi().channel.list()).map((listed) => listed.sid)).toEqual([sid]);
    await flexApi().channel(sid).remove();
    await expect(flexApi().channel(sid).fetch()).rejects.toMatchObject({ status: 404 });
  });

  it('is refused for an unknown flow', async () => {
    const create = flexApi().channel.create({
      flexFlowSid: 'FO404',
      identity: 'jane-1',
      chatUserFriendlyName: 'Jane',
      chatFriendlyName: 'Webchat',
    });
    await expect(create).rejects.toMatchObject({ status: 404, code: 20404 });
  });
});

describe('the channel janitor', () => {
  it('closes the channel when its task is completed', async () => {
    await startChat();
    const sid = await acceptTask();
    await (await workspace()).tasks(sid).update({ assignmentStatus: 'completed' });
    expect(channelStatus()).toBe('INACTIVE');
  });

  it('closes the channel when its task is cancelled', async () => {
    const { taskSid } = await startChat();
    await (await workspace()).tasks(taskSid).update({ assignmentStatus: 'canceled' });
    expect(channelStatus()).toBe('INACTIVE');
  });

  it('leaves the channel open while its task is in wrap-up', async () => {
    await startChat();
    const sid = await acceptTask();
    await (await workspace()).tasks(sid).update({ assignmentStatus: 'wrapping' });
    expect(channelStatus()).toBe('ACTIVE');
  });

  it('leaves the channel open when its SID was removed from the task', async () => {
    await startChat();
    const sid = await acceptTask();
    await (await workspace())
      .tasks(sid)
      .update({ assignmentStatus: 'completed', attributes: '{"name":"Jane"}' });
    expect(task()?.status).toBe('completed');
    expect(channelStatus()).toBe('ACTIVE');
  });

  it('leaves a long-lived channel open', async () => {
    const { taskSid } = await startChat({ longLived: true });
    await (await workspace()).tasks(taskSid).update({ assignmentStatus: 'canceled' });
    expect(channelStatus()).toBe('ACTIVE');
  });

  it('ignores a task whose channel was removed', async () => {
    const { sid, taskSid } = await startChat();
    await flexApi().channel(sid).remove();
    await (await workspace()).tasks(taskSid).update({ assignmentStatus: 'canceled' });
    expect(task()?.status).toBe('canceled');
  });
});

describe('the end of a chat by the customer', () => {
  it('makes the channel inactive', async () => {
    const { sid } = await startChat();
    await flexApi().webChannel(sid).update({ chatStatus: 'inactive', postEngagementData: '{"rating":5}' });
    expect(channel()?.attributes).toMatchObject({ status: 'INACTIVE', post_engagement_data: { rating: 5 } });
  });
});

describe('adding an agent to a channel', () => {
  const addUser = (token: string, channelSid: string, identity: string) =>
    fetch(`${sandbox.url}/flex-api.twilio.com/v1/Channels/${channelSid}/Roles/agent/Users`, {
      method: 'POST',
      // The Flex SDK sends this closing bracket.
      headers: { authorization: `Basic ${Buffer.from(`token:${token}`).toString('base64')})` },
      body: new URLSearchParams({ Identity: identity }),
    });
  const addAsWorker = async (channelSid: string, identity: string, worker = identity) => {
    const response = await fetch(`${sandbox.url}/_sandbox/tokens`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'flex', identity: worker }),
    });
    const { token } = await response.json();
    return addUser(token, channelSid, identity);
  };

  it('succeeds once, then responds 409', async () => {
    const { sid } = await startChat();
    expect((await addAsWorker(sid, 'alice')).status).toBe(201);
    expect((await addAsWorker(sid, 'alice')).status).toBe(409);
    expect(channel()?.members.map(({ identity }) => identity)).toEqual(['jane-1', 'alice']);
  });

  it('is refused to a customer with a chat token', async () => {
    const { sid } = await startChat();
    const token = sandbox.state().tokens.issueChatToken('mallory');
    expect((await addUser(token, sid, 'mallory')).status).toBe(401);
    expect(channel()?.members.map(({ identity }) => identity)).toEqual(['jane-1']);
  });

  it('is refused to a worker who adds another identity', async () => {
    const { sid } = await startChat();
    expect((await addAsWorker(sid, 'bob', 'alice')).status).toBe(401);
  });
});

describe('Flex Flows', () => {
  it('keep the settings that an update does not name', async () => {
    const [flow] = await flexApi().flexFlow.list({ friendlyName: 'Web Chat' });
    const updated = await flexApi()
      .flexFlow(flow?.sid ?? '')
      .update({ 'integration.priority': 5, longLived: true });
    expect(updated).toMatchObject({ friendlyName: 'Web Chat', integrationType: 'task', longLived: true });
    expect(updated.integration).toMatchObject({ priority: '5', channel: 'chat' });
    const stored = await flexApi()
      .flexFlow(flow?.sid ?? '')
      .fetch();
    expect(stored).toMatchObject({ longLived: true, integration: updated.integration });
  });

  it('can be removed', async () => {
    const [flow] = await flexApi().flexFlow.list();
    await flexApi()
      .flexFlow(flow?.sid ?? '')
      .remove();
    expect(await flexApi().flexFlow.list()).toEqual([]);
  });
});
