/**
 * The WebSocket `/_sandbox/pages` of every page that the sandbox serves. It tells a page the difference between the sandbox's
 * clock and the real one, and which account the sandbox has: after a reset, a page belongs to an account that is gone.
 */
import type { WebSocket } from 'ws';

export const PAGE_SOCKET_PATH = '/_sandbox/pages';

export interface PageMessage {
  /** Counts the resets. */
  readonly account: number;
  /** The sandbox's time minus the real one. */
  readonly clockOffsetMs: number;
}

export interface PageSockets {
  /** Sends the message at once and after every `announce`. */
  serve(socket: WebSocket): void;
  announce(): void;
}

export function createPageSockets(read: () => PageMessage): PageSockets {
  const open = new Set<WebSocket>();
  const send = (socket: WebSocket) => socket.send(JSON.stringify(read()));
  return {
    serve(socket) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      send(socket);
    },
    announce() {
      for (const socket of open) send(socket);
    },
  };
}
