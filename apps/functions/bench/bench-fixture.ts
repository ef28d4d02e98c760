/**
 * What the benchmark runs in: the sandbox as Twilio, the built functions on the measuring host, and people who do what
 * Flex and browsers would do for them. Preparing costs no latency; only what is measured does.
 */
import { startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { type Backend, encodeRequest } from '@chat-transfer/transfer-core';
import { must, setUpAccount } from '../test/support/account';
import { chatsOnTwilio, conversationOf } from '../test/support/twilio-chats';
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
export async function startWorld(functionsFolder: string, backend: Backend) {
  let latencies = NO_LATENCIES;
  let settings: Readonly<Record<string, string>> = {};
  const sandbox = await startSandbox({ seed: 'benchmark' });
  const host = await startHost({
    functionsFolder,
    settings: () => settings,
    latencyMs: () => latencies.twilioMs,
  });
  const client = restClient(sandbox.url);
  const account = await setUpAccount(client, { queueLabels: { Billing: 'Billing' }, chatCapacity: 200 });
  const { workspace } = account;
  const queueSid = (name: string) => must(account.queues.get(name), `queue ${name}`);
  const workerSid = (name: string) => must(account.workers.get(name), `worker ${name}`);
  settings = { ...account.settings, TWILIO_API_BASE_URL: sandbox.url };
  // The functions drop what means nothing to them; an offer is what a page waits for.
  await account.tellEvents(host.url + EVENTS_PATH, ['reservation.created']);
  const chats = chatsOnTwilio(backend, client, sandbox);

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

    /** A worker accepts what was offered to them, and is in the chat then. */
    async accept(worker: string, { taskSid, conversationSid }: Chat, reservationSid?: string): Promise<void> {
      const sid = reservationSid ?? (await world.offered(worker, taskSid));
      await workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'accepted' });
      await chats.admit(worker, conversationSid);
    },

    /** A customer's chat that Alice has accepted. */
    async aChatWithAlice(): Promise<Chat> {
      const { body } = await world.post('/webchat/start', { name: 'Customer', backend });
      const conversationSid = String(body.conversationSid);
      const taskSid = await eventually(`a task of ${conversationSid}`, async () => {
        const tasks = await workspace.tasks.list();
        return tasks.find(({ attributes }) => conversationOf(JSON.parse(attributes)) === conversationSid)
          ?.sid;
      });
      const chat = { conversationSid, taskSid };
      await world.accept('alice', chat);
      await eventually('the word of Alice’s coming', async () => chats.noticeKinds(conversationSid).at(-1));
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
