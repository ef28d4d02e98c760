/**
 * The functions' handlers in this process, against a sandbox in this process, through Twilio's helper library. The test
 * controls the time, delivers TaskRouter's events, and can inject faults and interleave runs. `http-fixture.ts` runs
 * the built functions on twilio-run instead.
 */
import {
  type AccountSeed,
  DEFAULT_QUIRKS,
  type SandboxSnapshot,
  SET_UP_MS,
  startSandbox,
  turnQuirks,
} from '@chat-transfer/flex-sandbox';
import {
  type Backend,
  CLAIM_MS,
  type Ledger,
  parseConversationSid,
  parseLedger,
} from '@chat-transfer/transfer-core';
import type { WorkflowMemory } from '../../src/conversation/workflow-memory';
import { INDEX_NAME } from '../../src/ledger/due-index';
import { createSweepMemory } from '../../src/requests/sweep';
import { type Account, type LedgerDocument, ORIGIN, required, setUpAccount } from './account';
import { createAttacks } from './attacks';
import { createCallbackQueue, MARKER_EVENT, type TaskRouterCallback } from './callback-queue';
import { createClosingCounter } from './closing-counter';
import { type CallRecord, createDirectTransport, type DirectTransport } from './direct-transport';
import { createFaultInjector } from './fault-injector';
import { createInterleavingScheduler, type InterleavingScheduler } from './interleaving-scheduler';
import { createSandboxControl } from './sandbox-control';
import { createServiceOutage } from './service-outage';
import { chooseQuirks } from './test-quirks';
import { createTwilioChats, readConversationSid } from './twilio-chats';
import { type FunctionAnswer, startRuntime } from './twilio-runtime';
import { controlSandboxClock } from './virtual-clock';

/** This worker is offered nothing; a change of its capacity makes TaskRouter send a marker event. */
const MARKER_WORKER = 'marker';

/** Lets the admin's scheduled call sweep. */
const SWEEP_SECRET = 'the secret of scheduled sweeps';

/** After this time every claim has expired, and every unconfirmed effect is due. */
export const AFTER_CLAIMS_MS = CLAIM_MS + 1_000;

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
  /** Attributes of the first task as TaskRouter sends them; they say which chat the task is on. */
  readonly taskAttributes: string;
}

/** The functions run on two hosts, whose clocks may differ from Twilio's. */
export type Host = 'a' | 'b';

/** Where a function runs. */
export interface RunOn {
  /** Default: `a`. */
  readonly host?: Host;
}

export interface FunctionsFixtureOptions {
  /** Where chats begin. Default: Flex Conversations. */
  readonly backend?: Backend;
  /** On Flex Conversations: customers write by SMS instead of webchat. They cannot end a chat. */
  readonly isTexting?: boolean;
  /** Replaces parts of the sandbox's default account. */
  readonly account?: Partial<AccountSeed>;
  /** Replaces settings of the functions, or removes them; read for every request. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** The document of settings, `chat-transfer.json`. Default: none. */
  readonly settingsDocument?: object;
  /** Internal name of a queue → the name that customers may read. */
  readonly queueLabels?: Readonly<Record<string, string>>;
  /** All requests to a host run in one process, which remembers its last sweep. Default: each in a new process. */
  readonly sharesProcess?: boolean;
}

export type FunctionsFixture = Awaited<ReturnType<typeof startFunctionsFixture>>;

