/**
 * One twilsock connection: sign-in, tunnelled requests, pushes, token expiry and closing.
 * It knows no product: `dispatch` handles the requests, and products push with `notify`.
 */

import type { WebSocket } from 'ws';
import { ApiError } from '../api-error.js';
import type { Timer } from '../clock.js';
import { createCaller } from '../iam/callers.js';
import { TOKEN_ERROR_CODES, type TokenClaims } from '../iam/tokens.js';
import { sendPush } from '../push-order.js';
import type { ApiReply, ApiRequest, Caller, PushConnection } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { decodeFrame, encodeFrame, type FrameHeader } from './frame.js';
import { readTunnelledRequest, tunnelledReplyHeader } from './tunnel.js';

/** How long before a token expires the client gets a warning. */
const EXPIRY_WARNING_MS = 180_000;

const OK = { code: 200, status: 'OK' };

export interface TwilsockConnection extends PushConnection {
  /** Tells the client that its token is about to expire. Clients then send an `update`. */
  warnOfExpiry(): void;
  /**
   * Sends a `close` frame; the client reads it and closes the socket. 308 and 5xx make clients reconnect, 410
   * means an expired token, 401 and 406 are final.
   */
  close(code: number, status: string): void;
  /** Terminates the socket without a frame, like a network failure. */
  drop(): void;
}

export interface ConnectionHandlers {
  readonly dispatch: (request: Omit<ApiRequest, 'segments'>) => Promise<ApiReply | 'drop'>;
  /** Called once, when the client sends its first valid token. */
  readonly onSignedIn: (connection: TwilsockConnection) => void;
}

export function serveConnection(
  sandbox: SandboxState,
  socket: WebSocket,
  { dispatch, onSignedIn }: ConnectionHandlers,
) {
  const closeListeners: Array<() => void> = [];
  let signedIn: { readonly connection: TwilsockConnection; readonly caller: Caller } | undefined;
  let warningTimer: Timer | undefined;
  let expiryTimer: Timer | undefined;

  const send = (header: FrameHeader, payload?: unknown) => {
    if (socket.readyState === socket.OPEN) socket.send(encodeFrame(header, payload), { binary: true });
  };
  const reply = (id: string, fields: Readonly<Record<string, unknown>> = {}) =>
    send({ status: OK, ...fields, method: 'reply', id });
  const refuse = (id: string, errorCode: number, description: string) =>
    reply(id, { status: { code: 401, status: 'UNAUTHORIZED', description, errorCode } });

  const createConnection = (identity: string, firstCaller: Caller): TwilsockConnection => ({
    identity,
    get caller() {
      return signedIn?.caller ?? firstCaller;
    },
    notify: (messageType, payload) =>
      sendPush(sandbox, () =>
        send({ method: 'notification', id: sandbox.sids('TM'), message_type: messageType }, payload),
      ),
    onClose: (listener) => closeListeners.push(listener),
    warnOfExpiry: () =>
      send({
        method: 'client_update',
        id: sandbox.sids('TM'),
        client_update_type: 'token_about_to_expire',
      }),
    close: (code, status) => send({ method: 'close', id: sandbox.sids('TM'), status: { code, status } }),
    drop: () => socket.terminate(),
  });

  const cancelTimers = () => {
    sandbox.clock.cancel(warningTimer);
    sandbox.clock.cancel(expiryTimer);
  };

  const scheduleExpiry = (connection: TwilsockConnection, { expiresAtMs }: TokenClaims) => {
    cancelTimers();
    const remainingMs = expiresAtMs - sandbox.clock.nowMs();
    if (remainingMs > EXPIRY_WARNING_MS) {
      warningTimer = sandbox.clock.after(remainingMs - EXPIRY_WARNING_MS, connection.warnOfExpiry);
    }
    expiryTimer = sandbox.clock.after(remainingMs, () => connection.close(410, 'TOKEN_EXPIRED'));
  };

  /** `init` signs in; `update` replaces the token. */
  const acceptToken = (header: FrameHeader) => {
    const token = String(header.token ?? '');
    const reading = sandbox.tokens.read(token);
    if (!reading.ok) {
      return refuse(
        header.id,
        TOKEN_ERROR_CODES[reading.problem],
        `Invalid Access Token: ${reading.problem}`,
      );
    }
    const { claims } = reading;
    if (signedIn !== undefined && claims.identity !== signedIn.connection.identity) {
      return refuse(header.id, TOKEN_ERROR_CODES.malformed, 'The token is for another identity');
    }
    const isFirst = signedIn === undefined;
    const caller = createCaller(token, claims);
    signedIn = { connection: signedIn?.connection ?? createConnection(claims.identity, caller), caller };
    scheduleExpiry(signedIn.connection, claims);
    reply(header.id, header.method === 'init' ? buildSignInFields(sandbox, header) : {});
    if (isFirst) onSignedIn(signedIn.connection);
  };

  const handleRequest = async (header: FrameHeader, payload: Buffer) => {
    if (signedIn === undefined) return refuse(header.id, 20003, 'Not signed in');
    const { caller, connection } = signedIn;
    let result: ApiReply | 'drop';
    try {
      result = await dispatch(readTunnelledRequest(header, payload, caller, connection));
    } catch (error) {
      console.error('Failed to handle a tunnelled request:', header.http_request, error);
      result = { status: 500, body: new ApiError(500, 20500, String(error)).toBody() };
    }
    if (result === 'drop') return connection.drop();
    send(tunnelledReplyHeader(header.id, result), result.body);
    result.afterReply?.();
  };

  const handleFrame = (bytes: Buffer) => {
    const { header, payload } = decodeFrame(bytes);
    switch (header.method) {
      case 'init':
      case 'update':
        return acceptToken(header);
      case 'message':
        void handleRequest(header, payload);
        return;
      case 'close':
        return socket.close(1000);
      case 'ping':
      case 'put_notification_ctx':
      case 'delete_notification_ctx':
        return reply(header.id);
      default:
        // An acknowledgement of a sandbox frame, or telemetry. Clients expect no reply.
        return;
    }
  };

  socket.on('message', (data) => {
    try {
      // With the default `binaryType`, data is always one Buffer.
      if (!Buffer.isBuffer(data)) throw new Error('the message is not one Buffer');
      handleFrame(data);
    } catch (error) {
      console.error('Failed to read a twilsock frame:', error);
      socket.terminate();
    }
  });
  socket.on('close', () => {
    cancelTimers();
    for (const listener of closeListeners) listener();
  });
}

/**
 * The fields of the reply to `init`. It lists only the capabilities that the sandbox supports. With
 * `offline_storage`, SDKs in a browser would keep objects without a position and emit old messages as new
 * ones.
 */
function buildSignInFields(sandbox: SandboxState, header: FrameHeader): Readonly<Record<string, unknown>> {
  const registrations = Array.isArray(header.registrations) ? header.registrations : [];
  return {
    continuation_token: sandbox.sids('CT'),
    continuation_token_status: { reissued: true, reissue_reason: 'MISSING', reissue_message: '' },
    capabilities: ['client_update'],
    init_registrations: registrations.map((registration: Readonly<Record<string, unknown>>) => ({
      product: registration.product,
      type: registration.type,
      message_types: registration.message_types,
      notification_ctx_id: sandbox.sids('NC'),
    })),
  };
}
