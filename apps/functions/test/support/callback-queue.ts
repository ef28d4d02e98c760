/**
 * Where TaskRouter sends its events in tests that decide themselves when, in which order and how often each one is
 * delivered. Nothing here calls the functions.
 */
import { createServer, type IncomingMessage } from 'node:http';

/** One call of TaskRouter, as the form it sent. */
export interface TaskRouterCallback {
  /** Such as `reservation.accepted`. */
  readonly type: string;
  readonly taskSid: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/** An event that no task causes: TaskRouter sends one after another, so once it has come, so has all before it. */
export const MARKER_EVENT = 'worker.capacity.update';

export interface CallbackQueue {
  readonly url: string;
  /** Not delivered yet, in the order TaskRouter sent them. Take out what is delivered. */
  readonly waiting: TaskRouterCallback[];
  /** Takes a callback as if it had come to the URL. */
  readonly receive: (fields: Readonly<Record<string, string>>) => void;
  /** Waits until TaskRouter has sent everything up to the marker that `sendMarker` has it send. */
  untilMarker(sendMarker: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

export async function startCallbackQueue(): Promise<CallbackQueue> {
  const waiting: TaskRouterCallback[] = [];
  let markerCame: () => void = () => undefined;

  const receive: CallbackQueue['receive'] = (fields) => {
    if (fields.EventType === MARKER_EVENT) markerCame();
    else waiting.push({ type: fields.EventType ?? '', taskSid: fields.TaskSid, fields });
  };
  const server = createServer(async (request, response) => {
    receive(Object.fromEntries(new URLSearchParams(await readText(request))));
    response.writeHead(204).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The callbacks have no port');

  return {
    url: `http://127.0.0.1:${address.port}/`,
    waiting,
    receive,
    async untilMarker(sendMarker) {
      const came = new Promise<void>((resolve) => {
        markerCame = resolve;
      });
      await sendMarker();
      await came;
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
