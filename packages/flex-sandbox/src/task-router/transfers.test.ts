import type { OutgoingTransfer, Reservation, Worker as SdkWorker } from 'twilio-taskrouter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, nextEvent } from '../test-waiting.js';
import type { Worker } from './state.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('a transfer by the worker SDK', () => {
  let fixture: TaskRouterFixture;
  let bob: Worker;
  let sdkOfBob: SdkWorker;
  /** The reservation that Alice has accepted. */
  let reservation: Reservation;

  beforeEach(async () => {
    fixture = await startTaskRouterFixture();
    const alice = fixture.addWorker('alice');
    const sdkOfAlice = await fixture.connect(alice);
    const offer = nextEvent<Reservation>(sdkOfAlice, 'reservationCreated');
    await fixture.addTask({ type: 'call' });
    reservation = await offer;
    await reservation.accept();
    bob = fixture.addWorker('bob');
    sdkOfBob = await fixture.connect(bob);
  });
  afterEach(() => fixture.close());

  const fetchTaskStatus = async () =>
    (await fixture.rest.tasks(reservation.task.sid).fetch()).assignmentStatus;
  const getOutgoing = (): OutgoingTransfer => {
    const transfer = reservation.task.transfers.outgoing;
    if (transfer === null) throw new Error('There is no outgoing transfer');
    return transfer;
  };

  it('when warm, keeps the first worker on the task until they complete it', async () => {
    const offer = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    const initiated = nextEvent(reservation.task, 'transferInitiated');
    await reservation.task.transfer(bob.sid, { mode: 'WARM', attributes: { type: 'call', from: 'alice' } });
    await initiated;
    expect(getOutgoing()).toMatchObject({ mode: 'WARM', type: 'WORKER', to: bob.sid, status: 'initiated' });

    const second = await offer;
    expect(second.task.transfers.incoming).toMatchObject({ mode: 'WARM', workerSid: reservation.workerSid });
    const completed = nextEvent(getOutgoing(), 'completed');
    await second.accept();
    await completed;
    expect(await fetchTaskStatus()).toBe('assigned');
    expect(await fixture.reservations(reservation.task.sid)).toEqual(['alice accepted', 'bob accepted']);

    await reservation.complete();
    expect(await fetchTaskStatus()).toBe('assigned');
    expect(second.status).toBe('accepted');
    await second.complete();
    expect(await fetchTaskStatus()).toBe('completed');
  });

  it('when cold, moves the first worker to wrap-up at once', async () => {
    const offer = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    const wrapup = nextEvent(reservation, 'wrapup');
    await reservation.task.transfer(bob.sid, { mode: 'COLD' });
    await wrapup;
    const second = await offer;
    await second.accept();

    expect(await fixture.reservations(reservation.task.sid)).toEqual(['alice wrapping', 'bob accepted']);
    expect(await fetchTaskStatus()).toBe('assigned');
  });

  it('fails and leaves the task with the first worker when the second one rejects', async () => {
    const offer = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });
    const failed = nextEvent(getOutgoing(), 'failed');
    await (await offer).reject();
    await failed;

    expect(await fetchTaskStatus()).toBe('assigned');
    expect(getOutgoing().status).toBe('failed');
    expect(reservation.status).toBe('accepted');
  });

  it('fails at once when the second worker has no capacity', async () => {
    fixture.taskRouter.setCapacity(bob, 'chat', 0);
    const failures: string[] = [];
    reservation.task.on('transferInitiated', (transfer) => {
      transfer.on('failed', () => failures.push(transfer.transferFailedReason));
    });
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });

    await eventually(() => expect(failures).toEqual(['Transfer failed because the worker is not available']));
    expect(await fetchTaskStatus()).toBe('assigned');
  });

  it('can be cancelled while the task is offered to the second worker', async () => {
    const offer = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });
    const second = await offer;
    const canceled = nextEvent(second, 'canceled');
    await getOutgoing().cancel();
    await canceled;

    expect(await fetchTaskStatus()).toBe('assigned');
    expect(getOutgoing().status).toBe('canceled');
  });

  it('to a queue is offered to one worker after another until one accepts', async () => {
    const queue = fixture.addQueue('Others', "friendly_name != 'alice'");
    fixture.advance(1000);
    const carol = fixture.addWorker('carol');
    const sdkOfCarol = await fixture.connect(carol);
    const [offeredToBob, offeredToCarol] = [
      nextEvent<Reservation>(sdkOfBob, 'reservationCreated'),
      nextEvent<Reservation>(sdkOfCarol, 'reservationCreated'),
    ];
    await reservation.task.transfer(queue.sid, { mode: 'WARM' });
    const attemptFailed = nextEvent(getOutgoing(), 'attemptFailed');
    await (await offeredToBob).reject();
    await attemptFailed;
    const completed = nextEvent(getOutgoing(), 'completed');
    await (await offeredToCarol).accept();
    await completed;

    expect(await fixture.reservations(reservation.task.sid)).toEqual([
      'alice accepted',
      'bob rejected',
      'carol accepted',
    ]);
    expect((await fixture.rest.tasks(reservation.task.sid).fetch()).taskQueueFriendlyName).toBe('Others');
  });

  it('is refused while another transfer of the task is open', async () => {
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });
    await expect(reservation.task.transfer(bob.sid, { mode: 'WARM' })).rejects.toThrow(/already exists/);
  });
});
