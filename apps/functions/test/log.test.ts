/**
 * What the functions log: one line for every request, whatever its outcome, and no personal data, token or
 * secret. The words below occur in requests only, so a log that contains one of them leaks data.
 */
import { randomUUID } from 'node:crypto';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { type Backend, encodeRequest } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LEDGER_SECRET, SESSION_SECRET } from './support/account';
import { type Chat, type FunctionsFixture, startFunctionsFixture } from './support/functions-fixture';
import { type HttpFixture, startHttpFixture } from './support/http-fixture';
import { BACKENDS } from './support/twilio-chats';
import { waitFor } from './support/wait-for';

const NOTE = 'zebra-note';
const CUSTOMER = 'zebra-customer';
const MESSAGE = 'zebra-message';
const GARBAGE_TOKEN = 'zebra-token';

const PATHS = [
  '/transfer/start',
  '/transfer/cancel',
  '/conversation/leave',
  '/conversation/complete',
  '/task-router/events',
  '/studio/track-task',
  '/webchat/end',
  '/webchat/start',
] as const;
type Path = (typeof PATHS)[number];

interface Subject extends Chat {
  readonly token: string;
  readonly transferId: string;
  readonly targetSid: string;
  readonly backend: Backend;
}

function buildRequest(path: Path, subject: Subject): Readonly<Record<string, string>> {
  const { taskSid, conversationSid, token, transferId, targetSid, session, taskAttributes, backend } =
    subject;
  const ofWorker = { token, taskSid, conversationSid };
  switch (path) {
    case '/transfer/start':
      return { ...ofWorker, transferId, targetSid, mode: 'warm', note: NOTE };
    case '/transfer/cancel':
      return { ...ofWorker, transferId };
    case '/conversation/leave':
    case '/conversation/complete':
      return ofWorker;
    case '/task-router/events':
      return {
        ...{ EventType: 'task.created', TaskSid: taskSid, TimestampMs: '1' },
        TaskAttributes: taskAttributes,
      };
    case '/studio/track-task':
      return { taskSid, conversationSid };
    case '/webchat/start':
      return { name: CUSTOMER, backend };
    case '/webchat/end':
      return { session };
  }
}

describe.each(BACKENDS)('logRequest on %s', (backend) => {
  let fixture: FunctionsFixture;
  let subject: Subject;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
    const chat = await fixture.startChat(CUSTOMER);
    await fixture.accept('alice', chat.taskSid);
    await fixture.deliverAll();
    const ids = { transferId: randomUUID(), targetSid: fixture.workerSid('bob'), backend };
    subject = { ...chat, ...ids, token: await fixture.tokenOf('alice') };
  });
  afterAll(() => fixture?.close());

  /** Sends a request and answers the one line that it logs. */
  const sendForLogLine = async (path: Path, changes: Readonly<Record<string, unknown>> = {}) => {
    const { log } = await fixture.post(path, { ...buildRequest(path, subject), ...changes });
    expect(log).toHaveLength(1);
    return JSON.parse(log[0] ?? '');
  };

  /** The ids that the request names. */
  function listLoggedIds(path: Path) {
    const { transferId, taskSid, TaskSid, EventType } = buildRequest(path, subject);
    const ids = { transferId, taskSid: taskSid ?? TaskSid, eventType: EventType };
    return Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== undefined));
  }

  const durationMs = expect.any(Number);

  it.each(PATHS)('writes one line for a request to %s that is refused', async (path) => {
    const [field = ''] = Object.keys(buildRequest(path, subject)).slice(-1);
    const line = await sendForLogLine(path, { [field]: { value: NOTE } });
    expect(line).toMatchObject({ endpoint: path, outcome: 'bad-input', durationMs });
    expect(line.message).toContain(`${field} is not valid`);
  });

  it('says that an event was ignored because no record ties its task to the chat it names', async () => {
    const [workflow] = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });
    const { sid } = await fixture.workspace().tasks.create({
      ...{ attributes: subject.taskAttributes, taskChannel: 'chat', workflowSid: workflow?.sid ?? '' },
    });

    const line = await sendForLogLine('/task-router/events', { TaskSid: sid });

    expect(line).toEqual({
      ...{ endpoint: '/task-router/events', eventType: 'task.created', taskSid: sid, durationMs },
      ...{ outcome: 'ok', ignored: 'no-evidence' },
    });
  });

  it.each(PATHS)('writes one line for a request to %s that Twilio refuses', async (path) => {
    await fixture.addSandboxFault({ times: null, status: 403, code: 20003, message: MESSAGE });
    const line = await sendForLogLine(path).finally(() => fixture.clearSandboxFaults());
    expect(line).toMatchObject({
      endpoint: path,
      ...listLoggedIds(path),
      outcome: 'twilio-failed',
      durationMs,
    });
    expect(line.message).toContain('answered 403');
    expect(JSON.stringify(line)).not.toContain(MESSAGE);
  });

  it.each(PATHS)(
    'writes one line for a request to %s that crashes, with the stack and without the data',
    async (path) => {
      const crash = () => {
        throw Object.assign(new TypeError('broken'), { request: { body: MESSAGE } });
      };
      const spies = [
        vi.spyOn(twilio.Twilio.prototype, 'sync', 'get').mockImplementation(crash),
        vi.spyOn(twilio.jwt.AccessToken.prototype, 'toJwt').mockImplementation(crash),
      ];
      const line = await sendForLogLine(path).finally(() => {
        for (const spy of spies) spy.mockRestore();
      });
      expect(line).toMatchObject({ endpoint: path, ...listLoggedIds(path), outcome: 'internal', durationMs });
      expect(line.bug).toMatch(/TypeError: broken[\s\S]+at .+(sync(-map)?|webchat)\.ts/);
      expect(line.bug).not.toContain(MESSAGE);
    },
  );

  it.each(PATHS)('writes one line for a request to %s that succeeds', async (path) => {
    const line = await sendForLogLine(path);
    expect(line).toMatchObject({ endpoint: path, ...listLoggedIds(path), outcome: 'ok', durationMs });
    expect(line).not.toHaveProperty('message');
  });
});

