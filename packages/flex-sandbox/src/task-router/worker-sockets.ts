/**
 * Holds the open WebSockets of each worker and decides when frames are sent on them. A worker has one socket
 * per browser tab.
 *
 * Two delays work around race conditions in the worker SDK:
 * - A *gate* per socket. The SDK loses frames that arrive before its start-up lists, and throws on an
 *   `accepted` frame for an unknown reservation. So frames wait until the lists are answered.
 * - A *hold* per worker during `POST …/Transfers`. When the transfer's frame arrives before the
 *   response, the SDK polls. If only that frame waited, it would overwrite later ones. So all frames wait.
 */
import type { WebSocket } from 'ws';
import type { Timer } from '../clock.js';
import type { SandboxState } from '../sandbox-state.js';

/** The lists that the SDK requests after `init`. */
export type StartUpList = 'Activities' | 'WorkerChannels' | 'Reservations';

export interface WorkerSockets {
  /** Starts to serve a socket. Sends `firstFrame` at once, before any other frame. */
  open(workerSid: string, socket: WebSocket, firstFrame: string): void;
  closeAll(workerSid: string, code: number, reason: string): void;
  send(workerSid: string, type: string, frame: string): void;
  /** Marks a start-up list as answered: after the response, but `Reservations` when the list is read. */
  markListed(workerSid: string, list: StartUpList): void;
  /** Queues the worker's frames until the returned function is called, but for 5 s at most. */
  hold(workerSid: string): () => void;
  /** Calls the listener when the last socket of a worker has closed. */
  onLastClosed(listener: (workerSid: string) => void): void;
  isConnected(workerSid: string): boolean;
}

/** The SDK closes a connection after 30 s without a frame. */
const HEARTBEAT_MS = 10_000;

/** The time that the SDK needs after the last start-up list to subscribe to frames. */
const SUBSCRIBE_MS = 40;

/** A gate or a hold ends after this time at the latest. */
const MAX_WAIT_MS = 5_000;

const START_UP_LIST_COUNT = 3;

interface Gate {
  readonly answeredLists: Set<StartUpList>;
  readonly waitingFrames: string[];
  readonly timer: Timer;
}

interface Connection {
  readonly socket: WebSocket;
  /** Set while frames wait for the start-up lists. */
  gate: Gate | undefined;
  heartbeat: Timer | undefined;
}

export function createWorkerSockets(sandbox: SandboxState): WorkerSockets {
  const { clock } = sandbox;
  const connections = new Map<string, Set<Connection>>();
  const heldDeliveries = new Map<string, Array<() => void>>();
  const lastClosedListeners: Array<(workerSid: string) => void> = [];

  const connectionsOf = (workerSid: string): ReadonlySet<Connection> =>
    connections.get(workerSid) ?? new Set();

  function write({ socket }: Connection, frame: string): void {
    if (socket.readyState === socket.OPEN) socket.send(frame);
  }

  function openGate(connection: Connection): void {
    const { gate } = connection;
    if (gate === undefined) return;
    connection.gate = undefined;
    clock.cancel(gate.timer);
    for (const frame of gate.waitingFrames) write(connection, frame);
  }

  function scheduleHeartbeat(connection: Connection): void {
    connection.heartbeat = clock.after(HEARTBEAT_MS, () => {
      write(connection, ' ');
      scheduleHeartbeat(connection);
    });
  }

  function deliver(workerSid: string, type: string, frame: string): void {
    for (const connection of connectionsOf(workerSid)) {
      const { gate } = connection;
      if (gate === undefined) write(connection, frame);
      // Drops frames from before the reservations are read: the list contains those changes.
      else if (gate.answeredLists.has('Reservations') || type.startsWith('worker.'))
        gate.waitingFrames.push(frame);
    }
  }

  let hasEnded = false;
  sandbox.onEnd(() => {
    hasEnded = true;
    for (const { socket } of [...connections.values()].flatMap((set) => [...set])) {
      socket.close(1012, 'The sandbox was reset');
    }
    connections.clear();
  });

  return {
    open(workerSid, socket, firstFrame) {
      const connection: Connection = { socket, gate: undefined, heartbeat: undefined };
      connection.gate = {
        answeredLists: new Set(),
        waitingFrames: [],
        timer: clock.after(MAX_WAIT_MS, () => openGate(connection)),
      };
      const workerConnections = connections.get(workerSid) ?? new Set();
      connections.set(workerSid, workerConnections.add(connection));
      write(connection, firstFrame);
      scheduleHeartbeat(connection);
      socket.on('close', () => {
        clock.cancel(connection.heartbeat);
        clock.cancel(connection.gate?.timer);
        if (!workerConnections.delete(connection) || workerConnections.size > 0 || hasEnded) return;
        for (const listener of lastClosedListeners) listener(workerSid);
      });
    },

    closeAll(workerSid, code, reason) {
      for (const { socket } of connectionsOf(workerSid)) socket.close(code, reason);
    },

    send(workerSid, type, frame) {
      const deliveries = heldDeliveries.get(workerSid);
      if (deliveries === undefined) deliver(workerSid, type, frame);
      else deliveries.push(() => deliver(workerSid, type, frame));
    },

    markListed(workerSid, list) {
      for (const connection of connectionsOf(workerSid)) {
        const answeredLists = connection.gate?.answeredLists.add(list);
        if (answeredLists?.size === START_UP_LIST_COUNT)
          clock.after(SUBSCRIBE_MS, () => openGate(connection));
      }
    },

    hold(workerSid) {
      const deliveries = heldDeliveries.get(workerSid) ?? [];
      heldDeliveries.set(workerSid, deliveries);
      const release = () => {
        clock.cancel(timer);
        if (heldDeliveries.get(workerSid) !== deliveries) return;
        heldDeliveries.delete(workerSid);
        for (const deliverFrame of deliveries) deliverFrame();
      };
      const timer = clock.after(MAX_WAIT_MS, release);
      return release;
    },

    onLastClosed: (listener) => lastClosedListeners.push(listener),

    isConnected: (workerSid) => connectionsOf(workerSid).size > 0,
  };
}
