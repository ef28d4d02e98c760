/**
 * What the tests of the functions run in: the sandbox as Twilio, and the built functions on the real twilio-run. Tests
 * act as Flex does (over REST) and as browsers do (over HTTP), and read what came of it from Twilio's side.
 */
import { randomUUID } from 'node:crypto';
import { SANDBOX_ACCOUNT, type Sandbox, startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import {
  type Backend,
  encodeRequest,
  ledgerName,
  parseConversationSid,
  parseLedger,
} from '@chat-transfer/transfer-core';
import { must, setUpAccount, type Workspace } from './account';
import { chatsOnTwilio, conversationOf } from './twilio-chats';
import { startFunctions } from './functions-process';
import { waitFor } from './wait-for';

/** An answer of the functions. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A chat and one of its tasks. */
type ChatOfTask = Readonly<Record<'conversationSid' | 'taskSid', string>>;

export type HttpFixture = Awaited<ReturnType<typeof startHttpFixture>>;

export async function startHttpFixture({
  backend = 'programmable-chat',
}: {
  readonly backend?: Backend;
} = {}) {
  const sandbox = await startSandbox({ seed: 'functions' });
  const client = restClient(sandbox.url);
  const account = await setUpAccount(client, { queueLabels: { Billing: 'Billing' } });
  const { workspace } = account;
  const queueSid = (name: string) => must(account.queues.get(name), name);
  const workerSid = (name: string) => must(account.workers.get(name), name);
  const functions = await startFunctions({ ...account.settings, TWILIO_API_BASE_URL: sandbox.url });
  await account.tellEvents(`${functions.url}/task-router/events`);
  const chats = chatsOnTwilio(backend, client, sandbox);

  const post = (
    path: string,
    request: Readonly<Record<string, string | undefined>>,
    headers: HeadersInit = {},
  ) => postForm(functions.url, path, request, headers);

  const ledgerDocument = (conversationSid: string) =>
    client.sync.v1
      .services(SANDBOX_ACCOUNT.syncServiceSid)
      .documents(ledgerName(must(parseConversationSid(conversationSid), conversationSid)));

  return {
    ...chats,
    sandbox,
    client,
    workspace,
    /** Where the functions are. */
    url: functions.url,
    /** Everything the functions have logged. */
    log: functions.log,
    queueSid,
    workerSid,
    post,

    /** A Flex token of a worker, as their browser would hold. */
    async tokenOf(worker: string): Promise<string> {
      const session = await control(sandbox, 'tokens', { kind: 'flex', identity: worker });
      return String(session.token);
    },

    /** A customer's chat, with the first task waiting. */
    async startChat(name = 'Customer') {
      const { body } = await post('/webchat/start', { name, backend });
      const conversationSid = must(parseConversationSid(body.conversationSid), JSON.stringify(body));
      const taskSid = await waitFor(async () =>
        must((await tasksOf(workspace, conversationSid))[0], 'first task'),
      );
      return { conversationSid, taskSid, identity: String(body.identity), session: String(body.session) };
    },

    /** Every task that names the chat, oldest first. */
    tasks: (conversationSid: string) => tasksOf(workspace, conversationSid),

    /** A worker accepts a task once it is offered to them, and is in the chat then. */
    async accept(worker: string, taskSid: string, conversationSid: string): Promise<void> {
      const sid = workerSid(worker);
      const reservation = await waitFor(async () => {
        const offered = await workspace.tasks(taskSid).reservations.list({ workerSid: sid });
        return must(
          offered.find(({ reservationStatus }) => reservationStatus === 'pending'),
          `a reservation of ${worker}`,
        );
      });
      await workspace.tasks(taskSid).reservations(reservation.sid).update({ reservationStatus: 'accepted' });
      await chats.admit(worker, conversationSid);
    },

    /** A chat that Alice is in, with the notice of it posted. */
    async startChatWithAlice() {
      const chat = await this.startChat();
      await this.accept('alice', chat.taskSid, chat.conversationSid);
      await this.untilNotices(chat.conversationSid, ['agent-joined']);
      return chat;
    },

    /** The request of Alice for a cold transfer of this chat to Billing, with the given values over it. */
    async startRequest(chat: ChatOfTask, values: Record<string, string> = {}) {
      return {
        ...(await this.taskRequest('alice', chat)),
        transferId: randomUUID(),
        targetSid: queueSid('Billing'),
        mode: 'cold',
        ...values,
      };
    },

    /** A request of a worker about a task: leave, complete. */
    async taskRequest(worker: string, { taskSid, conversationSid }: ChatOfTask) {
      return { token: await this.tokenOf(worker), taskSid, conversationSid };
    },

    /** Waits until the notices of the chat are these, in this order. */
    async untilNotices(conversationSid: string, kinds: readonly string[]): Promise<void> {
      await waitFor(() => {
        const posted = chats.noticeKinds(conversationSid);
        if (posted.join() !== kinds.join()) throw new Error(`The notices are ${posted.join(', ')}`);
      });
    },

    async ledger(conversationSid: string) {
      const { data } = await ledgerDocument(conversationSid).fetch();
      return must(parseLedger(data), 'ledger');
    },

    async spoilLedger(conversationSid: string): Promise<void> {
      await ledgerDocument(conversationSid).update({ data: { not: 'a ledger' } });
    },

    /** Status of a worker's newest reservation on a task. */
    async reservationStatus(worker: string, taskSid: string): Promise<string | undefined> {
      const [newest] = await workspace.tasks(taskSid).reservations.list({ workerSid: workerSid(worker) });
      return newest?.reservationStatus;
    },

    /** Makes the next matching calls to Twilio fail; see the sandbox's `/_sandbox/faults`. */
    addFault: (fault: object) => control(sandbox, 'faults', fault),

    async close() {
      await sandbox.close();
      await functions.stop();
    },
  };
}

async function tasksOf(workspace: Workspace, chat: string): Promise<string[]> {
  const tasks = await workspace.tasks.list();
  return tasks
    .filter(({ attributes }) => conversationOf(JSON.parse(attributes)) === chat)
    .sort((a, b) => a.dateCreated.getTime() - b.dateCreated.getTime())
    .map(({ sid }) => sid);
}

async function control(sandbox: Sandbox, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`/_sandbox/${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
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
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
}
