/**
 * The functions' handlers in this very process, against a real sandbox over HTTP and the real helper library, with time
 * and TaskRouter's callbacks in the hands of the test. For tests that need thousands of steps; `world.ts` runs the
 * built functions on twilio-run instead.
 */
import {
  type AccountSeed,
  type RequestRecord,
  SANDBOX_ACCOUNT,
  type SandboxSnapshot,
  startSandbox,
} from '@chat-transfer/flex-sandbox';
import {
  type Backend,
  type Ledger,
  ledgerName,
  parseConversationSid,
  parseLedger,
} from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import { type Account, must, setUpAccount } from './account';
import { MARKER_EVENT, startCallbackQueue, type TaskRouterCallback } from './callback-queue';
import { chatsOnTwilio, conversationOf } from './twilio-chats';
import { createLoopbackClient, type Line } from './loopback-client';
import { type SharedClock, shareClock } from './virtual-clock';
import { type FunctionAnswer, startRuntime } from './twilio-runtime';

/** Nobody is ever offered anything through this worker: it only makes TaskRouter send a marker. */
const MARKER_WORKER = 'marker';

export type TaskSnapshot = SandboxSnapshot['taskRouter']['tasks'][number];

/** A customer's chat. */
export interface Chat {
  readonly conversationSid: string;
  /** The first task. */
  readonly taskSid: string;
  /** The customer's identity in the chat. */
  readonly identity: string;
  /** For `/webchat/end`. */
  readonly session: string;
  /** Of the first task, as TaskRouter tells them: what makes it a task of this chat. */
  readonly taskAttributes: string;
}

export interface InProcessOptions {
  /** Where chats begin. Default: Programmable Chat. */
  readonly backend?: Backend;
  /** On Flex Conversations: whether customers write by SMS instead of webchat. They cannot end a chat. */
  readonly isTexting?: boolean;
  /** Over the default account of the sandbox. */
  readonly account?: Partial<AccountSeed>;
  /** Over the settings of the functions, by their names for them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Internal name of a queue → the name that customers may read. */
  readonly queueLabels?: Readonly<Record<string, string>>;
  /** Through which every call to the sandbox goes, the test's own too. */
  readonly line?: Line;
  /** How the functions wait. Default: time moves on by itself. */
  readonly sleep?: SharedClock['sleep'];
}

export type FunctionsFixture = Awaited<ReturnType<typeof startFunctionsFixture>>;

