import { describe, expect, it } from 'vitest';
import { parseUnavailableActivity, readActivityAfterTimeout } from './missed-chat';

const available = { name: 'Available', available: true };
const offline = { name: 'Offline', available: false };

/** A worker whose activity a test changes, and a sleep that it ends. */
function aWorker(activity: typeof available) {
  let report = (): void => undefined;
  let wake = (): void => undefined;
  const worker = {
    activity,
    once: (_event: 'activityUpdated', listener: () => void) => {
      report = listener;
    },
  };
  const sleep = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  return {
    read: () => readActivityAfterTimeout(worker, sleep),
    change(next: typeof available) {
      worker.activity = next;
      report();
    },
    endWait: () => wake(),
  };
}

describe('readActivityAfterTimeout', () => {
  it('returns the new activity when it is reported after the timeout', async () => {
    const worker = aWorker(available);
    const reading = worker.read();
    worker.change(offline);
    expect(await reading).toBe('Offline');
  });

  it('returns the activity when it was reported before the timeout', async () => {
    const worker = aWorker(offline);
    const reading = worker.read();
    worker.endWait();
    expect(await reading).toBe('Offline');
  });

  it('returns the timeout activity of a worker who was on a break', async () => {
    const worker = aWorker({ name: 'Break', available: false });
    const reading = worker.read();
    worker.change({ name: 'Missed chat', available: false });
    expect(await reading).toBe('Missed chat');
  });

  it('returns nothing for a worker who stays available', async () => {
    const worker = aWorker(available);
    const reading = worker.read();
    worker.endWait();
    expect(await reading).toBeUndefined();
  });
});

describe('parseUnavailableActivity', () => {
  it('returns the activity of a worker who is not available', () => {
    expect(parseUnavailableActivity({ activity_name: 'Offline', worker_activity_available: false })).toBe(
      'Offline',
    );
  });

  it.each([
    { activity_name: 'Available', worker_activity_available: true },
    { activity_name: 'Offline' },
    { worker_activity_available: false },
    undefined,
    'Offline',
  ])('returns nothing for %j', (item) => {
    expect(parseUnavailableActivity(item)).toBeUndefined();
  });
});
