import { Client as ConversationsClient } from '@twilio/conversations';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { restClient } from '../rest-client.js';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { collect, eventually, nextEvent } from '../test-waiting.js';

let sandbox: Sandbox;
const clients: ConversationsClient[] = [];
beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'sockets' });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.shutdown()));
  await sandbox.close();
});

const control = (method: string, body?: unknown) =>
  fetch(`${sandbox.url}/_sandbox/socket-faults`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
const addFault = async (fault: Record<string, unknown>) => (await control('POST', fault)).json();

function connect(): ConversationsClient {
  const uri = `${sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
  const client = new ConversationsClient(sandbox.state().tokens.issueChatToken('dana'), {
    // The SDK does not document this option. Its own tests use it.
    ...({ twilsock: { uri } } as object),
    logLevel: 'silent',
  });
  clients.push(client);
  return client;
}

/** A client that shows a conversation and collects the bodies of its new messages. */
async function aConversation() {
  const conversations = restClient(sandbox.url).conversations.v1.conversations;
  const { sid } = await conversations.create({ friendlyName: 'A chat' });
  await conversations(sid).participants.create({ identity: 'dana' });
  const client = connect();
  await nextEvent(client, 'initialized');
  const conversation = await client.getConversationBySid(sid);
  await conversation.getMessages();
  const bodies: string[] = [];
  conversation.on('messageAdded', ({ body }) => bodies.push(body ?? ''));
  const post = (body: string) => conversations(sid).messages.create({ author: 'system', body });
  await post('before');
  await eventually(() => expect(bodies).toEqual(['before']));
  return { client, bodies, post };
}

describe('a fault of WebSockets', () => {
  it('shows a message once whose frame is sent twice', async () => {
    const { bodies, post } = await aConversation();
    await addFault({ effect: 'duplicate', frame: 'twice' });
    await post('twice');
    await post('after');
    await eventually(() => expect(bodies).toEqual(['before', 'twice', 'after']));
  });

  it('delays a frame and those after it', async () => {
    const { bodies, post } = await aConversation();
    await addFault({ effect: 'delay', delayMs: 400, frame: 'late' });
    const startedAtMs = performance.now();
    await post('late');
    await post('after');
    await eventually(() => expect(bodies).toEqual(['before', 'late', 'after']));
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(400);
  });

  it('sends a frame after the next one', async () => {
    const { taskrouter } = restClient(sandbox.url);
    const [workspace] = await taskrouter.v1.workspaces.list();
    const { workers } = taskrouter.v1.workspaces(workspace?.sid ?? '');
    const workerSid = (await workers.list())[0]?.sid ?? '';
    const token = sandbox.state().tokens.issueFlexToken({ identity: 'alice', workerSid });
    const bridge = `${sandbox.url.replace('http', 'ws')}/event-bridge.twilio.com/v1/wschannels`;
    const socket = new WebSocket(`${bridge}?token=${token}`);
    const names: string[] = [];
    socket.on('message', (frame) => {
      const { event_type, payload } = JSON.parse(String(frame));
      if (event_type === 'worker.attributes.update') names.push(JSON.parse(payload.attributes).name);
    });
    await nextEvent(socket, 'message');
    await addFault({ effect: 'reorder', frame: 'first' });

    for (const name of ['first', 'second', 'third'])
      await workers(workerSid).update({ attributes: JSON.stringify({ name }) });

    await eventually(() => expect(names).toEqual(['second', 'first', 'third']));
    socket.close();
  });

  it('sends the only frame although no other follows', async () => {
    const { bodies, post } = await aConversation();
    await addFault({ effect: 'reorder', frame: 'only' });
    await post('only');
    await eventually(() => expect(bodies).toEqual(['before', 'only']));
  });

  it('cuts a connection instead of sending a frame, and the client gets the message when it is back', async () => {
    const { client, bodies, post } = await aConversation();
    const states = collect<string>(client, 'connectionStateChanged');
    await addFault({ effect: 'cut', frame: 'lost' });
    await post('lost');
    await eventually(() => expect(bodies).toEqual(['before', 'lost']));
    expect(states.slice(-1)).toEqual(['connected']);
    expect(states.length).toBeGreaterThan(1);
  });

  it('cuts every open connection of a host at once', async () => {
    const { client } = await aConversation();
    const states = collect<string>(client, 'connectionStateChanged');
    expect(await addFault({ effect: 'cut', host: '^event-bridge' })).toMatchObject({ cut: 0 });
    expect(await addFault({ effect: 'cut', host: '^tsock' })).toMatchObject({ cut: 1 });
    await eventually(() => expect(states.slice(-1)).toEqual(['connected']));
    expect(states.length).toBeGreaterThan(1);
  });

  it('refuses new connections until the fault is used up', async () => {
    await addFault({ effect: 'refuse', times: 2 });
    const client = connect();
    await nextEvent(client, 'initialized');
    expect((await (await control('GET')).json()).faults).toEqual([]);
  });

  it('is removed by its id, and by a reset', async () => {
    const { id } = await addFault({ effect: 'refuse', times: null });
    await addFault({ effect: 'duplicate', times: null });
    await fetch(`${sandbox.url}/_sandbox/socket-faults`, {
      method: 'DELETE',
      body: JSON.stringify({ id }),
      headers: { 'content-type': 'application/json' },
    });
    expect((await (await control('GET')).json()).faults).toMatchObject([{ effect: 'duplicate' }]);
    await sandbox.reset();
    expect((await (await control('GET')).json()).faults).toEqual([]);
  });

  it.each([
    ['an unknown effect', { effect: 'melt' }],
    ['a delay without its time', { effect: 'delay' }],
    ['a time without a delay', { effect: 'cut', delayMs: 5 }],
    ['a bad pattern', { effect: 'refuse', host: '(' }],
    ['no frame to affect', { effect: 'refuse', times: 0 }],
  ])('is refused with %s', async (_what, fault) => {
    expect((await control('POST', fault)).status).toBe(400);
  });
});
