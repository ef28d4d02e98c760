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
  buildTransferWorkflow,
  type Ledger,
  ledgerName,
  NOTICE_AUTHOR,
  type Notice,
  parseConversationSid,
  parseLedger,
  parseNotice,
  parseQueueSid,
  TASK_ROUTER_EVENTS,
  TRANSFER_WORKFLOW_NAME,
} from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import {
  type CallbackQueue,
  MARKER_EVENT,
  startCallbackQueue,
  type TaskRouterCallback,
} from './callback-queue';
import { createLoopbackClient, type Line } from './loopback-client';
import { SANDBOX_SETTINGS } from './sandbox-settings';
import { type SharedClock, shareClock } from './shared-clock';
import { type FunctionAnswer, startRuntime } from './twilio-runtime';

/** Nobody is ever offered anything through this worker: it only makes TaskRouter send a marker. */
const MARKER_WORKER = 'marker';

export type TaskSnapshot = SandboxSnapshot['taskRouter']['tasks'][number];
export type ChannelSnapshot = SandboxSnapshot['chat']['channels'][number];

/** A customer's chat. */
export interface Chat {
  readonly conversationSid: string;
  /** The first task. */
  readonly taskSid: string;
  /** The customer's identity in the chat. */
  readonly identity: string;
  /** For `/webchat/end`. */
  readonly session: string;
}

export interface InProcessOptions {
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

export type InProcessWorld = Awaited<ReturnType<typeof startInProcess>>;

export async function startInProcess({
  account,
  settings,
  queueLabels = {},
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
  let set: SetUp = await setUpAccount(rest, callbacks, queueLabels);
  let tokens = new Map<string, Promise<string>>();

  const runtime = startRuntime(clock, () => ({
    ...SANDBOX_SETTINGS,
    ...set.settings,
    ...settings,
    clock: { ...clock, sleep: sleep ?? clock.sleep },
    getTwilioClient: () => rest,
  }));

  const workspace = () => rest.taskrouter.v1.workspaces(set.workspaceSid);
  const members = (conversationSid: string) =>
    rest.chat.v2.services(SANDBOX_ACCOUNT.chatServiceSid).channels(conversationSid).members;

  const control = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/_sandbox/${path} answered ${answer.status}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };

  const world = {
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
      sandbox.world().clock.advance(0);
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
      const { body } = await world.post('/webchat/start', { name });
      const conversationSid = must(parseConversationSid(body.conversationSid), JSON.stringify(body));
      sandbox.world().clock.advance(0);
      const { sid: taskSid } = must(world.tasks(conversationSid)[0], 'first task');
      return { conversationSid, taskSid, identity: String(body.identity), session: String(body.session) };
    },

    endByCustomer: ({ session }: Chat): Promise<FunctionAnswer> => world.post('/webchat/end', { session }),

    /** A live reservation of a worker on a task. */
    reservation: (worker: string, taskSid: string) =>
      world.task(taskSid)?.reservations.find(({ workerName }) => workerName === worker),

    /** A worker accepts what they are offered, and Flex puts them into the chat. Throws when it is not offered. */
    async accept(worker: string, taskSid: string): Promise<void> {
      await world.answer(worker, taskSid, 'accepted');
      const conversationSid = String(world.task(taskSid)?.attributes.channelSid);
      // Flex takes "in already" for good.
      await members(conversationSid)
        .create({ identity: worker })
        .catch((error: { status?: number }) => {
          if (error.status !== 409) throw error;
        });
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
      world
        .allTasks()
        .filter(({ attributes }) =>
          [attributes.channelSid, attributes.transferredChannelSid].includes(conversationSid),
        ),

    /** The chat as Twilio holds it: members, messages, attributes. */
    channel: (conversationSid: string): ChannelSnapshot =>
      must(
        sandbox.snapshot().chat.channels.find(({ sid }) => sid === conversationSid),
        `chat ${conversationSid}`,
      ),

    /** Identities in the chat. */
    members: (conversationSid: string): string[] =>
      world.channel(conversationSid).members.map(({ identity }) => identity ?? ''),

    /** The notices a reader would see, in order. */
    notices: (conversationSid: string): Notice[] => noticesOf(world.channel(conversationSid)),

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
      set = await setUpAccount(rest, callbacks, queueLabels);
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

/** Throws when a message of the functions is no notice. */
function noticesOf({ messages }: ChannelSnapshot): Notice[] {
  return messages.flatMap(({ author, body, attributes }) => {
    if (author !== NOTICE_AUTHOR) return [];
    const notice = parseNotice({ author, body: body ?? '', attributes });
    if (notice === undefined || notice.kind === 'bare')
      throw new Error(`Unreadable notice: ${JSON.stringify(attributes)}`);
    return [notice];
  });
}

interface SetUp {
  readonly workspaceSid: string;
  readonly workers: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, string>;
  readonly settings: Readonly<Record<string, string>>;
}

/** What setting up an account for chat transfer does: workflow, room for chats, event callback. */
async function setUpAccount(
  rest: ReturnType<typeof twilio>,
  callbacks: CallbackQueue,
  labels: Readonly<Record<string, string>>,
): Promise<SetUp> {
  const [[found], [flexFlow]] = await Promise.all([
    rest.taskrouter.v1.workspaces.list({ limit: 1 }),
    rest.flexApi.v1.flexFlow.list({ limit: 1 }),
  ]);
  const workspaceSid = must(found, 'workspace').sid;
  const workspace = rest.taskrouter.v1.workspaces(workspaceSid);
  const [queues, workers] = await Promise.all([workspace.taskQueues.list(), workspace.workers.list()]);
  const queueSids = new Map(queues.map(({ sid, friendlyName }) => [friendlyName, sid]));
  const configuration = buildTransferWorkflow(
    queues.map(({ sid, friendlyName }) => ({ sid: must(parseQueueSid(sid), sid), name: friendlyName })),
    { everyoneQueueSid: must(parseQueueSid(queueSids.get('Everyone')), 'queue Everyone') },
  );
  const [workflow, marker] = await Promise.all([
    workspace.workflows.create({
      friendlyName: TRANSFER_WORKFLOW_NAME,
      configuration: JSON.stringify(configuration),
    }),
    workspace.workers.create({ friendlyName: MARKER_WORKER, attributes: '{}' }),
    // Nobody must run out of room for chats.
    ...workers.map(({ sid }) => workspace.workers(sid).workerChannels('chat').update({ capacity: 50 })),
  ]);
  await workspace.update({
    eventCallbackUrl: callbacks.url,
    eventsFilter: [...TASK_ROUTER_EVENTS, MARKER_EVENT].join(','),
  });

  const publicLabels = Object.entries(labels).map(([name, label]) => [queueSids.get(name), label]);
  return {
    workspaceSid,
    workers: new Map([...workers, marker].map(({ friendlyName, sid }) => [friendlyName, sid])),
    queues: queueSids,
    settings: {
      TWILIO_WORKSPACE_SID: workspaceSid,
      TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: workflow.sid,
      TWILIO_FLEX_FLOW_SID: must(flexFlow, 'Flex Flow').sid,
      QUEUE_PUBLIC_LABELS: JSON.stringify(Object.fromEntries(publicLabels)),
    },
  };
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}
