/**
 * Receives TaskRouter's events for tests that decide when, in which order and how often each event is delivered to the
 * functions. Nothing here calls the functions.
 */

/** One event, as the form that TaskRouter sends. */
export interface TaskRouterCallback {
  /** Such as `reservation.accepted`. */
  readonly type: string;
  readonly taskSid: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/** An event that no task causes. TaskRouter sends events one after another, so when it arrives, all earlier events have arrived. */
export const MARKER_EVENT = 'worker.capacity.update';

export interface CallbackQueue {
  /** For TaskRouter's event callback. The sandbox runs in this process, so its request needs no socket. */
  readonly url: string;
  /** Events that are not delivered yet, in TaskRouter's order. Remove an event to deliver it once. */
  readonly undelivered: TaskRouterCallback[];
  /** Waits until TaskRouter has sent everything up to the marker that `sendMarker` causes. */
  waitForMarker(sendMarker: () => Promise<unknown>): Promise<void>;
  close(): void;
}

const CALLBACK_URL = 'http://callbacks.invalid/';

export function createCallbackQueue(): CallbackQueue {
  const undelivered: TaskRouterCallback[] = [];
  let resolveMarker: () => void = () => undefined;

  const receive = (fields: Readonly<Record<string, string>>) => {
    if (fields.EventType === MARKER_EVENT) resolveMarker();
    else undelivered.push({ type: fields.EventType ?? '', taskSid: fields.TaskSid, fields });
  };
  const { fetch } = globalThis;
  globalThis.fetch = async (to, init) => {
    if (to !== CALLBACK_URL || !(init?.body instanceof URLSearchParams)) return fetch(to, init);
    receive(Object.fromEntries(init.body));
    return new Response(null, { status: 204 });
  };

  return {
    url: CALLBACK_URL,
    undelivered,
    async waitForMarker(sendMarker) {
      const arrived = new Promise<void>((resolve) => {
        resolveMarker = resolve;
      });
      await sendMarker();
      await arrived;
    },
    close() {
      Object.assign(globalThis, { fetch });
    },
  };
}
