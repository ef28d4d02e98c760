import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { forbidden } from '../api-error.js';
import { eventually, nextEvent } from '../test-waiting.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

interface Frame {
  readonly event_type: string;
  readonly payload: Record<string, unknown>;
}

describe('the event bridge', () => {
  let fixture: TaskRouterFixture;
  beforeEach(async () => {
    fixture = await startTaskRouterFixture();
  });
  afterEach(() => fixture.close());

  /** Opens a socket as the SDK does, and collects its frames. */
  function openSocket(token: string, query = 'closeExistingSessions=false') {
    const socket = new WebSocket(`${fixture.bridgeUrl.replace('http:', 'ws:')}?token=${token}&${query}`);
    const frames: Frame[] = [];
    const heartbeats: string[] = [];
    socket.on('message', (data) => {
      const text = data.toString();
      if (text.trim() === '') heartbeats.push(text);
      else frames.push(JSON.parse(text));
    });
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    const types = () => frames.map(({ event_type }) => event_type);
    return { socket, frames, heartbeats, closed, types };
  }

  /** Sends a request as the SDK does: JSON with a form's content type. */
  async function send(token: string, method: string, url: string, params: object = {}, headers = {}) {
    const response = await fetch(fixture.bridgeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', apiVersion: 'v1', ...headers },
      body: JSON.stringify({ url, method, params, token }),
    });
    return { status: response.status, body: await response.json() };
  }

  const base = () => `Workspaces/${fixture.workspace.sid}`;

  /** Requests the three start-up lists, as the SDK does after `init`. */
  async function fetchStartUpLists(token: string, workerSid: string) {
    for (const list of [
      'Activities',
      `Workers/${workerSid}/WorkerChannels`,
      `Workers/${workerSid}/Reservations`,
    ]) {
      await send(token, 'GET', `${base()}/${list}`, { Active: 'true', PageSize: 1000 });
    }
  }

  it('sends one init frame, with a token lifetime that the SDK accepts', async () => {
    const alice = fixture.addWorker('alice');
    const yearMs = 365 * 86_400_000;
    const { frames, socket } = openSocket(fixture.tokenOf(alice, ['agent'], yearMs));
    await eventually(() => expect(frames).toHaveLength(1));

    expect(frames[0]).toEqual({
      event_type: 'init',
      payload: {
        channel_id: alice.sid,
        account_sid: expect.stringMatching(/^AC/),
        workspace_sid: fixture.workspace.sid,
        token_lifetime: 2 ** 31 - 1,
      },
    });
    socket.close();
  });

  it('closes a socket with an invalid token and gives the reason', async () => {
    expect(await openSocket('nonsense').closed).toEqual({ code: 4401, reason: 'The token is malformed' });
  });

  it('closes a socket when its token expires', async () => {
    const { frames, closed } = openSocket(fixture.tokenOf(fixture.addWorker('alice'), ['agent'], 60_000));
    await eventually(() => expect(frames).toHaveLength(1));
    fixture.advance(61_000);

    expect(await closed).toEqual({ code: 4401, reason: 'The token has expired' });
  });

  it('closes the older sockets of a worker when a new socket requests it', async () => {
    const token = fixture.tokenOf(fixture.addWorker('alice'));
    const first = openSocket(token);
    await eventually(() => expect(first.frames).toHaveLength(1));
    const second = openSocket(token, 'closeExistingSessions=true');

    expect((await first.closed).code).toBe(1000);
    second.socket.close();
  });

  it('sends at least two heartbeats in 29 seconds', async () => {
    const { heartbeats, frames, socket } = openSocket(fixture.tokenOf(fixture.addWorker('alice')));
    await eventually(() => expect(frames).toHaveLength(1));
    fixture.advance(29_000);

    await eventually(() => expect(heartbeats.length).toBeGreaterThanOrEqual(2));
    socket.close();
  });

  it('queues frames until the start-up lists are answered, and drops changes that the lists contain', async () => {
    const alice = fixture.addWorker('alice', { capacity: 5 });
    const token = fixture.tokenOf(alice);
    const { types, frames, socket } = openSocket(token);
    await eventually(() => expect(types()).toEqual(['init']));

    await fixture.addTask({ order: 'before the lists' });
    await fetchStartUpLists(token, alice.sid);
    const { sid } = await fixture.addTask({ order: 'after the lists' });
    await eventually(() => expect(types()).toEqual(['init', 'reservation.created']));
    expect(frames[1]?.payload).toMatchObject({ task: { sid } });
    socket.close();
  });

  it('sends frames after 6 seconds to a client that never requests the start-up lists', async () => {
    const alice = fixture.addWorker('alice');
    const { types, socket } = openSocket(fixture.tokenOf(alice));
    await eventually(() => expect(types()).toEqual(['init']));
    fixture.advance(6_000);
    await fixture.addTask();

    await eventually(() => expect(types()).toContain('reservation.created'));
    socket.close();
  });

  it('sends the frames of an accept before its response, the reservation frame first', async () => {
    await fixture.close();
    let typesBeforeResponse: string[] | undefined;
    fixture = await startTaskRouterFixture({
      async beforeResponse(url) {
        if (!url.includes('/Reservations/')) return;
        await eventually(() => expect(types()).toContain('task.updated'));
        typesBeforeResponse = types();
      },
    });
    const alice = fixture.addWorker('alice');
    const token = fixture.tokenOf(alice);
    const { types, socket } = openSocket(token);
    await eventually(() => expect(types()).toEqual(['init']));
    fixture.advance(6_000);
    await fixture.addTask();
    await eventually(() => expect(types()).toHaveLength(2));
    const [{ sid } = { sid: '' }] = alice.reservations;
    const url = `${base()}/Workers/${alice.sid}/Reservations/${sid}`;
    const { body } = await send(token, 'POST', url, { ReservationStatus: 'accepted' });

    expect(typesBeforeResponse).toEqual([
      'init',
      'reservation.created',
      'reservation.accepted',
      'task.updated',
    ]);
    expect(body.payload).toMatchObject({ sid, reservation_status: 'accepted', task_sid: expect.any(String) });
    expect(body.payload).not.toHaveProperty('task_transfer');
    socket.close();
  });

  it('sends the frames of a transfer after its response, in order', async () => {
    await fixture.close();
    let typesBeforeResponse: string[] | undefined;
    fixture = await startTaskRouterFixture({
      async beforeResponse(url) {
        if (!url.endsWith('/Transfers')) return;
        // The sandbox creates Bob's frame after Alice's, so without the delay hers would be here.
        await eventually(() => expect(bobConnection.types()).toContain('reservation.created'));
        typesBeforeResponse = aliceConnection.types();
      },
    });
    const alice = fixture.addWorker('alice');
    const { sid: taskSid } = await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    const bob = fixture.addWorker('bob');
    const token = fixture.tokenOf(alice);
    const [aliceConnection, bobConnection] = [openSocket(token), openSocket(fixture.tokenOf(bob))];
    await eventually(() =>
      expect([...aliceConnection.types(), ...bobConnection.types()]).toEqual(['init', 'init']),
    );
    fixture.advance(6_000);
    const [{ sid } = { sid: '' }] = alice.reservations;
    const params = { ReservationSid: sid, TaskSid: taskSid, To: bob.sid, Mode: 'COLD' };
    const { body } = await send(token, 'POST', `${base()}/Workers/${alice.sid}/Transfers`, params);

    expect(body.payload).toMatchObject({ task_sid: taskSid, transfer_status: 'initiated' });
    expect(typesBeforeResponse).toEqual(['init']);
    await eventually(() =>
      expect(aliceConnection.types()).toEqual([
        'init',
        'task.transfer-initiated',
        'reservation.wrapup',
        'task.updated',
      ]),
    );
    for (const { socket } of [aliceConnection, bobConnection]) socket.close();
  });

  it('refuses a worker who acts for another, but not a supervisor', async () => {
    const alice = fixture.addWorker('alice');
    const bob = fixture.addWorker('bob', { activity: 'Offline' });
    const { sid: taskSid } = await fixture.addTask();
    const [{ sid } = { sid: '' }] = alice.reservations;
    const url = `${base()}/Workers/${alice.sid}/Reservations/${sid}`;
    const [asBob, asSupervisor] = [fixture.tokenOf(bob), fixture.tokenOf(bob, ['agent', 'supervisor'])];

    const attempts = [
      ['POST', url, { ReservationStatus: 'accepted' }],
      ['POST', `${base()}/Tasks/${taskSid}/Reservations/${sid}`, { ReservationStatus: 'accepted' }],
      // Bob's own path with Alice's reservation.
      ['POST', `${base()}/Workers/${bob.sid}/Reservations/${sid}`, { ReservationStatus: 'accepted' }],
      ['GET', `${base()}/Workers/${alice.sid}/Reservations`, {}],
      ['POST', `${base()}/Workers/${alice.sid}`, { Attributes: {} }],
      ['POST', `${base()}/Tasks/${taskSid}`, { Attributes: {} }],
    ] as const;
    for (const [method, path, params] of attempts) {
      expect(await send(asBob, method, path, params)).toMatchObject({ status: 403, body: { code: 20403 } });
    }
    expect(await fixture.reservations(taskSid)).toEqual(['alice pending']);
    expect(await send(asSupervisor, 'POST', url, { ReservationStatus: 'accepted' })).toMatchObject({
      status: 200,
    });
  });

  it("refuses a transfer of another worker's reservation", async () => {
    const alice = fixture.addWorker('alice');
    const { sid: taskSid } = await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    const bob = fixture.addWorker('bob');
    const [{ sid } = { sid: '' }] = alice.reservations;
    const params = { ReservationSid: sid, TaskSid: taskSid, To: bob.sid };

    expect(
      await send(fixture.tokenOf(bob), 'POST', `${base()}/Workers/${bob.sid}/Transfers`, params),
    ).toMatchObject({
      status: 400,
      body: { message: 'Reservation does not belong to this worker and task' },
    });
  });

  it('starts no transfer if its attributes are not JSON', async () => {
    const alice = fixture.addWorker('alice');
    const { sid: taskSid } = await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    const bob = fixture.addWorker('bob');
    const [{ sid } = { sid: '' }] = alice.reservations;
    const start = (attributes: string) =>
      send(fixture.tokenOf(alice), 'POST', `${base()}/Workers/${alice.sid}/Transfers`, {
        ReservationSid: sid,
        TaskSid: taskSid,
        To: bob.sid,
        Attributes: attributes,
      });

    expect(await start('{')).toMatchObject({ status: 400 });
    // A transfer that was started would make the second request fail.
    expect(await start('{}')).toMatchObject({ status: 200 });
  });

  it('refuses an invalid token, an unknown request and a body that is not JSON', async () => {
    const alice = fixture.addWorker('alice');
    expect(await send('nonsense', 'GET', `${base()}/Activities`)).toMatchObject({
      status: 401,
      body: { code: 20101 },
    });
    expect(await send(fixture.tokenOf(alice), 'GET', `${base()}/Nothing`)).toMatchObject({
      status: 404,
      body: { code: 20404 },
    });
    expect((await fetch(fixture.bridgeUrl, { method: 'POST', body: 'no JSON' })).status).toBe(400);
  });

  it('refuses an update whose If-Match is not the current version', async () => {
    const alice = fixture.addWorker('alice');
    const url = `${base()}/Workers/${alice.sid}`;
    const update = (version: number) =>
      send(fixture.tokenOf(alice), 'POST', url, { Attributes: { version } }, { 'If-Match': String(version) });

    const { version } = alice;
    expect((await update(version)).body.payload).toMatchObject({ version: version + 1 });
    expect(await update(version)).toMatchObject({ status: 412, body: { code: 20412 } });
  });

  it('handles the requests and sends the frames of another product', async () => {
    const alice = fixture.addWorker('alice');
    fixture.taskRouter.bridge.on(
      'POST',
      '/v1/Interactions/:interaction/Channels',
      ({ segments, body, caller }) => {
        if (body.status !== 'closed') throw forbidden();
        return { body: { interaction: segments.interaction, by: caller.workerSid } };
      },
    );
    const token = fixture.tokenOf(alice);
    const interaction = `KD${'0'.repeat(32)}`;
    const url = `v1/Interactions/${interaction}/Channels`;
    expect(await send(token, 'POST', url, { status: 'closed' })).toEqual({
      status: 200,
      body: { payload: { interaction, by: alice.sid } },
    });
    expect(await send(token, 'POST', url, { status: 'open' })).toMatchObject({ status: 403 });
    expect(fixture.taskRouter.bridge.routes()).toContainEqual(
      expect.objectContaining({ method: 'POST', template: '/v1/Interactions/:interaction/Channels' }),
    );

    const { frames, types, socket } = openSocket(token);
    await eventually(() => expect(frames).toHaveLength(1));
    fixture.advance(6_000);
    fixture.taskRouter.push(alice, 'participant.added', { participant_sid: 'UT1' });
    await eventually(() => expect(types()).toEqual(['init', 'participant.added']));
    expect(frames[1]?.payload).toEqual({ participant_sid: 'UT1' });
    socket.close();
  });

  it('gives a second tab all reservations when it connects while tasks are offered and accepted', async () => {
    const alice = fixture.addWorker('alice', { capacity: 50 });
    const first = await fixture.connect(alice);
    const connecting = fixture.connect(alice);
    for (let count = 0; count < 10; count++) {
      await fixture.addTask({ count });
      await fixture.answerOffer(alice, 'accepted');
    }
    const second = await connecting;
    const last = nextEvent<{ sid: string }>(second, 'reservationCreated');
    await fixture.addTask({ count: 'last' });
    const { sid } = await last;

    await eventually(() => {
      expect(first.reservations.has(sid)).toBe(true);
      expect([...second.reservations.keys()].sort()).toEqual([...first.reservations.keys()].sort());
    });
    expect(second.reservations.size).toBe(11);
  });
});
