/**
 * The built functions on twilio-run, against a sandbox over HTTP. Tests act as Flex does (over REST) and as browsers do
 * (over HTTP), and read the result from Twilio. Time is real: wait for a condition.
 */
import { randomUUID } from 'node:crypto';
import { startSandbox, turnQuirks } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { type Backend, encodeRequest, parseConversationSid, parseLedger } from '@chat-transfer/transfer-core';
import { aTransfer } from '@chat-transfer/transfer-core/testing';
import { signLedger } from '../../src/ledger/sign-ledger';
import { LEDGER_SECRET, ORIGIN, required, setUpAccount, type Workspace } from './account';
import { startFunctions } from './functions-process';
import { createSandboxControl } from './sandbox-control';
import { chooseQuirks } from './test-quirks';
import { createTwilioChats, readConversationSid } from './twilio-chats';
import { waitFor } from './wait-for';

/** A response of the functions. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A chat and one of its tasks. */
type ChatOfTask = Readonly<Record<'conversationSid' | 'taskSid', string>>;

export type HttpFixture = Awaited<ReturnType<typeof startHttpFixture>>;

export async function startHttpFixture({ backend = 'conversations' }: { readonly backend?: Backend } = {}) {
  const sandbox = await startSandbox({
    seed: 'functions',
    account: { quirks: turnQuirks(chooseQuirks(`http ${backend}`)) },
  });
  const control = createSandboxControl(sandbox.url);
  const client = restClient(sandbox.url);
  const account = await setUpAccount(client);
  const { workspace } = account;
  const queueSid = (name: string) => required(account.queues.get(name), `queue ${name}`);
  const workerSid = (name: string) => required(account.workers.get(name), `worker ${name}`);
  const functions = await startFunctions(
    { ...account.settings, TWILIO_API_BASE_URL: sandbox.url },
    { queue_labels: { [queueSid('Billing')]: 'Invoices' } },
  );
  await account.sendEventsTo(`${functions.url}/task-router/events`);
  const chats = createTwilioChats(backend, client, sandbox);

  const fixture = {
    ...chats,
    sandbox,
    client,
    workspace,
    /** Where the functions answer. */
    url: functions.url,
    /** All lines that the functions have logged. */
    log: functions.log,
    queueSid,
    workerSid,

    /** Sends a form to the function of this path, as a browser on a listed page does. */
    post: (path: string, request: Readonly<Record<string, string | undefined>>, headers: HeadersInit = {}) =>
      postForm(functions.url, path, request, headers),

    /** A Flex token, as the browser of this worker has it. */
    tokenOf: (worker: string) => control.issueToken(worker),

    /** Starts a customer's chat and waits for its first task. */
    async startChat(name = 'Customer') {
      const { body } = await fixture.post('/webchat/start', { name, backend });
      const conversationSid = required(
        parseConversationSid(body.conversationSid),
        `chat in ${JSON.stringify(body)}`,
      );
      const taskSid = await waitFor(async () =>
        required((await listTasks(workspace, conversationSid))[0], 'first task'),
      );
      return { conversationSid, taskSid, identity: String(body.identity), session: String(body.session) };
    },

    /** All tasks on the chat, oldest first. */
    tasks: (conversationSid: string) => listTasks(workspace, conversationSid),

    /** A worker accepts a task when it is offered to them, and is in the chat then. */
    async accept(worker: string, taskSid: string, conversationSid: string): Promise<void> {
      const sid = workerSid(worker);
      const reservation = await waitFor(async () => {
        const reservations = await workspace.tasks(taskSid).reservations.list({ workerSid: sid });
        return required(
          reservations.find(({ reservationStatus }) => reservationStatus === 'pending'),
          `reservation of ${worker}`,
        );
      });
      const offer = workspace.tasks(taskSid).reservations(reservation.sid);
      await offer.update({ reservationStatus: 'accepted' });
      await waitFor(async () => {
        const { reservationStatus } = await offer.fetch();
        if (reservationStatus !== 'accepted') throw new Error(`${worker} is not set up yet`);
      });
      await chats.addAgent(worker, conversationSid);
    },

    /** Starts a chat with Alice in it and waits for the notice that she has joined. */
    async startChatWithAlice() {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid, chat.conversationSid);
      await fixture.waitForNotices(chat.conversationSid, ['agent-joined']);
      return chat;
    },

    /** Alice's request for a cold transfer of this chat to Billing, with the given values instead of its own. */
    async startRequest(chat: ChatOfTask, values: Record<string, string> = {}) {
      return {
        ...(await fixture.taskRequest('alice', chat)),
        transferId: randomUUID(),
        targetSid: queueSid('Billing'),
        mode: 'cold',
        ...values,
      };
    },

    /** A worker's request about a task: leave, complete. */
    async taskRequest(worker: string, { taskSid, conversationSid }: ChatOfTask) {
      return { token: await fixture.tokenOf(worker), taskSid, conversationSid };
    },

    /** Waits until the notices of the chat are these, in this order. */
    async waitForNotices(conversationSid: string, kinds: readonly string[]): Promise<void> {
      await waitFor(() => {
        const posted = chats.noticeKinds(conversationSid);
        if (posted.join() !== kinds.join()) throw new Error(`The notices are ${posted.join(', ')}`);
      });
    },

    async ledger(conversationSid: string) {
      const { data } = await account.ledgerDocument(conversationSid).fetch();
      return required(parseLedger(data), `ledger in ${JSON.stringify(data)}`);
    },

    /**
     * Replaces the ledger by a signed one that a bug could have written: its transfer began at a time that no date can
     * hold. The refusal of another transfer names the time, so the function crashes.
     */
    async breakLedger(conversationSid: string): Promise<void> {
      const sid = required(parseConversationSid(conversationSid), `chat ${conversationSid}`);
      const ledger = {
        ...(await waitFor(() => fixture.ledger(conversationSid))),
        transfer: aTransfer({ state: 'requested', requestedAt: 1e300 }),
      };
      const data = signLedger(ledger, sid, { current: LEDGER_SECRET });
      await account.ledgerDocument(conversationSid).update({ data });
    },

    /** The status of a worker's newest reservation on a task. */
    async reservationStatus(worker: string, taskSid: string): Promise<string | undefined> {
      const [newest] = await workspace.tasks(taskSid).reservations.list({ workerSid: workerSid(worker) });
      return newest?.reservationStatus;
    },

    /** Injects a fault of the sandbox: the next matching calls to Twilio fail; see `/_sandbox/faults`. */
    addSandboxFault: control.addFault,
    clearSandboxFaults: control.clearFaults,

    async close() {
      await sandbox.close();
      await functions.stop();
    },
  };
  return fixture;
}

async function listTasks(workspace: Workspace, conversationSid: string): Promise<string[]> {
  const tasks = await workspace.tasks.list();
  return tasks
    .filter(({ attributes }) => readConversationSid(JSON.parse(attributes)) === conversationSid)
    .sort((a, b) => a.dateCreated.getTime() - b.dateCreated.getTime())
    .map(({ sid }) => sid);
}

async function postForm(
  url: string,
  path: string,
  request: Readonly<Record<string, string | undefined>>,
  headers: HeadersInit,
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method: 'POST',
    body: encodeRequest(request),
    headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
}
