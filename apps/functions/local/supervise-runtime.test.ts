import { describe, expect, it } from 'vitest';
import { superviseRuntime } from './supervise-runtime';
import type { RuntimeProcess } from './twilio-run';

/** Processes that end when the test says so, and a clock that moves when the supervisor sleeps. */
function createFakeProcesses() {
  const log: string[] = [];
  const slept: number[] = [];
  let nowMs = 0;
  let starts = 0;
  let startFails = false;
  let hasGivenUp = false;
  let end: (reason: string) => void = () => undefined;
  const settle = () => new Promise((resume) => setImmediate(resume));

  return {
    log,
    slept,
    starts: () => starts,
    hasGivenUp: () => hasGivenUp,
    failToStart: (fails: boolean) => {
      startFails = fails;
    },
    passTime(ms: number) {
      nowMs += ms;
    },
    async end(reason: string) {
      end(reason);
      await settle();
    },
    ports: {
      start: async (): Promise<RuntimeProcess> => {
        starts += 1;
        if (startFails) throw new Error('Failed to start twilio-run.');
        const ended = new Promise<string>((resolve) => {
          end = resolve;
        });
        return { url: `http://runtime-${starts}`, pid: starts, ended, stop: () => end('SIGTERM') };
      },
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        slept.push(ms);
        nowMs += ms;
      },
      log: (line: string) => {
        log.push(line);
      },
      onGiveUp: () => {
        hasGivenUp = true;
      },
    },
  };
}

describe('superviseRuntime', () => {
  it('throws when the first start fails', async () => {
    const processes = createFakeProcesses();
    processes.failToStart(true);
    await expect(superviseRuntime(processes.ports)).rejects.toThrow('Failed to start twilio-run.');
  });

  it('starts a new process when the first one ends, and logs that', async () => {
    const processes = createFakeProcesses();
    const runtime = await superviseRuntime(processes.ports);
    expect(runtime.url()).toBe('http://runtime-1');

    await processes.end('SIGKILL');

    expect(runtime.url()).toBe('http://runtime-2');
    expect(processes.log).toEqual([
      'twilio-run ended (SIGKILL). Restarting it…',
      'twilio-run is running again.',
    ]);
  });

  it('has no URL while the process is being started again', async () => {
    const processes = createFakeProcesses();
    let wake: () => void = () => undefined;
    const sleep = () => new Promise<void>((resume) => (wake = resume));
    const runtime = await superviseRuntime({ ...processes.ports, sleep });

    await processes.end('SIGKILL');
    expect(runtime.url()).toBeUndefined();

    wake();
    await expect.poll(runtime.url, { timeout: 60_000 }).toBe('http://runtime-2');
  });

  it('waits longer before each restart of a crash loop, then gives up', async () => {
    const processes = createFakeProcesses();
    const runtime = await superviseRuntime(processes.ports);

    for (let crash = 1; crash <= 5; crash += 1) await processes.end('exit code 1');
    expect(processes.hasGivenUp()).toBe(false);
    await processes.end('exit code 1');

    expect(processes.hasGivenUp()).toBe(true);
    expect(runtime.url()).toBeUndefined();
    expect(processes.slept).toEqual([0, 1_000, 2_000, 4_000, 8_000]);
    expect(processes.starts()).toBe(6);
    expect(processes.log.at(-1)).toContain('ended 6 times in a row (exit code 1)');
  });

  it('counts a restart that fails as a crash', async () => {
    const processes = createFakeProcesses();
    await superviseRuntime(processes.ports);
    processes.failToStart(true);

    await processes.end('exit code 1');

    expect(processes.hasGivenUp()).toBe(true);
    expect(processes.starts()).toBe(6);
  });

  it('restarts at once when the process had run for a minute', async () => {
    const processes = createFakeProcesses();
    await superviseRuntime(processes.ports);

    for (let crash = 1; crash <= 10; crash += 1) {
      processes.passTime(60_000);
      await processes.end('SIGKILL');
    }

    expect(processes.hasGivenUp()).toBe(false);
    expect(processes.slept).toEqual(Array(10).fill(0));
  });

  it('starts no new process after it was stopped', async () => {
    const processes = createFakeProcesses();
    const runtime = await superviseRuntime(processes.ports);

    runtime.stop();
    await processes.end('SIGTERM');

    expect(processes.starts()).toBe(1);
    expect(processes.log).toEqual([]);
  });
});
