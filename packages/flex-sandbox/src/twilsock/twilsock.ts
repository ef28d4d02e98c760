/**
 * Twilsock, the WebSocket of chat and Sync: it carries pushes to the client and tunnelled HTTP requests from
 * it. Holds the connections, and no state of chat or Sync.
 */
import type { WebSocket } from 'ws';
import type { SandboxState } from '../sandbox-state.js';
import type { Interceptor } from '../server.js';
import { serveConnection, type TwilsockConnection } from './connection.js';

export interface TwilsockOptions {
  /** Runs around every tunnelled request. `drop` terminates the socket. */
  readonly intercept?: Interceptor;
}

export interface Twilsock {
  /** The signed-in connections of one identity, or of all. */
  connections(identity?: string): readonly TwilsockConnection[];
  /** Pushes to each connection of an identity. */
  notify(identity: string, messageType: string, payload: unknown): void;
  /** Calls `listener` when an identity gets its first connection and when its last one closes. */
  onPresence(listener: (identity: string, isOnline: boolean) => void): void;
}

export function addTwilsock(
  sandbox: SandboxState,
  { intercept = async (_, next) => next() }: TwilsockOptions = {},
): Twilsock {
  const connections = new Set<TwilsockConnection>();
  const presenceListeners: Array<(identity: string, isOnline: boolean) => void> = [];

  const findConnections = (identity?: string) =>
    [...connections].filter((connection) => identity === undefined || connection.identity === identity);
  const notifyPresence = (identity: string, isOnline: boolean) => {
    for (const listener of presenceListeners) listener(identity, isOnline);
  };

  const sockets = new Set<WebSocket>();
  sandbox.onEnd(() => {
    for (const socket of sockets) socket.terminate();
  });

  sandbox.sockets.set('tsock', ({ socket }) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(sandbox, socket, {
      dispatch: (request) => intercept(request, () => sandbox.router.dispatch(request)),
      onSignedIn(connection) {
        const { identity } = connection;
        const isFirst = findConnections(identity).length === 0;
        connections.add(connection);
        connection.onClose(() => {
          connections.delete(connection);
          if (findConnections(identity).length === 0) notifyPresence(identity, false);
        });
        if (isFirst) notifyPresence(identity, true);
      },
    });
  });

  return {
    connections: findConnections,
    notify(identity, messageType, payload) {
      for (const connection of findConnections(identity)) connection.notify(messageType, payload);
    },
    onPresence: (listener) => presenceListeners.push(listener),
  };
}
