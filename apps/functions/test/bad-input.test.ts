/**
 * Wrong requests to every endpoint. Each gets a code and changes nothing at Twilio: no task, reservation,
 * chat or ledger. `bad-input.http.test.ts` tests what only a real HTTP server refuses.
 */
import { randomUUID } from 'node:crypto';
import { MAX_NAME_LENGTH, MAX_NOTE_LENGTH } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signSession } from '../src/requests/webchat-session';
import { ORIGIN, SESSION_SECRET } from './support/account';
import { type Chat, type FunctionsFixture, startFunctionsFixture } from './support/functions-fixture';
import { readTwilioState } from './support/sandbox-control';
import { BACKENDS } from './support/twilio-chats';

type Fields = Readonly<Record<string, unknown>>;

const WORKER_PATHS = [
  '/transfer/start',
  '/transfer/cancel',
  '/conversation/leave',
  '/conversation/complete',
] as const;
const PATHS = [
  ...WORKER_PATHS,
  '/task-router/events',
  '/studio/track-task',
  '/webchat/start',
  '/webchat/end',
] as const;
const unknownSid = (prefix: string) => prefix + 'f'.repeat(32);

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  /** Alice is in this chat, and has offered the other one to Bob. */
  let chat: Chat;
  let offered: Chat & { readonly transferId: string };

  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
    [chat, offered] = [
      await fixture.startChatWithAlice(),
      { ...(await fixture.startChatWithAlice()), transferId: randomUUID() },
    ];
    const started = await fixture.post('/transfer/start', {
      ...(await workerRequest(offered)),
      transferId: offered.transferId,
      targetSid: fixture.workerSid('bob'),
      mode: 'warm',
    });
    expect(started.body).toMatchObject({ ok: true });
    await fixture.deliverAll();
  });
  afterAll(() => fixture?.close());

  const workerRequest = async ({ taskSid, conversationSid }: Chat) => ({
    token: await fixture.tokenOf('alice'),
    taskSid,
    conversationSid,
  });

  /** A valid request. */
  async function validRequest(path: string): Promise<Fields> {
    switch (path) {
      case '/transfer/start':
        return {
          ...(await workerRequest(chat)),
          transferId: randomUUID(),
          targetSid: fixture.workerSid('bob'),
          mode: 'cold',
          note: 'Wants a refund',
        };
      case '/transfer/cancel':
        return { ...(await workerRequest(offered)), transferId: offered.transferId };
      case '/task-router/events':
        return {
          EventType: 'task.canceled',
          TimestampMs: String(fixture.clock.nowMs()),
          TaskSid: chat.taskSid,
          TaskAttributes: chat.taskAttributes,
        };
      case '/studio/track-task':
        return { taskSid: chat.taskSid, conversationSid: chat.conversationSid };
      case '/webchat/start':
        return { name: 'Robin', backend };
      case '/webchat/end':
        return { session: chat.session };
      default:
        return workerRequest(chat);
    }
  }

  const readState = () => readTwilioState(fixture.sandbox, fixture.rest);

  interface Refusal {
    readonly status: number;
    readonly code: string;
    /** A text that the message must contain. */
    readonly naming?: string;
  }

  /** Sends the endpoint's valid request with some fields changed. Expects a refusal that changes nothing. */
  async function expectRefused(
    path: string,
    changes: Fields,
    { status, code, naming = '' }: Refusal,
    headers: Readonly<Record<string, string | undefined>> = {},
  ) {
    const request = { ...(await validRequest(path)), ...changes };
    const before = await readState();
    const callsBefore = fixture.calls().length;

    const answer = await fixture.post(path, request, headers);

    const writes = fixture
      .calls()
      .slice(callsBefore)
      .filter((call) => call.method !== 'GET' && !call.path.endsWith('/validate'));
    expect(answer).toMatchObject({
      status,
      body: { ok: false, code, message: expect.stringContaining(naming), retryable: false },
    });
    expect(Object.keys(answer.body).sort()).toEqual(['code', 'message', 'ok', 'retryable']);
    expect(writes).toEqual([]);
    expect(await readState()).toEqual(before);
    return answer;
  }

  const REQUIRED: Readonly<Record<(typeof PATHS)[number], readonly string[]>> = {
    '/transfer/start': ['token', 'taskSid', 'conversationSid', 'transferId', 'targetSid', 'mode'],
    '/transfer/cancel': ['token', 'taskSid', 'conversationSid', 'transferId'],
    '/conversation/leave': ['token', 'taskSid', 'conversationSid'],
    '/conversation/complete': ['token', 'taskSid', 'conversationSid'],
    '/task-router/events': ['EventType'],
    '/studio/track-task': ['taskSid', 'conversationSid'],
    '/webchat/start': ['name'],
    '/webchat/end': ['session'],
  };
  const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
    '/transfer/start': ['note'],
    '/webchat/start': ['backend'],
    '/task-router/events': ['TimestampMs', 'TaskSid', 'TaskAttributes', 'WorkerSid', 'WorkerAttributes'],
  };
  const MISSING: Readonly<Record<string, Refusal>> = {
    token: { status: 401, code: 'token-invalid' },
    session: { status: 401, code: 'session-invalid' },
  };
  const badInput = (naming: string): Refusal => ({ status: 400, code: 'bad-input', naming });

  describe.each(PATHS)('%s', (path) => {
    it.each(REQUIRED[path])('refuses a request without %s', async (field) => {
      // An empty EventType is the type of an unknown event, which is ignored.
      for (const missing of field === 'EventType' ? [undefined] : [undefined, '']) {
        await expectRefused(path, { [field]: missing }, MISSING[field] ?? badInput(field));
      }
    });

    it.each([...REQUIRED[path], ...(OPTIONAL[path] ?? [])])(
      'refuses every value of %s that is not text',
      async (field) => {
        const { [field]: valid } = await validRequest(path);
        for (const value of [[], [valid, valid], {}, { value: valid }, { toString: valid }, 7, true, null]) {
          await expectRefused(path, { [field]: value }, badInput(field));
        }
      },
    );

    it('refuses pages of other sites, even with similar names', async () => {
      for (const origin of [
        'https://evil.example.com',
        `${ORIGIN}.evil.com`,
        'http://flex.example.com',
        'null',
        '',
      ]) {
        const { headers } = await expectRefused(
          path,
          {},
          { status: 403, code: 'origin-not-allowed' },
          { origin },
        );
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      }
    });

    it('lets a listed page read a refusal', async () => {
      const [field = ''] = REQUIRED[path];
      const { headers } = await expectRefused(path, { [field]: {} }, badInput(field), { origin: ORIGIN });
      expect(headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: 'Origin' });
    });

    it('refuses a field that replaces the request’s headers', async () => {
      for (const request of ['x', ['x'], {}, { headers: 'x' }, { headers: { origin: [ORIGIN] } }, null]) {
        await expectRefused(path, { request }, badInput('request'), { origin: 'https://evil.example.com' });
      }
    });

    it.each(['text/plain', 'multipart/form-data; boundary=x', ''])(
      'refuses a body of type “%s”',
      async (type) => {
        await expectRefused(path, {}, badInput('form'), { 'content-type': type });
      },
    );
  });

  it('refuses a start of the webchat without an origin: only a program leaves it out', async () => {
    const refusal = { status: 403, code: 'origin-not-allowed' };
    const { headers } = await expectRefused('/webchat/start', {}, refusal, { origin: undefined });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  const SID_FIELDS = [
    ...WORKER_PATHS.flatMap((path) => [
      [path, 'taskSid', 'WT'] as const,
      [path, 'conversationSid', 'CH'] as const,
    ]),
    ['/transfer/start', 'targetSid', 'WK'],
    ['/task-router/events', 'TaskSid', 'WT'],
    ['/task-router/events', 'WorkerSid', 'WK'],
    ['/studio/track-task', 'taskSid', 'WT'],
    ['/studio/track-task', 'conversationSid', 'CH'],
  ] as const;

  it.each(SID_FIELDS)('%s refuses a %s that is not a SID of its kind', async (path, field, prefix) => {
    const notSids = [
      unknownSid('WR'),
      unknownSid(prefix.toLowerCase()),
      unknownSid(prefix).toUpperCase(),
      `${unknownSid(prefix)}\n`,
      ` ${unknownSid(prefix)}`,
      `${unknownSid(prefix)}/../x`,
      prefix,
      '__proto__',
      'constructor',
    ];
    for (const sid of notSids) await expectRefused(path, { [field]: sid }, badInput(field));
  });

  describe('with the SID of something that does not exist,', () => {
    const notAllowed = { status: 403, code: 'not-allowed' };
    it.each<[string, Fields, Refusal]>([
      ...WORKER_PATHS.flatMap(
        (path): Array<[string, Fields, Refusal]> => [
          [path, { taskSid: unknownSid('WT') }, notAllowed],
          [path, { conversationSid: unknownSid('CH') }, notAllowed],
        ],
      ),
      ['/transfer/cancel', { transferId: randomUUID() }, notAllowed],
      ['/transfer/start', { targetSid: unknownSid('WK') }, { status: 422, code: 'target-not-found' }],
      ['/transfer/start', { targetSid: unknownSid('WQ') }, { status: 422, code: 'target-not-found' }],
      ['/studio/track-task', { taskSid: unknownSid('WT') }, { status: 422, code: 'not-a-chat' }],
      ['/studio/track-task', { conversationSid: unknownSid('CH') }, { status: 422, code: 'not-a-chat' }],
    ])('%s refuses %o', (path, changes, refusal) =>
      expectRefused(path, changes, refusal).then(() => undefined),
    );
  });

  describe('endpoints for workers', () => {
    const tokens: ReadonlyArray<readonly [string, () => string | Promise<string>, Refusal]> = [
      ['that is garbage', () => 'garbage', { status: 401, code: 'token-invalid' }],
      ['that has expired', () => flexToken({ lifetimeMs: 0 }), { status: 401, code: 'token-expired' }],
      ['of a customer', () => customerToken(), { status: 401, code: 'token-invalid' }],
      ['without a worker', () => flexToken({ workerSid: '' }), { status: 401, code: 'token-invalid' }],
      ['of another agent', () => fixture.tokenOf('bob'), { status: 403, code: 'not-allowed' }],
      ['that is too long', () => 'x'.repeat(10_001), badInput('token')],
      ['that contains a header', () => 'x\r\nAuthorization: Basic x', { status: 401, code: 'token-invalid' }],
    ];
    const cases = WORKER_PATHS.flatMap((path) => tokens.map((token) => [path, ...token] as const));

    it.each(cases)('%s refuses a token %s', async (path, _what, tokenOf, refusal) => {
      await expectRefused(path, { token: await tokenOf() }, refusal);
    });

    const flexToken = (claims: object) =>
      fixture.sandbox
        .state()
        .tokens.issueFlexToken({ identity: 'alice', workerSid: fixture.workerSid('alice'), ...claims });
    const customerToken = () => fixture.sandbox.state().tokens.issueChatToken(chat.identity);
  });

  describe('POST /webchat/end', () => {
    const session = () => ({ conversationSid: chat.conversationSid, identity: chat.identity, expiresAt: 0 });
    const invalid = { status: 401, code: 'session-invalid' };
    it.each<[string, () => string, Refusal]>([
      ['that is garbage', () => 'garbage', invalid],
      ['of dots', () => '...', invalid],
      ['without a payload', () => `.${chat.session.split('.')[1]}`, invalid],
      ['that has expired', () => sign({ ...session(), expiresAt: fixture.clock.nowMs() }), invalid],
      [
        'signed with another secret',
        () => sign({ ...session(), expiresAt: 9e15 }, 'another secret'),
        invalid,
      ],
      [
        'whose chat was changed after signing',
        () => tamper({ conversationSid: offered.conversationSid }),
        invalid,
      ],
      ['whose expiry was changed after signing', () => tamper({ expiresAt: 9e15 }), invalid],
      ['that is too long', () => 'x'.repeat(2_001), badInput('session')],
    ])('refuses a session %s', async (_what, sessionOf, refusal) => {
      await expectRefused('/webchat/end', { session: sessionOf() }, refusal);
    });

    function sign(values: object, secret = SESSION_SECRET): string {
      const session = { conversationSid: offered.conversationSid, identity: '', expiresAt: 0, ...values };
      return signSession(session as Parameters<typeof signSession>[0], secret);
    }

    function tamper(values: object): string {
      const [payload = '', signature = ''] = chat.session.split('.');
      const own = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
      return `${Buffer.from(JSON.stringify({ ...own, ...values })).toString('base64url')}.${signature}`;
    }
  });

  it.each<[string, Fields, string]>([
    ['/transfer/start', { note: 'x'.repeat(MAX_NOTE_LENGTH + 1) }, 'note'],
    ['/transfer/start', { mode: 'lukewarm' }, 'mode'],
    ['/transfer/start', { mode: 'constructor' }, 'mode'],
    ['/transfer/start', { transferId: '__proto__' }, 'transferId'],
    ['/transfer/start', { transferId: `${randomUUID()}'` }, 'transferId'],
    ['/transfer/cancel', { transferId: 'x' }, 'transferId'],
    ['/webchat/start', { name: 'x'.repeat(MAX_NAME_LENGTH + 1) }, 'name'],
    ['/webchat/start', { name: ' \u0000\u202E\n' }, 'name'],
    ['/webchat/start', { name: '\u3164\u200B\u2800\uFE0F\u0301' }, 'name'],
    ['/webchat/start', { backend: 'frontline' }, 'backend'],
    ['/webchat/start', { backend: '__proto__' }, 'backend'],
    ['/task-router/events', { TimestampMs: 'yesterday' }, 'TimestampMs'],
    ['/task-router/events', { TimestampMs: '1e999' }, 'TimestampMs'],
  ])('%s refuses %o', async (path, changes, field) => {
    await expectRefused(path, changes, badInput(field));
  });

  describe('POST /task-router/events', () => {
    it.each<[string, Fields]>([
      ['an unknown type', { EventType: 'constructor' }],
      ['no task', { TaskSid: undefined }],
      ['no attributes', { TaskAttributes: undefined }],
      ['attributes that are not JSON', { TaskAttributes: '{' }],
      ['attributes that are not an object', { TaskAttributes: '["channelSid"]' }],
      ['a malformed chat SID', { TaskAttributes: '{"channelSid":"CH1"}' }],
      [
        'a malformed interaction SID',
        {
          TaskAttributes: JSON.stringify({
            conversationSid: unknownSid('CH'),
            flexInteractionSid: 'KD1/../x',
            flexInteractionChannelSid: unknownSid('UO'),
          }),
        },
      ],
      [
        'a chat inherited from a prototype',
        { TaskAttributes: `{"__proto__":{"channelSid":"${unknownSid('CH')}"}}` },
      ],
    ])('ignores an event with %s', async (_what, changes) => {
      const before = await readState();
      const { status, body } = await fixture.post('/task-router/events', {
        ...(await validRequest('/task-router/events')),
        ...changes,
      });
      expect({ status, body }).toEqual({ status: 200, body: { ok: true, applied: false } });
      expect(await readState()).toEqual(before);
    });
  });

  /** The last tests, because these requests change the account. */
  describe('text that people type', () => {
    const typed = '<script>alert("x")</script>\u0000\u202E {{constructor}}';
    const kept = '<script>alert("x")</script> {{constructor}}';

    it('is stored as text, with its markup and without invisible characters', async () => {
      const { body } = await fixture.post('/webchat/start', { name: typed, backend });
      const [task] = fixture.tasks(String(body.conversationSid));
      expect(task?.attributes).toMatchObject({ name: kept });

      const started = await fixture.post('/transfer/start', {
        ...(await validRequest('/transfer/start')),
        note: typed,
      });
      const transferTask = fixture.task(String(started.body.transferTaskSid));
      expect(transferTask?.attributes.chatTransfer).toMatchObject({ note: kept });
    });

    it('may be the name of a property that every object has', async () => {
      const names = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      );
      const { status } = await fixture.post('/webchat/start', { ...names, name: '__proto__', backend });
      expect(status).toBe(200);
      expect({}).not.toHaveProperty('polluted');
    });
  });

  it('every endpoint accepts the valid request that the other tests change', async () => {
    chat = await fixture.startChatWithAlice();
    for (const path of ['/studio/track-task', '/transfer/cancel', '/transfer/start', '/webchat/start']) {
      expect((await fixture.post(path, await validRequest(path))).body).toMatchObject({ ok: true });
    }
    expect(
      await fixture.post('/task-router/events', await validRequest('/task-router/events')),
    ).toMatchObject({
      body: { applied: true },
    });
    for (const path of ['/conversation/leave', '/conversation/complete', '/webchat/end']) {
      chat = await fixture.startChatWithAlice();
      expect((await fixture.post(path, await validRequest(path))).body).toMatchObject({ ok: true });
    }
  });
});
