/**
 * Waits for an SDK client to connect, and maps its connection state to the one the customer sees.
 *
 * A client that reports `failed` may still connect: it reports `failed` when its first attempt fails, keeps
 * trying, and then reports `initialized`. So only a terminal error or our own deadline is final.
 */
import type { ConnectionState } from './client';
import type { SdkClient } from './sdk';

const DEADLINE_MS = 20_000;

class RefusedError extends Error {}

/** Resolves when the client is ready. Rejects with a refusal (see `isRefusal`) if Twilio refuses it. */
export function waitUntilInitialized(client: SdkClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on('stateChanged', (state) => {
      if (state === 'initialized') resolve();
    });
    client.on('connectionError', ({ terminal, message }) => {
      if (terminal) reject(new RefusedError(message));
    });
  });
}

/** Rejects if `opening` does not settle before the deadline: an SDK may wait for an answer forever. */
export function withDeadline<T>(opening: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Twilio did not answer within ${DEADLINE_MS} ms.`)),
      DEADLINE_MS,
    );
  });
  return Promise.race([opening, deadline]).finally(() => clearTimeout(timer));
}

/** Whether Twilio refuses the token or the chat, so that no retry can succeed. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof RefusedError) return true;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return status === 401 || status === 403 || status === 404;
}

/** Calls `onChange` for every change of the connection. Requires a client that has connected once. */
export function watchConnection(client: SdkClient, onChange: (connection: ConnectionState) => void): void {
  client.on('tokenExpired', () => onChange('refused'));
  client.on('connectionError', ({ terminal }) => {
    if (terminal) onChange('refused');
  });
  client.on('connectionStateChanged', (state) => onChange(toConnectionState(state)));
}

/** @param state the `connectionState` of an SDK client that has connected once */
export function toConnectionState(state: string): ConnectionState {
  if (state === 'connected') return 'connected';
  return state === 'denied' ? 'refused' : 'reconnecting';
}
