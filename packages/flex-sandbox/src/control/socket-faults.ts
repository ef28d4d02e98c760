/**
 * Faults of WebSockets: the connection breaks or is refused, or frames to the client are late, in another order or sent twice.
 * Twilsock (chat and Sync) and the event bridge (TaskRouter) use WebSockets. Delays use real time, like those of requests.
 */
import type { WebSocket } from 'ws';
import { badRequest } from '../api-error.js';
import { consumeFault } from '../counted-faults.js';
import { type Params, text } from '../router.js';
import { sendWithFaults } from './faulty-socket.js';

/**
 * - `refuse`: a new connection is refused.
 * - `cut`: the connection breaks instead of sending a frame. Without `frame`, every open connection breaks at once.
 * - `delay`: a frame is sent `delayMs` later, and the frames after it wait for it.
 * - `reorder`: a frame is sent after the next one, or after a second if there is none.
 * - `duplicate`: a frame is sent twice.
 */
const EFFECTS = ['refuse', 'cut', 'delay', 'reorder', 'duplicate'] as const;
type SocketEffect = (typeof EFFECTS)[number];

export interface SocketFault {
  readonly id: number;
  readonly effect: SocketEffect;
  /** Regular expressions; an absent one matches everything. `frame` is tried on the text of a frame. */
  readonly host?: string;
  readonly frame?: string;
  /** How many more connections or frames the fault affects; `null` means all. */
  readonly times: number | null;
  readonly delayMs?: number;
}

export type SocketFaultInput = Omit<SocketFault, 'id'>;

export interface SocketFaults {
  /** Adds a fault. Throws 400/20001 for a bad pattern. Returns how many connections it cut at once, too. */
  add(fault: SocketFaultInput): SocketFault & { readonly cut: number };
  list(): readonly SocketFault[];
  remove(id: number): void;
  clear(): void;
  /** Whether a new connection to this host is refused. */
  refuses(host: string): boolean;
  /** Makes the faults act on the frames of this connection. */
  watch(host: string, socket: WebSocket): void;
}

export function createSocketFaults(): SocketFaults {
  let active: SocketFault[] = [];
  let lastId = 0;
  const open = new Map<WebSocket, string>();

  const consume = (matches: (fault: SocketFault) => boolean): SocketFault | undefined => {
    const { found, left } = consumeFault(active, matches);
    active = left;
    return found;
  };

  return {
    add(input) {
      for (const pattern of [input.host, input.frame]) parsePattern(pattern);
      const fault: SocketFault = { ...input, id: ++lastId };
      if (fault.effect === 'cut' && fault.frame === undefined) {
        const sockets = [...open].filter(([, host]) => matchesText(fault.host, host));
        for (const [socket] of sockets) socket.terminate();
        return { ...fault, times: 0, cut: sockets.length };
      }
      active.push(fault);
      return { ...fault, cut: 0 };
    },
    list: () => active,
    remove(id) {
      active = active.filter((fault) => fault.id !== id);
    },
    clear() {
      active = [];
    },
    refuses: (host) =>
      consume(({ effect, host: pattern }) => effect === 'refuse' && matchesText(pattern, host)) !== undefined,

    watch(host, socket) {
      open.set(socket, host);
      socket.on('close', () => open.delete(socket));
      sendWithFaults(socket, (frame) =>
        consume(
          ({ effect, host: onHost, frame: pattern }) =>
            effect !== 'refuse' && matchesText(onHost, host) && matchesText(pattern, frame),
        ),
      );
    },
  };
}

function parsePattern(source: string | undefined): RegExp | undefined {
  try {
    return source === undefined ? undefined : new RegExp(source);
  } catch (cause) {
    throw badRequest(`"${source}" is not a valid regular expression: ${String(cause)}`);
  }
}

const matchesText = (source: string | undefined, value: string): boolean =>
  parsePattern(source)?.test(value) ?? true;

/** Parses a JSON body. Throws 400/20001 when a member has an invalid type or value. */
export function parseSocketFault(body: Params): SocketFaultInput {
  const effect = EFFECTS.find((known) => known === text(body, 'effect'));
  if (effect === undefined) throw badRequest(`effect must be one of ${EFFECTS.join(', ')}`);
  const parseNumber = (name: string, least: number): number | undefined => {
    const value = text(body, name);
    if (value === undefined) return undefined;
    if (!(Number(value) >= least)) throw badRequest(`${name} must be a number, ${least} or more`);
    return Number(value);
  };
  const delayMs = parseNumber('delayMs', 0);
  if ((effect === 'delay') !== (delayMs !== undefined))
    throw badRequest('delayMs belongs to the effect delay, which needs it');
  const [host, frame] = [text(body, 'host'), text(body, 'frame')];
  return {
    effect,
    times: body.times === null ? null : (parseNumber('times', 1) ?? 1),
    ...(host === undefined ? {} : { host }),
    ...(frame === undefined ? {} : { frame }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}
