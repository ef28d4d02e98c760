/**
 * Keeps twilio-run running: starts it again when its process ends. Gives up when the process keeps ending
 * soon after its start, because restarting does not help then.
 */
import type { RuntimeProcess } from './twilio-run';

/** The waits before consecutive restarts, in ms. After the last one, the supervisor gives up. */
const WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000];

/** A process that ran this long was healthy: when it ends, the waits begin again with the first. */
const HEALTHY_AFTER_MS = 60_000;

export interface SupervisorPorts {
  readonly start: () => Promise<RuntimeProcess>;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: (line: string) => void;
  /** Called once, when there are no more restarts. */
  readonly onGiveUp: () => void;
}

export interface SupervisedRuntime {
  /** `undefined` while the process is being started again. */
  url(): string | undefined;
  /** Ends the process for good. */
  stop(): void;
}

/** Throws when the first start fails. */
export async function superviseRuntime({
  start,
  nowMs,
  sleep,
  log,
  onGiveUp,
}: SupervisorPorts): Promise<SupervisedRuntime> {
  let running: RuntimeProcess | undefined = await start();
  let isStopped = false;

  async function keepRunning(): Promise<void> {
    let restarts = 0;
    for (;;) {
      const startedAtMs = nowMs();
      const reason = running === undefined ? 'it did not start' : await running.ended;
      running = undefined;
      if (isStopped) return;
      if (nowMs() - startedAtMs >= HEALTHY_AFTER_MS) restarts = 0;
      const waitMs = WAITS_MS[restarts];
      if (waitMs === undefined) {
        log(
          `Failed to keep the functions running: twilio-run ended ${restarts + 1} times in a row (${reason}). ` +
            'Its output is above. Fix the cause, then start again.',
        );
        return onGiveUp();
      }
      log(`twilio-run ended (${reason}). Restarting it${waitMs === 0 ? '' : ` in ${waitMs / 1000} s`}…`);
      restarts += 1;
      await sleep(waitMs);
      running = await start().catch((error: unknown) => {
        log(String(error));
        return undefined;
      });
      if (running !== undefined) log('twilio-run is running again.');
    }
  }

  void keepRunning();
  return {
    url: () => running?.url,
    stop() {
      isStopped = true;
      running?.stop();
    },
  };
}