export async function startFunctionsFixture({
  backend = 'conversations',
  isTexting = false,
  account: accountSeed,
  settings,
  settingsDocument,
  queueLabels,
  sharesProcess = false,
}: FunctionsFixtureOptions = {}) {
  const quirks = {
    ...DEFAULT_QUIRKS,
    ...turnQuirks(chooseQuirks(`${backend} ${isTexting} ${JSON.stringify(settings)}`)),
    ...accountSeed?.quirks,
  };
  const sandbox = await startSandbox({ seed: 'in-process', account: { ...accountSeed, quirks } });
  const control = createSandboxControl(sandbox.url);
  const clock = controlSandboxClock(sandbox);
  const callbacks = createCallbackQueue();

  const sleep = async (ms: number): Promise<void> =>
    scheduler.isRunning() ? scheduler.sleep(ms) : clock.advance(Math.ceil(ms));
  const scheduler: InterleavingScheduler = createInterleavingScheduler({
    clock,
    isIdle: () => transport.isIdle(),
  });
  const faults = createFaultInjector({ sleep, isClockRunning: scheduler.isRunning });
  /** Outside `runInterleaved`, time passes only while a function waits, so no call exceeds its time. */
  const startTimer = (ms: number, run: () => void): (() => void) =>
    scheduler.isRunning() ? scheduler.startTimer(ms, faults.unlessCrashed(run)) : () => undefined;
  const skewsMs: Record<Host, number> = { a: 0, b: 0 };
  const closings = createClosingCounter();
  const serviceOutage = createServiceOutage(clock);
  const transport: DirectTransport = createDirectTransport(sandbox, [
    closings.intercept,
    faults.noteSending,
    scheduler.intercept,
    faults.intercept,
    serviceOutage.intercept,
  ]);
  const rest = transport.client;

  const setUp = async (): Promise<Account> => {
    const [first] = await rest.taskrouter.v1.workspaces.list({ limit: 1 });
    const { sid } = required(first, 'workspace');
    await rest.taskrouter.v1
      .workspaces(sid)
      .workers.create({ friendlyName: MARKER_WORKER, attributes: '{}' });
    const created = await setUpAccount(rest, queueLabels === undefined ? {} : { queueLabels });
    // The first chat of an account creates it. Then runs of later chats make the same calls.
    await rest.sync.v1
      .services(required(created.settings.TWILIO_SYNC_SERVICE_SID, 'Sync service'))
      .syncMaps.create({ uniqueName: INDEX_NAME });
    await created.sendEventsTo(callbacks.url, [MARKER_EVENT]);
    return created;
  };
  let account = await setUp();
  let textingCustomers = 0;
  let tokens = new Map<string, Promise<string>>();
  const createSweepMemories = () => ({ a: createSweepMemory(), b: createSweepMemory() });
  let sweepMemories = createSweepMemories();
  const createWorkflowMemories = (): Record<Host, WorkflowMemory> => ({ a: {}, b: {} });
  let workflowMemories = createWorkflowMemories();

  const runtime = await startRuntime(
    (host: Host) => ({
      ...account.settings,
      SWEEP_SECRET,
      ...settings,
      clock: { nowMs: () => clock.nowMs() + skewsMs[host], sleep, startTimer },
      createTwilioClient: transport.createClient,
      sweepMemory: sharesProcess ? sweepMemories[host] : createSweepMemory(),
      workflowMemory: sharesProcess ? workflowMemories[host] : {},
    }),
    settingsDocument,
  );
  /** A process checks the Sync service of the ledgers once. Afterwards every request makes the same calls. */
  const warmUp = () =>
    runtime.call('a', '/studio/track-task', {
      taskSid: `WT${'0'.repeat(32)}`,
      conversationSid: `CH${'0'.repeat(32)}`,
    });
  await warmUp();
  const workspace = () => account.workspace;
  const chats = createTwilioChats(backend, rest, sandbox);

  const firstTask = (conversationSid: string): Pick<Chat, 'taskSid' | 'taskAttributes'> => {
    clock.advance(0);
    const task = required(fixture.tasks(conversationSid)[0], 'first task');
    return { taskSid: task.sid, taskAttributes: JSON.stringify(task.attributes) };
  };

  const attacks = createAttacks({
    rest,
    workspaceSid: () => account.settings.TWILIO_WORKSPACE_SID ?? '',
    workflowSid: () => fixture.transferWorkflowSid(),
  });
  const trueChats = new Map<string, string | undefined>();

  const fixture = {
    ...chats,
    sandbox,
    /** Twilio's REST API, for what tests do at Twilio themselves. */
    rest,
    clock: { nowMs: clock.nowMs, advance: clock.advance },
    workspace,
    /** Runs requests, events and a test's own calls at the same time; see `InterleavingPlan`. */
    runInterleaved: scheduler.runInterleaved,
    /** Waits on the clock; during `runInterleaved` until its turn comes. */
    sleep,
    /** Runs a request or event with a fault in the calls that it makes. */
    runWithFault: faults.runWithFault,
    /** Lets a host such as `sync.twilio.com` refuse every call for a while; until a reset. */
    beginServiceOutage: serviceOutage.begin,
    /** How often a channel of an interaction (UO…) was closed. */
    countClosings: closings.countClosings,
    /** TaskRouter's events that are not delivered yet; complete after `settle`. */
    undelivered: callbacks.undelivered,

    workerSid: (name: string) => required(account.workers.get(name), `worker ${name}`),
    queueSid: (name: string) => required(account.queues.get(name), `queue ${name}`),
    /** SIDs of the queues by internal name. */
    queues: () => account.queues,
    /** The settings of the functions, by name. */
    settings: () => ({ ...account.settings, ...settings }),
    /** The functions run in another process from now on, which remembers nothing. */
    restartProcess() {
      sweepMemories = createSweepMemories();
      workflowMemories = createWorkflowMemories();
    },
    transferWorkflowSid: () => account.settings.TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID ?? '',

    /** Calls the function of this path as a browser on a listed page does, unless `headers` say otherwise. */
    post: (
      path: string,
      request: Readonly<Record<string, unknown>>,
      headers: Readonly<Record<string, string | undefined>> = {},
      { host = 'a' }: RunOn = {},
    ): Promise<FunctionAnswer> => runtime.call(host, path, request, { origin: ORIGIN, ...headers }),

    /** Delivers an event of TaskRouter to the functions. It stays in `undelivered`. */
    deliver: (callback: TaskRouterCallback, { host = 'a' }: RunOn = {}): Promise<FunctionAnswer> =>
      runtime.call(host, '/task-router/events', callback.fields),

    /** Sweeps as the admin's scheduled call does. */
    sweepAsAdmin: (): Promise<FunctionAnswer> => fixture.post('/sweep', { secret: SWEEP_SECRET }),

    /** Sweeps as an open Flex page with the plugin does. */
    sweepAsPage: async (): Promise<FunctionAnswer> =>
      fixture.post('/sweep', { token: await fixture.tokenOf('carol') }, undefined, { host: 'b' }),

    /** Sets a host's clock ahead of Twilio's by `skewMs`, or behind it; until a reset. */
    setClockSkew(host: Host, skewMs: number): void {
      skewsMs[host] = skewMs;
    },

    /** Waits until TaskRouter has routed its tasks and all its events are in `undelivered`. */
    async settle(): Promise<void> {
      clock.advance(0);
      await callbacks.waitForMarker(() =>
        workspace().workers(fixture.workerSid(MARKER_WORKER)).workerChannels('chat').update({ capacity: 1 }),
      );
    },

    /** Settles and delivers all events in TaskRouter's order, also those that follow from them. */
    async deliverAll(): Promise<void> {
      await fixture.settle();
      const { undelivered } = callbacks;
      for (let next = undelivered.shift(); next !== undefined; next = undelivered.shift()) {
        await fixture.deliver(next);
        if (undelivered.length === 0) await fixture.settle();
      }
    },

    /** Delivers the creation of a task, for the first time or again: an event that lets the functions do what is left. */
    deliverTaskCreated: (taskSid: string, taskAttributes: string): Promise<FunctionAnswer> => {
      const fields = {
        EventType: 'task.created',
        TaskSid: taskSid,
        TaskAttributes: taskAttributes,
        TimestampMs: String(clock.nowMs()),
      };
      return fixture.deliver({ type: fields.EventType, taskSid, fields });
    },

    /** A Flex token, as the browser of this worker has it; the same for every call until a reset. */
    tokenOf(worker: string): Promise<string> {
      const token = tokens.get(worker) ?? control.issueToken(worker);
      tokens.set(worker, token);
      return token;
    },

    /** Starts a customer's chat. Its first task is offered to an agent if one is available. */
    async startChat(name = 'Customer'): Promise<Chat> {
      if (isTexting) {
        textingCustomers += 1;
        return fixture.startTextChat('sms', `+1500555${String(textingCustomers).padStart(4, '0')}`);
      }
      const { body } = await fixture.post('/webchat/start', { name, backend });
      const conversationSid = required(
        parseConversationSid(body.conversationSid),
        `chat in ${JSON.stringify(body)}`,
      );
      return {
        ...firstTask(conversationSid),
        conversationSid,
        identity: String(body.identity),
        session: String(body.session),
      };
    },

    /** Starts a chat with Alice in it. The functions know that she is. */
    async startChatWithAlice(): Promise<Chat> {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);
      await fixture.deliverAll();
      return chat;
    },

    /** Starts the chat of a customer who texts. */
    async startTextChat(type: 'sms' | 'whatsapp', from = '+15005550009'): Promise<Chat> {
      const conversationSid = await control.sendText({ type, from, body: 'Hello' });
      return { ...firstTask(conversationSid), conversationSid, identity: from, session: '' };
    },

    endAsCustomer: ({ session }: Chat): Promise<FunctionAnswer> => fixture.post('/webchat/end', { session }),

    /** A worker's live reservation on a task. */
    reservation: (worker: string, taskSid: string) =>
      fixture.task(taskSid)?.reservations.find(({ workerName }) => workerName === worker),

    /** A worker accepts the offer of a task and is in the chat then. Throws if the task is not offered to them. */
    async accept(worker: string, taskSid: string): Promise<void> {
      await fixture.updateReservation(worker, taskSid, 'accepted');
      const { attributes } = required(fixture.task(taskSid), `task ${taskSid}`);
      await chats.addAgent(worker, readConversationSid(attributes));
    },

    /** Changes a worker's live reservation at TaskRouter, as Flex's own buttons do. */
    async updateReservation(
      worker: string,
      taskSid: string,
      reservationStatus: 'accepted' | 'rejected' | 'wrapping' | 'completed',
    ): Promise<void> {
      const what = `reservation of ${worker} on ${taskSid}`;
      const { sid } = required(fixture.reservation(worker, taskSid), what);
      await workspace().tasks(taskSid).reservations(sid).update({ reservationStatus });
      await fixture.waitForSetUp(worker, taskSid);
    },

    /** Waits until the worker's accept has taken effect, if Twilio sets them up first. */
    async waitForSetUp(worker: string, taskSid: string): Promise<void> {
      if (fixture.reservation(worker, taskSid)?.isOnHold) await sleep(SET_UP_MS);
    },

    /** `activity`: such as `Available` or `Offline`. */
    async setActivity(worker: string, activity: string): Promise<void> {
      const [found] = await workspace().activities.list({ friendlyName: activity });
      const { sid: activitySid } = required(found, `activity ${activity}`);
      await workspace().workers(fixture.workerSid(worker)).update({ activitySid });
    },

    /** All tasks with their live reservations. TaskRouter deletes ended ones after five minutes. */
    allTasks: (): readonly TaskSnapshot[] => sandbox.snapshot().taskRouter.tasks,
    task: (taskSid: string) => fixture.allTasks().find(({ sid }) => sid === taskSid),
    /** The tasks on the chat, oldest first, whatever an agent has written into the attributes of a task. */
    tasks: (conversationSid: string) =>
      fixture.allTasks().filter((task) => fixture.chatOf(task) === conversationSid),
    /** The chat of a task. A forged task has none. */
    chatOf: ({ sid, attributes }: Pick<TaskSnapshot, 'sid' | 'attributes'>): string | undefined =>
      trueChats.has(sid) ? trueChats.get(sid) : readConversationSid(attributes),
    /** Fixes the chat of a task, before an agent forges its attributes; `undefined` for a task that is not on a chat. */
    recordTrueChat(taskSid: string, conversationSid: string | undefined): void {
      trueChats.set(taskSid, conversationSid);
    },
    /** What agents can do beside Flex's buttons. */
    attacks,

    /** `undefined` before it is written. */
    async ledger(conversationSid: string): Promise<Ledger | undefined> {
      const document = await account
        .ledgerDocument(conversationSid)
        .fetch()
        .catch((error: { status?: number }) => {
          if (error.status === 404) return undefined;
          throw error;
        });
      return document && required(parseLedger(document.data), `ledger in ${JSON.stringify(document.data)}`);
    },

    /** The Sync document of the ledger, for tests that change it without the functions. */
    ledgerDocument: (conversationSid: string): LedgerDocument => account.ledgerDocument(conversationSid),

    /** Injects a fault of the sandbox: the next matching calls fail, a test's own too; see `/_sandbox/faults`. */
    async addSandboxFault(fault: object): Promise<void> {
      await control.addFault(fault);
      transport.useHttp(true);
    },
    /** Chooses what happens to the next accept on Flex Conversations; see `/_sandbox/set-up-faults`. */
    addSetUpFault: (fault: object): Promise<void> => control.addSetUpFault(fault),
    async clearSandboxFaults(): Promise<void> {
      transport.useHttp(false);
      await control.clearFaults();
    },
    /** Every call to Twilio since the last reset, a test's own too, oldest first. */
    calls: (): readonly CallRecord[] => transport.calls(),

    /** Replaces the account by a new one, and forgets all events and faults. */
    async reset(): Promise<void> {
      await sandbox.reset();
      // A test may have changed some, and they stay after a reset.
      sandbox.state().setQuirks(quirks);
      transport.useHttp(false);
      transport.forgetCalls();
      closings.reset();
      serviceOutage.end();
      account = await setUp();
      await warmUp();
      tokens = new Map();
      Object.assign(skewsMs, { a: 0, b: 0 });
      sweepMemories = createSweepMemories();
      workflowMemories = createWorkflowMemories();
      trueChats.clear();
      await fixture.settle();
      callbacks.undelivered.length = 0;
    },

    async close(): Promise<void> {
      runtime.stop();
      callbacks.close();
      await sandbox.close();
      clock.release();
    },
  };
  return fixture;
}
