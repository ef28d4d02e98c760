/**
 * The fixture of the benchmark: the sandbox as Twilio, the built functions on the measuring host, and the actions of
 * agents and customers. Only what is measured has latencies; preparing has none.
 */
import { randomUUID } from 'node:crypto';
import { startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { type Backend, encodeRequest } from '@chat-transfer/transfer-core';
import { ORIGIN, required, setUpAccount } from '../test/support/account';
import { createSandboxControl } from '../test/support/sandbox-control';
import { createTwilioChats, readConversationSid } from '../test/support/twilio-chats';
import { EVENTS_PATH, startHost, waitUntil } from './host';

/** In ms. The original was measured with the same ones, so the two can be compared. */
export interface Latencies {
  /** Of every call of the functions to Twilio and back. */
  readonly twilioMs: number;
  /** Of every request of a browser to the functions and back. */
  readonly browserMs: number;
  /** Until a page shows what happened at Twilio. */
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
  /** When the function gets the request. */
  readonly arrivedMs: number;
  /** When the browser has the answer. */
  readonly endMs: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export type BenchFixture = Awaited<ReturnType<typeof startBenchFixture>>;

/** `functionsFolder`: the built functions. */
export async function startBenchFixture(functionsFolder: string, backend: Backend) {
  let latencies = NO_LATENCIES;
  let settings: Readonly<Record<string, string>> = {};
  const sandbox = await startSandbox({ seed: 'benchmark' });
  const control = createSandboxControl(sandbox.url);
  const host = await startHost({
    functionsFolder,
    settings: () => settings,
    latencyMs: () => latencies.twilioMs,
  });
  const client = restClient(sandbox.url);
  const account = await setUpAccount(client, { queueLabels: { Billing: 'Billing' }, chatCapacity: 200 });
  const { workspace } = account;
  const queueSid = (name: string) => required(account.queues.get(name), `queue ${name}`);
  const workerSid = (name: string) => required(account.workers.get(name), `worker ${name}`);
  settings = { ...account.settings, TWILIO_API_BASE_URL: sandbox.url };
  // A page waits for the event of an offer. The functions ignore it.
  await account.sendEventsTo(host.url + EVENTS_PATH, ['reservation.created']);
  const chats = createTwilioChats(backend, client, sandbox);
  await warmUp(host.url);

  const fixture = {
    host,
    queueSid,
    workerSid,
    latencies: () => latencies,

    /**
     * Runs something with latencies, with no function running before and after. Returns its result and the
     * invocations that were about this chat.
     */
    async measure<T>({ conversationSid }: Chat, run: () => Promise<T>) {
      await host.waitUntilQuiet();
      const from = host.invocations().length;
      latencies = LATENCIES;
      try {
        const result = await run();
        await host.waitUntilQuiet();
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

    /** Sends a browser's request. Throws if it is refused. */
    async post(path: string, request: Readonly<Record<string, string>>): Promise<Trip> {
      const { browserMs } = latencies;
      const startMs = performance.now();
      await waitUntil(startMs + browserMs / 2);
      const arrivedMs = performance.now();
      const answer = await fetch(host.url + path, {
        method: 'POST',
        body: encodeRequest(request),
        headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' },
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
      await waitUntil(performance.now() + browserMs / 2);
      return { startMs, arrivedMs, endMs: performance.now(), body: JSON.parse(text) };
    },

    /** The fields of an agent's request about a task. */
    async taskRequest(worker: string, { taskSid, conversationSid }: Chat): Promise<Record<string, string>> {
      return { token: await control.issueToken(worker), taskSid, conversationSid };
    },

    /** Waits until a task is offered to a worker. Returns the reservation. */
    async waitForOffer(worker: string, taskSid: string): Promise<string> {
      const sid = workerSid(worker);
      return waitFor(`an offer of ${taskSid} to ${worker}`, async () => {
        const reservations = await workspace.tasks(taskSid).reservations.list({ workerSid: sid });
        return reservations.find(({ reservationStatus }) => reservationStatus === 'pending')?.sid;
      });
    },

    /** A worker accepts an offer and is in the chat then. Without a reservation it waits for the offer. */
    async accept(worker: string, { taskSid, conversationSid }: Chat, reservationSid?: string): Promise<void> {
      const sid = reservationSid ?? (await fixture.waitForOffer(worker, taskSid));
      await workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'accepted' });
      await chats.addAgent(worker, conversationSid);
    },

    /** Starts a customer's chat with Alice in it. */
    async startChatWithAlice(): Promise<Chat> {
      const { body } = await fixture.post('/webchat/start', { name: 'Customer', backend });
      const conversationSid = String(body.conversationSid);
      const taskSid = await waitFor(`a task of ${conversationSid}`, async () => {
        const tasks = await workspace.tasks.list();
        return tasks.find(({ attributes }) => readConversationSid(JSON.parse(attributes)) === conversationSid)
          ?.sid;
      });
      const chat = { conversationSid, taskSid };
      await fixture.accept('alice', chat);
      await waitFor('the notice that Alice joined', async () => chats.noticeKinds(conversationSid).at(-1));
      await host.waitUntilQuiet();
      return chat;
    },

    async close(): Promise<void> {
      await sandbox.close();
      await host.close();
    },
  };
  return fixture;
}

/** The first request of a function also checks the Sync service of the ledgers. That is not what is measured. */
async function warmUp(functionsUrl: string): Promise<void> {
  const request = {
    ...{ token: 'none', taskSid: `WT${'0'.repeat(32)}`, conversationSid: `CH${'0'.repeat(32)}` },
    ...{ transferId: randomUUID(), targetSid: `WQ${'0'.repeat(32)}`, mode: 'warm' },
  };
  for (const path of ['transfer/start', 'transfer/cancel', 'conversation/leave', 'conversation/complete']) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${functionsUrl}/${path}`, {
      method: 'POST',
      body: encodeRequest(request),
      headers,
    });
    if (answer.status !== 401) throw new Error(`/${path} answered ${answer.status} to an unknown caller.`);
  }
}

/** Calls `look` until it returns something. */
async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempts = 1; attempts <= 500; attempts += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await waitUntil(performance.now() + 10);
  }
  throw new Error(`Failed to wait for ${what}: it did not come within 500 attempts.`);
}
