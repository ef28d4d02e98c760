/**
 * One twilsock connection: signing in, tunnelled requests, pushes, and how it ends.
 * Knows no product: requests go to the dispatcher it is given, pushes come from whoever holds it.
 */
import type { WebSocket } from 'ws';
import { ApiError } from '../api-error.js';
import type { Timer } from '../clock.js';
import { createCaller } from '../iam/callers.js';
import { TOKEN_ERROR_CODES, type TokenClaims } from '../iam/tokens.js';
import type { ApiReply, ApiRequest, Caller, PushConnection } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { decodeFrame, encodeFrame, type FrameHeader } from './frame.js';
import { readTunnelledRequest, tunnelledReplyHeader } from './tunnel.js';

/** How long before its end a token is announced to expire. */
const EXPIRY_WARNING_MS = 180_000;

const OK = { code: 200, status: 'OK' };

export interface TwilsockConnection extends PushConnection {
  /** Announces that the token is about to expire; clients answer with an update. */
  warnOfExpiry(): void;
  /**
   * Sends a `close` frame. 308 and 5xx make clients come back, 410 means an expired token, 401 and 406 are final.
   * The client closes the socket when it has read the frame.
   */
  close(code: number, status: string): void;
  /** Cuts the socket without a word, as a lost network does. */
  drop(): void;
}

export interface ConnectionParts {
  readonly dispatch: (request: Omit<ApiRequest, 'segments'>) => Promise<ApiReply | 'drop'>;
  /** Called once, when the client has signed in. */
  readonly onSignedIn: (connection: TwilsockConnection) => void;
}

export function serveConnection(
  sandbox: SandboxState,
  socket: WebSocket,
  { dispatch, onSignedIn }: ConnectionParts,
) {
  const closeListeners: Array<() => void> = [];
  let signedIn: { readonly connection: TwilsockConnection; readonly caller: Caller } | undefined;
  let warning: Timer | undefined;
  let expiry: Timer | undefined;

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
      send({ method: 'notification', id: sandbox.sids('TM'), message_type: messageType }, payload),
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
    sandbox.clock.cancel(warning);
    sandbox.clock.cancel(expiry);
  };

  const scheduleExpiry = (connection: TwilsockConnection, { expiresAtMs }: TokenClaims) => {
    cancelTimers();
    const leftMs = expiresAtMs - sandbox.clock.nowMs();
    if (leftMs > EXPIRY_WARNING_MS) {
      warning = sandbox.clock.after(leftMs - EXPIRY_WARNING_MS, connection.warnOfExpiry);
    }
    expiry = sandbox.clock.after(leftMs, () => connection.close(410, 'TOKEN_EXPIRED'));
  };

  /** `init` signs in; `update` puts a new token in the place of the old one. */
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
    reply(header.id, header.method === 'init' ? buildSignInAnswer(sandbox, header) : {});
    if (isFirst) onSignedIn(signedIn.connection);
  };

  const answerRequest = async (header: FrameHeader, payload: Buffer) => {
    if (signedIn === undefined) return refuse(header.id, 20003, 'Not signed in');
    const { caller, connection } = signedIn;
    let outcome: ApiReply | 'drop';
    try {
      outcome = await dispatch(readTunnelledRequest(header, payload, caller, connection));
    } catch (error) {
      console.error('The sandbox failed to answer a tunnelled request', header.http_request, error);
      outcome = { status: 500, body: new ApiError(500, 20500, String(error)).toBody() };
    }
    if (outcome === 'drop') return connection.drop();
    send(tunnelledReplyHeader(header.id, outcome), outcome.body);
    outcome.afterReply?.();
  };

  const handleFrame = (bytes: Buffer) => {
    const { header, payload } = decodeFrame(bytes);
    switch (header.method) {
      case 'init':
      case 'update':
        return acceptToken(header);
      case 'message':
        void answerRequest(header, payload);
        return;
      case 'close':
        return socket.close(1000);
      case 'ping':
      case 'put_notification_ctx':
      case 'delete_notification_ctx':
        return reply(header.id);
      default:
        // Acknowledgements of our own frames, and telemetry: no answer is expected.
        return;
    }
  };

  socket.on('message', (data) => {
    try {
      // Buffers are what a server's socket gives unless it is told otherwise.
      if (!Buffer.isBuffer(data)) throw new Error('Expected one buffer');
      handleFrame(data);
    } catch (error) {
      console.error('The sandbox could not read a twilsock frame', error);
      socket.terminate();
    }
  });
  socket.on('close', () => {
    cancelTimers();
    for (const listener of closeListeners) listener();
  });
}

/**
 * Capabilities are only those that we serve. `offline_storage` stays out: with it, SDKs in a browser keep objects
 * without a position and announce old messages as new.
 */
function buildSignInAnswer(sandbox: SandboxState, header: FrameHeader): Readonly<Record<string, unknown>> {
  const wanted = Array.isArray(header.registrations) ? header.registrations : [];
  return {
    continuation_token: sandbox.sids('CT'),
    continuation_token_status: { reissued: true, reissue_reason: 'MISSING', reissue_message: '' },
    capabilities: ['client_update'],
    init_registrations: wanted.map((registration: Readonly<Record<string, unknown>>) => ({
      product: registration.product,
      type: registration.type,
      message_types: registration.message_types,
      notification_ctx_id: sandbox.sids('NC'),
    })),
  };
}