describe('logRequest with a malformed setting', () => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ settings: { ACCOUNT_SID: 'AC-too-short' } });
  });
  afterAll(() => fixture?.close());

  it.each(PATHS)(
    'writes, for a request to %s, one line that names the setting but not its value',
    async (path) => {
      const { log, status } = await fixture.post(path, {});
      expect(status).toBe(500);
      expect(log.map((line) => JSON.parse(line))).toMatchObject([
        { endpoint: path, outcome: 'not-configured' },
      ]);
      expect(log.join()).toContain('ACCOUNT_SID');
      expect(log.join()).not.toContain('too-short');
    },
  );
});

/** On one backend only: this takes long, and the code that logs does not know the backend. */
describe('the output of the functions', () => {
  const backend: Backend = 'conversations';
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await startHttpFixture({ backend });
  });
  afterAll(() => fixture?.close());

  /** Sends a request with Twilio's signature, which protected functions require. */
  const post = (path: Path, request: Readonly<Record<string, string>>) => {
    const { authToken } = SANDBOX_ACCOUNT;
    const signature = twilio.getExpectedTwilioSignature(authToken, fixture.url + path, { ...request });
    return fetch(fixture.url + path, {
      method: 'POST',
      body: encodeRequest(request),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    });
  };

  it('holds no token, secret, session, name, note or message, even when calls fail or functions crash', async () => {
    const secrets = new Set([
      ...[NOTE, CUSTOMER, MESSAGE, GARBAGE_TOKEN, SESSION_SECRET, LEDGER_SECRET],
      ...[SANDBOX_ACCOUNT.authToken, SANDBOX_ACCOUNT.apiKeySecret],
      // The form in which an HTTP client would print SID and token.
      Buffer.from(`${SANDBOX_ACCOUNT.accountSid}:${SANDBOX_ACCOUNT.authToken}`).toString('base64'),
      // Only the public part of an agent's name may be logged.
      ...['Archer', 'Baker', 'alice@example.com'],
    ]);
    const addSecret = (token: string) => {
      for (const part of [token, ...token.split('.').filter(({ length }) => length > 20)]) secrets.add(part);
      return token;
    };
    const startSubject = async (): Promise<Subject> => {
      const chat = await fixture.startChat(CUSTOMER);
      await fixture.accept('alice', chat.taskSid, chat.conversationSid);
      await fixture.postMessage(chat.conversationSid, chat.identity, MESSAGE);
      addSecret(chat.session);
      const { attributes: taskAttributes } = await fixture.workspace.tasks(chat.taskSid).fetch();
      expect(taskAttributes).toContain(CUSTOMER);
      const ids = { transferId: randomUUID(), targetSid: fixture.workerSid('bob'), taskAttributes, backend };
      return { ...chat, ...ids, token: addSecret(await fixture.tokenOf('alice')) };
    };
    let sent = 0;
    const sendAll = async (subject: Subject, changes: Readonly<Record<string, string>> = {}) => {
      const send = async (path: Path) => {
        const answer = await post(path, { ...buildRequest(path, subject), ...changes });
        const body = await answer.json();
        if (typeof body.token === 'string') addSecret(body.token);
        if (typeof body.session === 'string') addSecret(body.session);
        sent += 1;
      };
      // First, because the other requests end the chat.
      await send('/transfer/start');
      await Promise.all(PATHS.filter((path) => path !== '/transfer/start').map(send));
    };

    await sendAll(await startSubject());
    const subject = await startSubject();
    // Every field with the value of another field.
    const fields = [...new Set(PATHS.flatMap((path) => Object.keys(buildRequest(path, subject))))];
    for (const value of [subject.token, NOTE, subject.session]) {
      await sendAll(subject, Object.fromEntries(fields.map((field) => [field, value])));
    }
    await sendAll(subject, { token: GARBAGE_TOKEN });
    // Twilio does not answer, or refuses with the text of a message; then the functions crash.
    const refused = { status: 400, code: 20001, message: MESSAGE };
    for (const fault of [
      { host: '^(iam|flex-api|sync)', drop: 'before' },
      { host: '^taskrouter', method: 'POST', drop: 'before' },
      { host: '^(chat|conversations)', drop: 'before' },
      { host: '^(chat|conversations|taskrouter|flex-api)', method: 'POST', ...refused },
    ]) {
      const other = await startSubject();
      await fixture.addSandboxFault({ path: '/v', times: null, ...fault });
      await sendAll(other);
      await fixture.clearSandboxFaults();
    }
    const broken = await startSubject();
    await fixture.breakLedger(broken.conversationSid);
    await sendAll(broken);

    // TaskRouter's own events add more lines.
    const lines = () => fixture.log.filter((line) => line.startsWith('{"endpoint"'));
    await waitFor(() => expect(lines().length).toBeGreaterThanOrEqual(sent));
    const output = fixture.log.join('\n');
    for (const secret of secrets) expect([secret, output.includes(secret)]).toEqual([secret, false]);
    for (const path of PATHS) expect(output).toContain(`"endpoint":"${path}"`);
    for (const outcome of ['ok', 'bad-input', 'token-invalid', 'twilio-failed', 'internal']) {
      expect(output).toContain(`"outcome":"${outcome}"`);
    }
    expect(output).not.toMatch(/UnhandledPromise|unhandled/i);
  });
});
