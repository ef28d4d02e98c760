/**
 * The event bridge: one WebSocket per browser tab of a worker, which carries frames, and one URL that takes
 * every request of the worker SDK, wrapped in JSON. Other products of the sandbox add their own requests.
 *
 * Frames are sent before the response to the request that caused them, because the SDK compares versions when
 * the response arrives.
 */

import { ApiError, badRequest } from '../api-error.js';
import { createCaller } from '../iam/callers.js';
import { TOKEN_ERROR_CODES } from '../iam/tokens.js';
import { sendPush } from '../push-order.js';
import type { ApiReply, Method, Params } from '../router.js';
import type { OpenedSocket } from '../sandbox-state.js';
import { setActivity } from './availability.js';
import type { Core, FrameSubject } from './core.js';
import { addWorkerRequests } from './event-bridge-requests.js';
import { type Bridge, createBridgeRouter } from './event-bridge-router.js';
import { createBridgeViews } from './event-bridge-views.js';
import { createRestViews } from './rest-views.js';
import type { Worker } from './state.js';
import { createWorkerSockets } from './worker-sockets.js';

const PATH = '/v1/wschannels';

/** Close code for an invalid token. The socket is opened first, so that the client gets the reason. */
const INVALID_TOKEN_CODE = 4401;

/** The SDK treats a longer `token_lifetime` as expired. */
const MAX_TOKEN_LIFETIME_MS = 2 ** 31 - 1;

/** How long a worker stays available without a connection. Twilio does not document its value. */
const OFFLINE_GRACE_MS = 60_000;

export function addEventBridge(core: Core): Bridge {
  const { sandbox } = core;
  const { account, clock, tokens } = sandbox;
  const views = createBridgeViews(
    account.accountSid,
    createRestViews(account.accountSid, () => clock.nowMs()),
  );
  const sockets = createWorkerSockets(sandbox);
  const bridge = createBridgeRouter();
  addWorkerRequests(core, bridge, views, sockets);

  function render(worker: Worker, subject: FrameSubject): unknown {
    switch (subject.kind) {
      case 'reservation':
        return views.reservation(subject.reservation);
      case 'task':
        return views.task(subject.task);
      case 'worker':
        return views.worker(worker);
      case 'channel':
        return views.workerChannel(subject.channel);
      case 'transfer':
        return views.transfer(subject.transfer);
      case 'raw':
        return subject.payload;
    }
  }

  core.onFrame((worker, type, subject) => {
    const frame = JSON.stringify({ event_type: type, payload: render(worker, subject) });
    sendPush(sandbox, () => sockets.send(worker.sid, type, frame));
  });

  sandbox.router.on('POST', 'event-bridge', PATH, async (request): Promise<ApiReply> => {
    const { method, url, params, token } = readEnvelope(request.rawBody);
    const reading = tokens.read(token);
    if (!reading.ok) {
      throw new ApiError(401, TOKEN_ERROR_CODES[reading.problem], `The access token is ${reading.problem}`);
    }
    const reply = await bridge.dispatch({
      ...request,
      method,
      path: `/${url.replace(/^\//, '')}`,
      query: params,
      body: params,
      caller: createCaller(token, reading.claims),
    });
    return (reply.status ?? 200) >= 400
      ? reply
      : { ...reply, status: 200, body: { payload: reply.body ?? {} } };
  });

  function findWorker(sid: string | undefined): Worker | undefined {
    if (sid === undefined) return undefined;
    for (const workspace of core.workspaces.values()) {
      const worker = workspace.workers.get(sid);
      if (worker !== undefined) return worker;
    }
    return undefined;
  }

  /** SIDs of workers whose client asked to stay available without a connection. */
  const stayAvailableSids = new Set<string>();

  function serveSocket({ socket, path, query }: OpenedSocket): void {
    const reading = tokens.read(query.get('token') ?? '');
    const worker = reading.ok ? findWorker(reading.claims.workerSid) : undefined;
    if (path !== PATH || !reading.ok || worker === undefined) {
      socket.close(
        INVALID_TOKEN_CODE,
        reading.ok ? 'The token names no worker' : `The token is ${reading.problem}`,
      );
      return;
    }
    if (query.get('closeExistingSessions') === 'true') {
      sockets.closeAll(worker.sid, 1000, 'Closed by a newer session');
    }
    if (query.get('setWorkerOfflineIfDisconnected') === 'false') stayAvailableSids.add(worker.sid);
    else stayAvailableSids.delete(worker.sid);

    const lifetimeMs = Math.min(reading.claims.expiresAtMs - clock.nowMs(), MAX_TOKEN_LIFETIME_MS);
    const payload = {
      channel_id: worker.sid,
      account_sid: account.accountSid,
      workspace_sid: worker.workspace.sid,
      token_lifetime: lifetimeMs,
    };
    sockets.open(worker.sid, socket, JSON.stringify({ event_type: 'init', payload }));
    const expiryTimer = clock.after(lifetimeMs, () =>
      socket.close(INVALID_TOKEN_CODE, 'The token has expired'),
    );
    socket.on('close', () => clock.cancel(expiryTimer));
  }

  sandbox.sockets.set('event-bridge', serveSocket);

  sockets.onLastClosed((workerSid) => {
    if (stayAvailableSids.has(workerSid)) return;
    clock.after(OFFLINE_GRACE_MS, () => {
      const worker = findWorker(workerSid);
      if (worker === undefined || sockets.isConnected(workerSid) || !worker.activity.available) return;
      const activity = worker.workspace.activities.get(worker.workspace.timeoutActivitySid);
      if (activity !== undefined) setActivity(core, worker, activity);
    });
  });

  return bridge;
}

interface Envelope {
  readonly method: Method;
  readonly url: string;
  readonly params: Params;
  readonly token: string;
}

/** Parses the body as JSON, although the SDK sends a form's content type. Throws 400 for any other body. */
function readEnvelope(rawBody: Buffer): Envelope {
  try {
    const { method, url, params, token } = JSON.parse(rawBody.toString('utf8'));
    return { method, url: String(url), params: params ?? {}, token: String(token) };
  } catch {
    throw badRequest('The request body is not valid JSON');
  }
}
