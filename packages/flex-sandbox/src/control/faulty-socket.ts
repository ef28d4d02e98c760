/** A WebSocket of the sandbox whose frames to the client get faults: late, in another order, twice, or the end of the connection. */
import type { WebSocket } from 'ws';
import type { SocketFault } from './socket-faults.js';

/** How long a frame with the fault `reorder` waits for the next one. */
const REORDER_WITHIN_MS = 1_000;

type Send = (...frame: Parameters<WebSocket['send']>) => void;

/** From now on, each frame that the sandbox sends gets the fault that `findFault` returns for its text. */
export function sendWithFaults(
  socket: WebSocket,
  findFault: (frame: string) => Pick<SocketFault, 'effect' | 'delayMs'> | undefined,
): void {
  const original = socket.send.bind(socket);
  const sendIfOpen: Send = (...frame) => {
    if (socket.readyState === socket.OPEN) original(...frame);
  };
  /** Ends when the last delayed frame is sent. Later frames wait for it. */
  let delays: Promise<void> | undefined;
  /** Sends the frame that waits for the next one. */
  let releaseHeld: (() => void) | undefined;

  const send: Send = (...frame) => {
    sendIfOpen(...frame);
    releaseHeld?.();
  };
  const hold = (...frame: Parameters<Send>) => {
    const release = () => {
      clearTimeout(timer);
      releaseHeld = undefined;
      sendIfOpen(...frame);
    };
    const timer = setTimeout(release, REORDER_WITHIN_MS);
    releaseHeld = release;
  };
  const delay = async (ms: number, frame: Parameters<Send>) => {
    const before = delays;
    const sent = (async () => {
      await before;
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      send(...frame);
    })();
    delays = sent;
    await sent;
    if (delays === sent) delays = undefined;
  };

  const sendWithFault: Send = (...frame) => {
    const fault = findFault(String(frame[0]));
    switch (fault?.effect) {
      case 'cut':
        return socket.terminate();
      case 'delay':
        return void delay(fault.delayMs ?? 0, frame);
      case 'reorder':
        return releaseHeld === undefined ? hold(...frame) : send(...frame);
      case 'duplicate':
        sendIfOpen(...frame);
        return send(...frame);
      default:
        return delays === undefined ? send(...frame) : void delay(0, frame);
    }
  };
  Object.assign(socket, { send: sendWithFault });
}
