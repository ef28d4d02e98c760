/**
 * What the benchmark runs in: the sandbox as Twilio, the built functions on the measuring host, and people who do what
 * Flex and browsers would do for them. Preparing costs no latency; only what is measured does.
 */
import { randomUUID } from 'node:crypto';
import { SANDBOX_ACCOUNT, startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import {
  buildTransferWorkflow,
  encodeRequest,
  parseQueueSid,
  TASK_ROUTER_EVENTS,
  TRANSFER_WORKFLOW_NAME,
} from '@chat-transfer/transfer-core';
import { EVENTS_PATH, startHost, until } from './host';

/** In ms. Those of the original's measurement, so that the two can be compared. */
export interface Latencies {
  /** Of every call the functions make to Twilio, there and back. */
  readonly twilioMs: number;
  /** Of every request a browser sends, there and back. */
  readonly browserMs: number;
  /** Until a page learns what happened on Twilio. */
  readonly pushMs: number;
}

export const LATENCIES: Latencies = { twilioMs: 60, browserMs: 80, pushMs: 40 };
const NO_LATENCIES: Latencies = { twilioMs: 0, browserMs: 0, pushMs: 0 };

/** A chat as its agent's page knows it. */
export interface Chat {
  readonly conversationSid: string;
  readonly taskSid: string;
}

/** A browser's request, on the clock of the calls. */
export interface Trip {
  /** The click. */
  readonly startMs: number;
  /** When the function got the request. */
  readonly arrivedMs: number;
  /** When the browser had the answer. */
  readonly endMs: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export type BenchWorld = Awaited<ReturnType<typeof startWorld>>;

/** @param functionsFolder the built functions */
export async function startWorld(functionsFolder: string) {
  let latencies = NO_LATENCIES;
  let settings: Readonly<Record<string, string>> = {};
  const sandbox = await startSandbox({ seed: 'benchmark' });
  const host = await startHost({
    functionsFolder,
    settings: () => settings,
    latencyMs: () => latencies.twilioMs,
  });
  const client = restClient(sandbox.url);
  const [found] = await client.taskrouter.v1.workspaces.list({ limit: 1 });
  const [flexFlow] = await client.flexApi.v1.flexFlow.list({ limit: 1 });
  const workspaceSid = must(found, 'workspace').sid;
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);
  const [queues, workers] = await Promise.all([workspace.taskQueues.list(), workspace.workers.list()]);
  const queueSid = (name: string) =>
    must(parseQueueSid(queues.find(({ friendlyName }) => friendlyName === name)?.sid), `queue ${name}`);
  const workerSid = (name: string) =>
    must(
      workers.find(({ friendlyName }) => friendlyName === name),
      `worker ${name}`,
    ).sid;

  const workflow = await workspace.workflows.create({
    friendlyName: TRANSFER_WORKFLOW_NAME,
    configuration: JSON.stringify(
      buildTransferWorkflow(
        queues.map(({ friendlyName: name }) => ({ sid: queueSid(name), name })),
        { everyoneQueueSid: queueSid('Everyone') },
      ),
    ),
  });
  // Every run starts chats of its own; nobody must run out of room for them.
  await Promise.all(
    workers.map(({ sid }) => workspace.workers(sid).workerChannels('chat').update({ capacity: 200 })),
  );
  settings = {
    ACCOUNT_SID: SANDBOX_ACCOUNT.accountSid,
    AUTH_TOKEN: SANDBOX_ACCOUNT.authToken,
    TWILIO_API_KEY: SANDBOX_ACCOUNT.apiKeySid,
    TWILIO_API_SECRET: SANDBOX_ACCOUNT.apiKeySecret,
    TWILIO_CHAT_SERVICE_SID: SANDBOX_ACCOUNT.chatServiceSid,
    TWILIO_SYNC_SERVICE_SID: SANDBOX_ACCOUNT.syncServiceSid,
    TWILIO_WORKSPACE_SID: workspaceSid,
    TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: workflow.sid,
    TWILIO_FLEX_FLOW_SID: must(flexFlow, 'Flex Flow').sid,
    TWILIO_API_BASE_URL: sandbox.url,
    WEBCHAT_SESSION_SECRET: randomUUID(),
    ALLOWED_ORIGINS: 'https://flex.example.com',
    QUEUE_PUBLIC_LABELS: JSON.stringify({ [queueSid('Billing')]: 'Billing' }),
  };
  await workspace.update({
    eventCallbackUrl: host.url + EVENTS_PATH,
    // The functions drop what means nothing to them; an offer is what a page waits for.
    eventsFilter: [...TASK_ROUTER_EVENTS, 'reservation.created'].join(','),
  });

  const world = {
    host,
    queueSid,
    workerSid,
    latencies: () => latencies,

    /**
     * Runs something with every call and request taking its time, everybody at rest before and after, and says which
     * runs of functions there were for this chat.
     */
    async measure<T>({ conversationSid }: Chat, run: () => Promise<T>) {
      await host.quiet();
      const from = host.invocations().length;
      latencies = LATENCIES;
      try {
        const result = await run();
        await host.quiet();
        const invocations = host
          .invocations()
          .slice(from)
          .filter(({ event }) => JSON.stringify(event).includes(conversationSid));
        const tooFast = invocations
          .flatMap(({ calls }) => calls)
          .find(({ startMs, endMs }) => endMs - startMs < latencies.twilioMs);
        if (tooFast !== undefined)
          throw new Error(`${tooFast.method} ${tooFast.path} took less than ${latencies.twilioMs} ms.`);
        const refused = invocations.find(({ status }) => status >= 400);
        if (refused !== undefined)
          throw new Error(`${refused.path} ${refused.event.EventType ?? ''} answered ${refused.status}.`);
        return { result, invocations };
      } finally {
        latencies = NO_LATENCIES;
      }
    },

    /** A request of a browser. Throws when it is refused. */
    async post(path: string, request: Readonly<Record<string, string>>): Promise<Trip> {
      const { browserMs } = latencies;
      const startMs = performance.now();
      await until(startMs + browserMs / 2);
      const arrivedMs = performance.now();
      const answer = await fetch(host.url + path, {
        method: 'POST',
        body: encodeRequest(request),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
      await until(performance.now() + browserMs / 2);
      return { startMs, arrivedMs, endMs: performance.now(), body: JSON.parse(text) };
    },

    /** What an agent's page sends about a task of theirs. */
    async requestOf(worker: string, { taskSid, conversationSid }: Chat): Promise<Record<string, string>> {
      const answer = await fetch(`${sandbox.url}/_sandbox/tokens`, {
        method: 'POST',
        body: JSON.stringify({ kind: 'flex', identity: worker }),
      });
      const { token } = await answer.json();
      return { token: String(token), taskSid, conversationSid };
    },

    /** Waits until a task is offered to a worker. */
    async offered(worker: string, taskSid: string): Promise<string> {
      const sid = workerSid(worker);
      return eventually(`an offer of ${taskSid} to ${worker}`, async () => {
        const reservations = await workspace.tasks(taskSid).reservations.list({ workerSid: sid });
        return reservations.find(({ reservationStatus }) => reservationStatus === 'pending')?.sid;
      });
    },

    /** A worker accepts what was offered to them, and Flex puts them into the chat. */
    async accept(worker: string, { taskSid, conversationSid }: Chat, reservationSid?: string): Promise<void> {
      const sid = reservationSid ?? (await world.offered(worker, taskSid));
      await workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'accepted' });
      await client.chat.v2
        .services(SANDBOX_ACCOUNT.chatServiceSid)
        .channels(conversationSid)
        .members.create({ identity: worker });
    },

    /** A customer's chat that Alice has accepted. */
    async aChatWithAlice(): Promise<Chat> {
      const { body } = await world.post('/webchat/start', { name: 'Customer' });
      const conversationSid = String(body.conversationSid);
      const taskSid = await eventually(`a task of ${conversationSid}`, async () => {
        const tasks = await workspace.tasks.list();
        return tasks.find(({ attributes }) => attributes.includes(conversationSid))?.sid;
      });
      const chat = { conversationSid, taskSid };
      await world.accept('alice', chat);
      await host.quiet();
      return chat;
    },

    async close(): Promise<void> {
      await sandbox.close();
      await host.close();
    },
  };
  return world;
}

/** Looks until there is something. */
async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 1; tries <= 500; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await until(performance.now() + 10);
  }
  throw new Error(`Failed to wait for ${what}: it did not come.`);
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`Failed to set up the benchmark: there is no ${what}.`);
  return value;
}
