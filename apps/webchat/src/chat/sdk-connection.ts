/**
 * From a token to a connected client of either SDK, and what its connection means to the customer.
 *
 * A client that fails first may still come up later: it reports `failed` when its first try does not get through,
 * goes on trying, and then reports `initialized`. So only a terminal error or our own deadline is final.
 */
import type { Connection } from './client';
import type { SdkClient } from './sdk';

const DEADLINE_MS = 20_000;

class Refused extends Error {}

/** Waits until the client can be used. Rejects with what `isRefusal` says yes to when it never will. */
export function initialized(client: SdkClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on('stateChanged', (state) => {
      if (state === 'initialized') resolve();
    });
    client.on('connectionError', ({ terminal, message }) => {
      if (terminal) reject(new Refused(message));
    });
  });
}

/** What `opening` comes to, if it does so in time: an SDK may wait for an answer without end. */
export function inTime<T>(opening: Promise<T>): Promise<T> {
  let deadline: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error('Twilio did not answer in time')), DEADLINE_MS);
  });
  return Promise.race([opening, late]).finally(() => clearTimeout(deadline));
}

/** Whether Twilio knows the customer or the chat no more: no retry will help. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof Refused) return true;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return status === 401 || status === 403 || status === 404;
}

/** Tells of every change of the connection, after it was there for the first time. */
export function watchConnection(client: SdkClient, tell: (connection: Connection) => void): void {
  client.on('tokenExpired', () => tell('refused'));
  client.on('connectionError', ({ terminal }) => {
    if (terminal) tell('refused');
  });
  client.on('connectionStateChanged', (state) => tell(connectionOf(state)));
}

/** @param state an SDK's word for the state of a client that has been connected */
export function connectionOf(state: string): Connection {
  if (state === 'connected') return 'connected';
  return state === 'denied' ? 'refused' : 'reconnecting';
}
