import type { OutgoingTransfer, Reservation, Worker as SdkWorker } from 'twilio-taskrouter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, nextEvent } from '../test-waiting.js';
import type { Worker } from './state.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('a transfer by the worker SDK', () => {
  let test: TaskRouterFixture;
  let bob: Worker;
  let sdkOfBob: SdkWorker;
  /** Alice's reservation, accepted. */
  let reservation: Reservation;

  beforeEach(async () => {
    test = await startTaskRouterFixture();
    const alice = test.addWorker('alice');
    const sdkOfAlice = await test.connect(alice);
    const offered = nextEvent<Reservation>(sdkOfAlice, 'reservationCreated');
    await test.addTask({ type: 'call' });
    reservation = await offered;
    await reservation.accept();
    bob = test.addWorker('bob');
    sdkOfBob = await test.connect(bob);
  });
  afterEach(() => test.close());

  const taskStatus = async () => (await test.rest.tasks(reservation.task.sid).fetch()).assignmentStatus;
  const outgoing = (): OutgoingTransfer => {
    const transfer = reservation.task.transfers.outgoing;
    if (transfer === null) throw new Error('There is no outgoing transfer');
    return transfer;
  };

  it('keeps the first worker on the task until they complete it, when it is warm', async () => {
    const offered = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    const initiated = nextEvent(reservation.task, 'transferInitiated');
    await reservation.task.transfer(bob.sid, { mode: 'WARM', attributes: { type: 'call', from: 'alice' } });
    await initiated;
    expect(outgoing()).toMatchObject({ mode: 'WARM', type: 'WORKER', to: bob.sid, status: 'initiated' });

    const second = await offered;
    expect(second.task.transfers.incoming).toMatchObject({ mode: 'WARM', workerSid: reservation.workerSid });
    const completed = nextEvent(outgoing(), 'completed');
    await second.accept();
    await completed;
    expect(await taskStatus()).toBe('assigned');
    expect(await test.reservations(reservation.task.sid)).toEqual(['alice accepted', 'bob accepted']);

    await reservation.complete();
    expect(await taskStatus()).toBe('assigned');
    expect(second.status).toBe('accepted');
    await second.complete();
    expect(await taskStatus()).toBe('completed');
  });

  it('moves the first worker to wrap-up at once, when it is cold', async () => {
    const offered = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    const wrapup = nextEvent(reservation, 'wrapup');
    await reservation.task.transfer(bob.sid, { mode: 'COLD' });
    await wrapup;
    const second = await offered;
    await second.accept();

    expect(await test.reservations(reservation.task.sid)).toEqual(['alice wrapping', 'bob accepted']);
    expect(await taskStatus()).toBe('assigned');
  });

  it('fails and leaves the task with the first worker when the second one rejects', async () => {
    const offered = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });
    const failed = nextEvent(outgoing(), 'failed');
    await (await offered).reject();
    await failed;

    expect(await taskStatus()).toBe('assigned');
    expect(outgoing().status).toBe('failed');
    expect(reservation.status).toBe('accepted');
  });

  it('fails at once when the second worker has no capacity', async () => {
    test.taskRouter.setCapacity(bob, 'chat', 0);
    const failures: string[] = [];
    reservation.task.on('transferInitiated', (transfer) => {
      transfer.on('failed', () => failures.push(transfer.transferFailedReason));
    });
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });

    await eventually(() => expect(failures).toEqual(['Transfer failed because the worker is not available']));
    expect(await taskStatus()).toBe('assigned');
  });

  it('can be cancelled while the task is offered to the second worker', async () => {
    const offered = nextEvent<Reservation>(sdkOfBob, 'reservationCreated');
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });
    const second = await offered;
    const canceled = nextEvent(second, 'canceled');
    await outgoing().cancel();
    await canceled;

    expect(await taskStatus()).toBe('assigned');
    expect(outgoing().status).toBe('canceled');
  });

  it('is offered to one worker of a queue after the other until one accepts', async () => {
    const queue = test.addQueue('Others', "friendly_name != 'alice'");
    test.advance(1000);
    const carol = test.addWorker('carol');
    const sdkOfCarol = await test.connect(carol);
    const [offeredToBob, offeredToCarol] = [
      nextEvent<Reservation>(sdkOfBob, 'reservationCreated'),
      nextEvent<Reservation>(sdkOfCarol, 'reservationCreated'),
    ];
    await reservation.task.transfer(queue.sid, { mode: 'WARM' });
    const attemptFailed = nextEvent(outgoing(), 'attemptFailed');
    await (await offeredToBob).reject();
    await attemptFailed;
    const completed = nextEvent(outgoing(), 'completed');
    await (await offeredToCarol).accept();
    await completed;

    expect(await test.reservations(reservation.task.sid)).toEqual([
      'alice accepted',
      'bob rejected',
      'carol accepted',
    ]);
    expect((await test.rest.tasks(reservation.task.sid).fetch()).taskQueueFriendlyName).toBe('Others');
  });

  it('is refused while another transfer of the task is open', async () => {
    await reservation.task.transfer(bob.sid, { mode: 'WARM' });
    await expect(reservation.task.transfer(bob.sid, { mode: 'WARM' })).rejects.toThrow(/already exists/);
  });
});
