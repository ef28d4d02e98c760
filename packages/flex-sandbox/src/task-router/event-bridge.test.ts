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
  let test: TaskRouterFixture;
  beforeEach(async () => {
    test = await startTaskRouterFixture();
  });
  afterEach(() => test.close());

  /** Opens a socket as the SDK does, and collects its frames. */
  function open(token: string, query = 'closeExistingSessions=false') {
    const socket = new WebSocket(`${test.bridgeUrl.replace('http:', 'ws:')}?token=${token}&${query}`);
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
    const response = await fetch(test.bridgeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', apiVersion: 'v1', ...headers },
      body: JSON.stringify({ url, method, params, token }),
    });
    return { status: response.status, body: await response.json() };
  }

  const base = () => `Workspaces/${test.workspace.sid}`;

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
    const alice = test.addWorker('alice');
    const year = 365 * 86_400_000;
    const { frames, socket } = open(test.tokenOf(alice, ['agent'], year));
    await eventually(() => expect(frames).toHaveLength(1));

    expect(frames[0]).toEqual({
      event_type: 'init',
      payload: {
        channel_id: alice.sid,
        account_sid: expect.stringMatching(/^AC/),
        workspace_sid: test.workspace.sid,
        token_lifetime: 2 ** 31 - 1,
      },
    });
    socket.close();
  });

  it('closes a socket with an invalid token and gives the reason', async () => {
    expect(await open('nonsense').closed).toEqual({ code: 4401, reason: 'The token is malformed' });
  });

  it('closes a socket when its token expires', async () => {
    const { frames, closed } = open(test.tokenOf(test.addWorker('alice'), ['agent'], 60_000));
    await eventually(() => expect(frames).toHaveLength(1));
    test.advance(61_000);

    expect(await closed).toEqual({ code: 4401, reason: 'The token has expired' });
  });

  it('closes the older sockets of a worker when a new one asks for it', async () => {
    const token = test.tokenOf(test.addWorker('alice'));
    const first = open(token);
    await eventually(() => expect(first.frames).toHaveLength(1));
    const second = open(token, 'closeExistingSessions=true');

    expect((await first.closed).code).toBe(1000);
    second.socket.close();
  });

  it('sends at least two heartbeats in 29 seconds', async () => {
    const { heartbeats, frames, socket } = open(test.tokenOf(test.addWorker('alice')));
    await eventually(() => expect(frames).toHaveLength(1));
    test.advance(29_000);

    await eventually(() => expect(heartbeats.length).toBeGreaterThanOrEqual(2));
    socket.close();
  });

  it('queues frames until the start-up lists are answered, and drops changes that the lists contain', async () => {
    const alice = test.addWorker('alice', { capacity: 5 });
    const token = test.tokenOf(alice);
    const { types, frames, socket } = open(token);
    await eventually(() => expect(types()).toEqual(['init']));

    await test.addTask({ order: 'before the lists' });
    await fetchStartUpLists(token, alice.sid);
    const { sid } = await test.addTask({ order: 'after the lists' });
    await eventually(() => expect(types()).toEqual(['init', 'reservation.created']));
    expect(frames[1]?.payload).toMatchObject({ task: { sid } });
    socket.close();
  });

  it('sends frames after 6 seconds to a client that never requests the start-up lists', async () => {
    const alice = test.addWorker('alice');
    const { types, socket } = open(test.tokenOf(alice));
    await eventually(() => expect(types()).toEqual(['init']));
    test.advance(6_000);
    await test.addTask();

    await eventually(() => expect(types()).toContain('reservation.created'));
    socket.close();
  });

  it('sends the frames of an accept before its response, the reservation frame first', async () => {
    await test.close();
    let early: string[] | undefined;
    test = await startTaskRouterFixture({
      async beforeResponse(url) {
        if (!url.includes('/Reservations/')) return;
        await eventually(() => expect(types()).toContain('task.updated'));
        early = types();
      },
    });
    const alice = test.addWorker('alice');
    const token = test.tokenOf(alice);
    const { types, socket } = open(token);
    await eventually(() => expect(types()).toEqual(['init']));
    test.advance(6_000);
    await test.addTask();
    await eventually(() => expect(types()).toHaveLength(2));
    const [{ sid } = { sid: '' }] = alice.reservations;
    const url = `${base()}/Workers/${alice.sid}/Reservations/${sid}`;
    const { body } = await send(token, 'POST', url, { ReservationStatus: 'accepted' });

    expect(early).toEqual(['init', 'reservation.created', 'reservation.accepted', 'task.updated']);
    expect(body.payload).toMatchObject({ sid, reservation_status: 'accepted', task_sid: expect.any(String) });
    expect(body.payload).not.toHaveProperty('task_transfer');
    socket.close();
  });

  it('sends the frames of a transfer after its response, in order', async () => {
    await test.close();
    let early: string[] | undefined;
    test = await startTaskRouterFixture({
      async beforeResponse(url) {
        if (!url.endsWith('/Transfers')) return;
        // Bob's frame is created after Alice's, so hers would have arrived before his.
        await eventually(() => expect(atBob.types()).toContain('reservation.created'));
        early = atAlice.types();
      },
    });
    const alice = test.addWorker('alice');
    const { sid: taskSid } = await test.addTask();
    await test.answer(alice, 'accepted');
    const bob = test.addWorker('bob');
    const token = test.tokenOf(alice);
    const [atAlice, atBob] = [open(token), open(test.tokenOf(bob))];
    await eventually(() => expect([...atAlice.types(), ...atBob.types()]).toEqual(['init', 'init']));
    test.advance(6_000);
    const [{ sid } = { sid: '' }] = alice.reservations;
    const params = { ReservationSid: sid, TaskSid: taskSid, To: bob.sid, Mode: 'COLD' };
    const { body } = await send(token, 'POST', `${base()}/Workers/${alice.sid}/Transfers`, params);

    expect(body.payload).toMatchObject({ task_sid: taskSid, transfer_status: 'initiated' });
    expect(early).toEqual(['init']);
    await eventually(() =>
      expect(atAlice.types()).toEqual([
        'init',
        'task.transfer-initiated',
        'reservation.wrapup',
        'task.updated',
      ]),
    );
    for (const { socket } of [atAlice, atBob]) socket.close();
  });

  it('refuses a worker who acts for another, but not a supervisor', async () => {
    const alice = test.addWorker('alice');
    const bob = test.addWorker('bob', { activity: 'Offline' });
    const { sid: taskSid } = await test.addTask();
    const [{ sid } = { sid: '' }] = alice.reservations;
    const url = `${base()}/Workers/${alice.sid}/Reservations/${sid}`;
    const [asBob, asSupervisor] = [test.tokenOf(bob), test.tokenOf(bob, ['agent', 'supervisor'])];

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
    expect(await test.reservations(taskSid)).toEqual(['alice pending']);
    expect(await send(asSupervisor, 'POST', url, { ReservationStatus: 'accepted' })).toMatchObject({
      status: 200,
    });
  });

  it("refuses a transfer of another worker's reservation", async () => {
    const alice = test.addWorker('alice');
    const { sid: taskSid } = await test.addTask();
    await test.answer(alice, 'accepted');
    const bob = test.addWorker('bob');
    const [{ sid } = { sid: '' }] = alice.reservations;
    const params = { ReservationSid: sid, TaskSid: taskSid, To: bob.sid };

    expect(
      await send(test.tokenOf(bob), 'POST', `${base()}/Workers/${bob.sid}/Transfers`, params),
    ).toMatchObject({
      status: 400,
      body: { message: 'Reservation does not belong to this worker and task' },
    });
  });

  it('refuses an invalid token, an unknown request and a body that is not JSON', async () => {
    const alice = test.addWorker('alice');
    expect(await send('nonsense', 'GET', `${base()}/Activities`)).toMatchObject({
      status: 401,
      body: { code: 20101 },
    });
    expect(await send(test.tokenOf(alice), 'GET', `${base()}/Nothing`)).toMatchObject({
      status: 404,
      body: { code: 20404 },
    });
    expect((await fetch(test.bridgeUrl, { method: 'POST', body: 'no JSON' })).status).toBe(400);
  });

  it('refuses an update whose If-Match is not the current version', async () => {
    const alice = test.addWorker('alice');
    const url = `${base()}/Workers/${alice.sid}`;
    const update = (version: number) =>
      send(test.tokenOf(alice), 'POST', url, { Attributes: { version } }, { 'If-Match': String(version) });

    const { version } = alice;
    expect((await update(version)).body.payload).toMatchObject({ version: version + 1 });
    expect(await update(version)).toMatchObject({ status: 412, body: { code: 20412 } });
  });

  it('handles the requests and sends the frames of another product', async () => {
    const alice = test.addWorker('alice');
    test.taskRouter.bridge.on(
      'POST',
      '/v1/Interactions/:interaction/Channels',
      ({ segments, body, caller }) => {
        if (body.status !== 'closed') throw forbidden();
        return { body: { interaction: segments.interaction, by: caller.workerSid } };
      },
    );
    const token = test.tokenOf(alice);
    const url = 'v1/Interactions/KD1/Channels';
    expect(await send(token, 'POST', url, { status: 'closed' })).toEqual({
      status: 200,
      body: { payload: { interaction: 'KD1', by: alice.sid } },
    });
    expect(await send(token, 'POST', url, { status: 'open' })).toMatchObject({ status: 403 });
    expect(test.taskRouter.bridge.routes()).toContainEqual(
      expect.objectContaining({ method: 'POST', template: '/v1/Interactions/:interaction/Channels' }),
    );

    const { frames, types, socket } = open(token);
    await eventually(() => expect(frames).toHaveLength(1));
    test.advance(6_000);
    test.taskRouter.push(alice, 'participant.added', { participant_sid: 'UT1' });
    await eventually(() => expect(types()).toEqual(['init', 'participant.added']));
    expect(frames[1]?.payload).toEqual({ participant_sid: 'UT1' });
    socket.close();
  });

  it('gives a second tab all reservations when it connects while tasks are offered and accepted', async () => {
    const alice = test.addWorker('alice', { capacity: 50 });
    const first = await test.connect(alice);
    const connecting = test.connect(alice);
    for (let count = 0; count < 10; count++) {
      await test.addTask({ count });
      await test.answer(alice, 'accepted');
    }
    const second = await connecting;
    const last = nextEvent<{ sid: string }>(second, 'reservationCreated');
    await test.addTask({ count: 'last' });
    const { sid } = await last;

    await eventually(() => {
      expect(first.reservations.has(sid)).toBe(true);
      expect([...second.reservations.keys()].sort()).toEqual([...first.reservations.keys()].sort());
    });
    expect(second.reservations.size).toBe(11);
  });
});