export async function startFunctionsFixture({
  backend = 'programmable-chat',
  isTexting = false,
  account,
  settings,
  queueLabels,
  line,
  sleep,
}: InProcessOptions = {}) {
  const callbacks = await startCallbackQueue();
  const sandbox = await startSandbox({ seed: 'in-process', ...(account === undefined ? {} : { account }) });
  const clock = shareClock(sandbox);
  const transport = createLoopbackClient(sandbox.url, line);
  const rest = twilio(SANDBOX_ACCOUNT.accountSid, SANDBOX_ACCOUNT.authToken, {
    httpClient: transport.httpClient,
  });
  const setUp = async (): Promise<Account> => {
    const [found] = await rest.taskrouter.v1.workspaces.list({ limit: 1 });
    const { sid } = must(found, 'workspace');
    await rest.taskrouter.v1
      .workspaces(sid)
      .workers.create({ friendlyName: MARKER_WORKER, attributes: '{}' });
    const made = await setUpAccount(rest, queueLabels === undefined ? {} : { queueLabels });
    await made.tellEvents(callbacks.url, [MARKER_EVENT]);
    return made;
  };
  let set = await setUp();
  let texters = 0;
  let tokens = new Map<string, Promise<string>>();

  const runtime = startRuntime(clock, () => ({
    ...set.settings,
    ...settings,
    clock: { ...clock, sleep: sleep ?? clock.sleep },
    getTwilioClient: () => rest,
  }));

  const workspace = () => set.workspace;
  const chats = chatsOnTwilio(backend, rest, sandbox);

  const control = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/_sandbox/${path} answered ${answer.status}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };

  const firstTask = (conversationSid: string): Pick<Chat, 'taskSid' | 'taskAttributes'> => {
    sandbox.state().clock.advance(0);
    const task = must(world.tasks(conversationSid)[0], 'first task');
    return { taskSid: task.sid, taskAttributes: JSON.stringify(task.attributes) };
  };

  const world = {
    ...chats,
    sandbox,
    /** Twilio's REST API for what tests do there themselves. */
    rest,
    clock,
    workspace,
    /** TaskRouter's events that wait to be delivered; complete after `settle`. */
    waiting: callbacks.waiting,
    /** Where TaskRouter sends its events. */
    callbacks,

    workerSid: (name: string) => must(set.workers.get(name), `worker ${name}`),
    queueSid: (name: string) => must(set.queues.get(name), `queue ${name}`),
    /** Internal names of the queues, by SID. */
    queues: () => set.queues,

    /** Calls the function of this path as a browser does. */
    post: (
      path: string,
      request: Readonly<Record<string, unknown>>,
      headers?: Readonly<Record<string, string>>,
    ): Promise<FunctionAnswer> => runtime.call(path, request, headers),

    /** Delivers an event of TaskRouter; the answer is the functions'. Does not take it out of `waiting`. */
    deliver: (callback: TaskRouterCallback): Promise<FunctionAnswer> =>
      runtime.call('/task-router/events', callback.fields),

    /** Waits until TaskRouter has routed its tasks and all its events are in `waiting`. */
    async settle(): Promise<void> {
      sandbox.state().clock.advance(0);
      await callbacks.untilMarker(() =>
        workspace().workers(world.workerSid(MARKER_WORKER)).workerChannels('chat').update({ capacity: 1 }),
      );
    },

    /** Settles and delivers everything in TaskRouter's order, also what follows from it. */
    async deliverAll(): Promise<void> {
      await world.settle();
      for (let next = callbacks.waiting.shift(); next !== undefined; next = callbacks.waiting.shift()) {
        await world.deliver(next);
        if (callbacks.waiting.length === 0) await world.settle();
      }
    },

    /** A Flex token of a worker, as their browser would hold; one per worker and account. */
    tokenOf(worker: string): Promise<string> {
      const token =
        tokens.get(worker) ??
        control('POST', 'tokens', { kind: 'flex', identity: worker }).then((session) =>
          String(session.token),
        );
      tokens.set(worker, token);
      return token;
    },

    /** A customer's chat, with the first task offered to somebody if anybody is free. */
    async startChat(name = 'Customer'): Promise<Chat> {
      if (isTexting) {
        texters += 1;
        return world.startByText('sms', `+1500555${String(texters).padStart(4, '0')}`);
      }
      const { body } = await world.post('/webchat/start', { name, backend });
      const conversationSid = must(parseConversationSid(body.conversationSid), JSON.stringify(body));
      return {
        ...firstTask(conversationSid),
        conversationSid,
        identity: String(body.identity),
        session: String(body.session),
      };
    },

    /** A chat that Alice is in, which the functions have heard of. */
    async startChatWithAlice(): Promise<Chat> {
      const chat = await world.startChat();
      await world.accept('alice', chat.taskSid);
      await world.deliverAll();
      return chat;
    },

    /** A chat that a customer begins by a text. */
    async startByText(type: 'sms' | 'whatsapp', from = '+15005550009'): Promise<Chat> {
      const { conversationSid } = await control('POST', 'texts', { type, from, body: 'Hello' });
      const sid = String(conversationSid);
      return { ...firstTask(sid), conversationSid: sid, identity: from, session: '' };
    },

    endByCustomer: ({ session }: Chat): Promise<FunctionAnswer> => world.post('/webchat/end', { session }),

    /** A live reservation of a worker on a task. */
    reservation: (worker: string, taskSid: string) =>
      world.task(taskSid)?.reservations.find(({ workerName }) => workerName === worker),

    /** A worker accepts what they are offered, and is in the chat then. Throws when it is not offered. */
    async accept(worker: string, taskSid: string): Promise<void> {
      await world.answer(worker, taskSid, 'accepted');
      await chats.admit(worker, conversationOf(must(world.task(taskSid), taskSid).attributes));
    },

    /** Changes a worker's live reservation by REST, as Flex's own buttons do: `rejected`, `wrapping`, `completed`. */
    async answer(worker: string, taskSid: string, reservationStatus: Answer): Promise<void> {
      const { sid } = must(world.reservation(worker, taskSid), `reservation of ${worker} on ${taskSid}`);
      await workspace().tasks(taskSid).reservations(sid).update({ reservationStatus });
    },

    /** Every task there is, with its live reservations; ended ones go after five minutes. */
    allTasks: (): readonly TaskSnapshot[] => sandbox.snapshot().taskRouter.tasks,
    task: (taskSid: string) => world.allTasks().find(({ sid }) => sid === taskSid),
    /** The tasks that name the chat, oldest first. */
    tasks: (conversationSid: string) =>
      world.allTasks().filter(({ attributes }) => conversationOf(attributes) === conversationSid),

    /** `undefined` when none has been written. */
    async ledger(conversationSid: string): Promise<Ledger | undefined> {
      const name = ledgerName(must(parseConversationSid(conversationSid), conversationSid));
      const document = await rest.sync.v1
        .services(SANDBOX_ACCOUNT.syncServiceSid)
        .documents(name)
        .fetch()
        .catch((error: { status?: number }) => {
          if (error.status === 404) return undefined;
          throw error;
        });
      return document && must(parseLedger(document.data), `ledger in ${JSON.stringify(document.data)}`);
    },

    /** Makes the next matching calls to Twilio fail, the test's own too; see the sandbox's `/_sandbox/faults`. */
    addFault: (fault: object) => control('POST', 'faults', fault),
    clearFaults: () => control('DELETE', 'faults'),
    requests: (): readonly RequestRecord[] => sandbox.requests(),

    /** Forgets everything: the account as at the start, no callback waiting. */
    async reset(): Promise<void> {
      await sandbox.reset();
      set = await setUp();
      tokens = new Map();
      await world.settle();
      callbacks.waiting.length = 0;
    },

    async close(): Promise<void> {
      runtime.stop();
      transport.close();
      await sandbox.close();
      await callbacks.close();
    },
  };
  return world;
}

type Answer = 'accepted' | 'rejected' | 'wrapping' | 'completed';
