/**
 * What the tests of the functions run in: the sandbox as Twilio, and the built functions on the real twilio-run. Tests
 * act as Flex does (over REST) and as browsers do (over HTTP), and read what came of it from Twilio's side.
 */
import { randomUUID } from 'node:crypto';
import { SANDBOX_ACCOUNT, type Sandbox, startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import {
  buildTransferWorkflow,
  encodeRequest,
  ledgerName,
  NOTICE_AUTHOR,
  parseConversationSid,
  parseLedger,
  parseNotice,
  parseQueueSid,
  TASK_ROUTER_EVENTS,
  TRANSFER_WORKFLOW_NAME,
} from '@chat-transfer/transfer-core';
import { vi } from 'vitest';
import { startFunctions } from './functions-process';

/** An answer of the functions. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export type FunctionsWorld = Awaited<ReturnType<typeof startWorld>>;

export async function startWorld() {
  const sandbox = await startSandbox({ seed: 'functions' });
  const client = restClient(sandbox.url);
  const [found] = await client.taskrouter.v1.workspaces.list({ limit: 1 });
  const [flexFlow] = await client.flexApi.v1.flexFlow.list({ limit: 1 });
  if (found === undefined || flexFlow === undefined)
    throw new Error('The sandbox has no workspace or Flex Flow');
  const workspace = client.taskrouter.v1.workspaces(found.sid);

  const queues = (await workspace.taskQueues.list()).map(({ sid, friendlyName }) => ({
    sid: must(parseQueueSid(sid), sid),
    name: friendlyName,
  }));
  const queueSid = (name: string) => must(queues.find((queue) => queue.name === name)?.sid, name);
  const workflow = await workspace.workflows.create({
    friendlyName: TRANSFER_WORKFLOW_NAME,
    configuration: JSON.stringify(buildTransferWorkflow(queues, { everyoneQueueSid: queueSid('Everyone') })),
  });
  const workers = new Map(
    (await workspace.workers.list()).map((worker) => [worker.friendlyName, worker.sid]),
  );
  const workerSid = (name: string) => must(workers.get(name), name);
  // Every test starts chats of its own; nobody must run out of room for them.
  await Promise.all(
    [...workers.values()].map((sid) =>
      workspace.workers(sid).workerChannels('chat').update({ capacity: 50 }),
    ),
  );

  const functions = await startFunctions({
    TWILIO_WORKSPACE_SID: found.sid,
    TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: workflow.sid,
    TWILIO_FLEX_FLOW_SID: flexFlow.sid,
    TWILIO_API_BASE_URL: sandbox.url,
    QUEUE_PUBLIC_LABELS: JSON.stringify({ [queueSid('Billing')]: 'Billing' }),
  });
  await workspace.update({
    eventCallbackUrl: `${functions.url}/task-router/events`,
    eventsFilter: TASK_ROUTER_EVENTS.join(','),
  });

  const post = (
    path: string,
    request: Readonly<Record<string, string | undefined>>,
    headers: HeadersInit = {},
  ) => postForm(functions.url, path, request, headers);

  /** The chat's messages, oldest first. */
  const messages = (conversationSid: string) =>
    client.chat.v2.services(SANDBOX_ACCOUNT.chatServiceSid).channels(conversationSid).messages.list();

  const ledgerDocument = (conversationSid: string) =>
    client.sync.v1
      .services(SANDBOX_ACCOUNT.syncServiceSid)
      .documents(ledgerName(must(parseConversationSid(conversationSid), conversationSid)));

  return {
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
      const { body } = await post('/webchat/start', { name });
      const conversationSid = must(parseConversationSid(body.conversationSid), JSON.stringify(body));
      const taskSid = await vi.waitFor(async () =>
        must((await tasksOf(workspace, conversationSid))[0], 'first task'),
      );
      return { conversationSid, taskSid, identity: String(body.identity), session: String(body.session) };
    },

    /** Every task that names the chat, oldest first. */
    tasks: (conversationSid: string) => tasksOf(workspace, conversationSid),

    /** A worker accepts a task once it is offered to them, and Flex puts them into the chat. */
    async accept(worker: string, taskSid: string, conversationSid: string): Promise<void> {
      const sid = workerSid(worker);
      const reservation = await vi.waitFor(async () => {
        const offered = await workspace.tasks(taskSid).reservations.list({ workerSid: sid });
        return must(
          offered.find(({ reservationStatus }) => reservationStatus === 'pending'),
          `a reservation of ${worker}`,
        );
      });
      await workspace.tasks(taskSid).reservations(reservation.sid).update({ reservationStatus: 'accepted' });
      await client.chat.v2
        .services(SANDBOX_ACCOUNT.chatServiceSid)
        .channels(conversationSid)
        .members.create({ identity: worker });
    },

    /** A chat that Alice is in, with the notice of it posted. */
    async startChatWithAlice() {
      const chat = await this.startChat();
      await this.accept('alice', chat.taskSid, chat.conversationSid);
      await this.untilNotices(chat.conversationSid, ['agent-joined']);
      return chat;
    },

    /** The request of Alice for a cold transfer of this chat to Billing, with the given values over it. */
    async startRequest(
      chat: { taskSid: string; conversationSid: string },
      values: Record<string, string> = {},
    ) {
      return {
        ...(await this.taskRequest('alice', chat)),
        transferId: randomUUID(),
        targetSid: queueSid('Billing'),
        mode: 'cold',
        ...values,
      };
    },

    /** A request of a worker about a task: leave, complete. */
    async taskRequest(
      worker: string,
      { taskSid, conversationSid }: { taskSid: string; conversationSid: string },
    ) {
      return { token: await this.tokenOf(worker), taskSid, conversationSid };
    },

    messages,

    /** Waits until the notices of the chat are these, in this order. */
    async untilNotices(conversationSid: string, kinds: readonly string[]): Promise<void> {
      await vi.waitFor(
        async () => {
          const posted = await this.noticeKinds(conversationSid);
          if (posted.join() !== kinds.join()) throw new Error(`The notices are ${posted.join(', ')}`);
        },
        { timeout: 5_000 },
      );
    },

    /** Kinds of the notices a reader would see, in order. */
    async noticeKinds(conversationSid: string): Promise<string[]> {
      return (await messages(conversationSid)).flatMap(({ from: author, body, attributes }) => {
        const notice = parseNotice({ author, body, attributes });
        if (author === NOTICE_AUTHOR && notice === undefined)
          throw new Error(`Unreadable notice: ${attributes}`);
        return notice === undefined ? [] : [notice.kind];
      });
    },

    /** Identities in the chat. */
    async members(conversationSid: string): Promise<string[]> {
      const members = await client.chat.v2
        .services(SANDBOX_ACCOUNT.chatServiceSid)
        .channels(conversationSid)
        .members.list();
      return members.map(({ identity }) => identity);
    },

    async deleteChat(conversationSid: string): Promise<void> {
      await client.chat.v2.services(SANDBOX_ACCOUNT.chatServiceSid).channels(conversationSid).remove();
    },

    async conversationAttributes(conversationSid: string): Promise<Readonly<Record<string, unknown>>> {
      const channel = await client.chat.v2
        .services(SANDBOX_ACCOUNT.chatServiceSid)
        .channels(conversationSid)
        .fetch();
      return JSON.parse(channel.attributes);
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

type Workspace = ReturnType<ReturnType<typeof restClient>['taskrouter']['v1']['workspaces']>;

async function tasksOf(workspace: Workspace, chat: string): Promise<string[]> {
  const tasks = await workspace.tasks.list();
  return tasks
    .filter(({ attributes }) => attributes.includes(chat))
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

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}
