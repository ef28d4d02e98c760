import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InteractionFixture, startInteractionFixture } from './interaction-fixture.js';
import { SET_UP_MS } from './set-up.js';

let fixture: InteractionFixture;
let taskSid: string;
beforeEach(async () => {
  fixture = await startInteractionFixture();
  taskSid = await fixture.startChat();
});
afterEach(() => fixture.close());

const clock = () => fixture.sandbox.state().clock;
const addFault = async (fault: object) => {
  const response = await fetch(`${fixture.sandbox.url}/_sandbox/set-up-faults`, {
    method: 'POST',
    body: JSON.stringify(fault),
  });
  expect(response.status).toBe(201);
};
const reservation = () => fixture.taskOf(taskSid).reservations[0];
const listEvents = async () => {
  const events = await fixture.rest.taskrouter.v1.workspaces(fixture.workspaceSid).events.list();
  return events.map(({ eventType }) => eventType).filter((type) => type.startsWith('reservation.'));
};

describe('an accept that waits for the set-up of the agent', () => {
  beforeEach(() => fixture.sandbox.state().setQuirks({ acceptWaitsForSetUp: true }));

  it('takes effect when the agent is in the conversation', async () => {
    await fixture.accept('alice', taskSid);
    expect(reservation()).toMatchObject({ status: 'pending', isOnHold: true });
    expect(fixture.memberIdentities()).toEqual(['jane-1']);

    clock().advance(SET_UP_MS);
    expect(reservation()).toMatchObject({ status: 'accepted', isOnHold: false });
    expect(fixture.memberIdentities()).toEqual(['jane-1', 'alice']);
  });

  it('cannot be repeated or followed by a rejection', async () => {
    await fixture.accept('alice', taskSid);
    const { sid } = await fixture.offerOf(taskSid, 'alice');
    for (const reservationStatus of ['accepted', 'rejected'] as const) {
      const update = fixture.tasks(taskSid).reservations(sid).update({ reservationStatus });
      await expect(update).rejects.toMatchObject({ status: 400, code: 20001 });
    }
  });

  it('fails when the conversation is closed before', async () => {
    await fixture.accept('alice', taskSid);
    await fixture.rest.conversations.v1.conversations(fixture.conversation().sid).update({ state: 'closed' });
    clock().advance(SET_UP_MS);
    expect(await listEvents()).toContain('reservation.canceled');
  });

  it('ends when the channel is closed before', async () => {
    await fixture.accept('alice', taskSid);
    await fixture.channel().update({ status: 'closed' });
    clock().advance(SET_UP_MS);
    expect(fixture.taskOf(taskSid).status).toBe('canceled');
    expect(await listEvents()).not.toContain('reservation.accepted');
  });
});

describe('/_sandbox/set-up-faults', () => {
  it('lets no timeout end a reservation while it is on hold', async () => {
    await addFault({ outcome: 'accepted', durationMs: 300_000 });
    await fixture.accept('alice', taskSid);
    clock().advance(299_000);
    expect(reservation()).toMatchObject({ workerName: 'alice', isOnHold: true });
    clock().advance(1000);
    expect(reservation()).toMatchObject({ workerName: 'alice', status: 'accepted' });
    expect(await listEvents()).not.toContain('reservation.timeout');
  });

  it.each(['canceled', 'failed'])(
    'ends the next accept with reservation.%s, and offers the task again',
    async (outcome) => {
      await addFault({ outcome });
      await fixture.accept('alice', taskSid);
      clock().advance(SET_UP_MS);
      clock().advance(0);
      expect(await listEvents()).toContain(`reservation.${outcome}`);
      expect(fixture.memberIdentities()).toEqual(['jane-1']);
      expect(fixture.taskOf(taskSid)).toMatchObject({ status: 'reserved' });

      const [next] = fixture.taskOf(taskSid).reservations;
      await fixture.accept(next?.workerName ?? '', taskSid);
      expect(reservation()).toMatchObject({ status: 'accepted' });
    },
  );

  it('affects only the named worker', async () => {
    await addFault({ worker: 'bob' });
    await fixture.accept('alice', taskSid);
    expect(reservation()).toMatchObject({ status: 'accepted' });
  });

  it.each([{ outcome: 'rejected' }, { durationMs: -1 }, { times: 0 }])('refuses %j', async (fault) => {
    const response = await fetch(`${fixture.sandbox.url}/_sandbox/set-up-faults`, {
      method: 'POST',
      body: JSON.stringify(fault),
    });
    expect(response.status).toBe(400);
  });
});
