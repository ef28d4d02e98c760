/**
 * The open WebSockets of each worker, and when frames may go out on them. Several per worker are normal: tabs.
 *
 * Two delays protect the worker SDK from its own races:
 * - A *gate* per socket. What arrives before the SDK has its start-up lists is lost, and an `accepted` for a
 *   reservation it does not know throws. So frames wait until the lists were answered.
 * - A *hold* per worker, while `POST …/Transfers` is being answered: a frame about a transfer that overtakes the
 *   answer makes the SDK poll, and delaying that frame alone would let it overwrite a later one.
 */
import type { WebSocket } from 'ws';
import type { Timer } from '../clock.js';
import type { SandboxState } from '../sandbox-state.js';

/** The lists that the SDK asks for after `init`. */
export type StartUpList = 'Activities' | 'WorkerChannels' | 'Reservations';

export interface WorkerSockets {
  /** Starts to serve a socket. The first frame must be there at once, before any other. */
  open(workerSid: string, socket: WebSocket, firstFrame: string): void;
  closeAll(workerSid: string, code: number, reason: string): void;
  send(workerSid: string, type: string, frame: string): void;
  /** Notes that a start-up list was answered; for `Reservations` the moment it was read. */
  listed(workerSid: string, list: StartUpList): void;
  /** Keeps frames back until the returned function is called, or for 5 s. */
  hold(workerSid: string): () => void;
  /** Called when the last socket of a worker is gone. */
  onLastClosed(listener: (workerSid: string) => void): void;
  isConnected(workerSid: string): boolean;
}

/** The SDK gives a connection up after 30 s without a frame. */
const HEARTBEAT_MS = 10_000;

/** From the last start-up answer until the SDK has subscribed to frames. */
const SUBSCRIBE_MS = 40;

/** How long a gate or a hold may last when what it waits for never comes. */
const PATIENCE_MS = 5_000;

const START_UP_LISTS = 3;

interface Gate {
  readonly answered: Set<StartUpList>;
  readonly waiting: string[];
  readonly timer: Timer;
}

interface Connection {
  readonly socket: WebSocket;
  /** Closed while there is one. */
  gate: Gate | undefined;
  heartbeat: Timer | undefined;
}

export function createWorkerSockets(sandbox: SandboxState): WorkerSockets {
  const { clock } = sandbox;
  const connections = new Map<string, Set<Connection>>();
  const held = new Map<string, Array<() => void>>();
  const lastClosed: Array<(workerSid: string) => void> = [];

  const of = (workerSid: string): ReadonlySet<Connection> => connections.get(workerSid) ?? new Set();

  function write({ socket }: Connection, frame: string): void {
    if (socket.readyState === socket.OPEN) socket.send(frame);
  }

  function openGate(connection: Connection): void {
    const { gate } = connection;
    if (gate === undefined) return;
    connection.gate = undefined;
    clock.cancel(gate.timer);
    for (const frame of gate.waiting) write(connection, frame);
  }

  function beat(connection: Connection): void {
    connection.heartbeat = clock.after(HEARTBEAT_MS, () => {
      write(connection, ' ');
      beat(connection);
    });
  }

  function deliver(workerSid: string, type: string, frame: string): void {
    for (const connection of of(workerSid)) {
      const { gate } = connection;
      if (gate === undefined) write(connection, frame);
      // The list of reservations, when it is read, contains what happened to them before.
      else if (gate.answered.has('Reservations') || type.startsWith('worker.')) gate.waiting.push(frame);
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
        answered: new Set(),
        waiting: [],
        timer: clock.after(PATIENCE_MS, () => openGate(connection)),
      };
      const all = connections.get(workerSid) ?? new Set();
      connections.set(workerSid, all.add(connection));
      write(connection, firstFrame);
      beat(connection);
      socket.on('close', () => {
        clock.cancel(connection.heartbeat);
        clock.cancel(connection.gate?.timer);
        if (!all.delete(connection) || all.size > 0 || hasEnded) return;
        for (const listener of lastClosed) listener(workerSid);
      });
    },

    closeAll(workerSid, code, reason) {
      for (const { socket } of of(workerSid)) socket.close(code, reason);
    },

    send(workerSid, type, frame) {
      const queue = held.get(workerSid);
      if (queue === undefined) deliver(workerSid, type, frame);
      else queue.push(() => deliver(workerSid, type, frame));
    },

    listed(workerSid, list) {
      for (const connection of of(workerSid)) {
        const answered = connection.gate?.answered.add(list);
        if (answered?.size === START_UP_LISTS) clock.after(SUBSCRIBE_MS, () => openGate(connection));
      }
    },

    hold(workerSid) {
      const queue = held.get(workerSid) ?? [];
      held.set(workerSid, queue);
      const release = () => {
        clock.cancel(timer);
        if (held.get(workerSid) !== queue) return;
        held.delete(workerSid);
        for (const send of queue) send();
      };
      const timer = clock.after(PATIENCE_MS, release);
      return release;
    },

    onLastClosed: (listener) => lastClosed.push(listener),

    isConnected: (workerSid) => of(workerSid).size > 0,
  };
}
