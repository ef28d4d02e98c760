/** Which settings each endpoint needs, and that an account without the others can transfer chats. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FunctionsFixture, startFunctionsFixture } from './support/functions-fixture';
import { callHandler, installTwilioGlobals, listFunctionFiles } from './support/twilio-runtime';

const sid = (prefix: string) => prefix + '0'.repeat(32);
const secret = 'a secret, long enough';

/** A valid value for every setting. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  ACCOUNT_SID: sid('AC'),
  AUTH_TOKEN: secret,
  TWILIO_WORKSPACE_SID: sid('WS'),
  TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: sid('WW'),
  TWILIO_CHAT_SERVICE_SID: sid('IS'),
  TWILIO_SYNC_SERVICE_SID: sid('IS'),
  LEDGER_SECRET: secret,
  LEDGER_SECRET_PREVIOUS: secret,
  TWILIO_API_KEY: sid('SK'),
  TWILIO_API_SECRET: secret,
  TWILIO_WEBCHAT_ADDRESS_SID: sid('IG'),
  TWILIO_FLEX_FLOW_SID: sid('FO'),
  WEBCHAT_SESSION_SECRET: secret,
  SWEEP_SECRET: secret,
  ALLOWED_ORIGINS: 'https://flex.example.com',
  CHAT_TRANSFER_RELEASE: 'immediately',
  CHAT_TRANSFER_ANSWER_SECONDS: '60',
  CHAT_TRANSFER_RING_SECONDS: '30',
  CHAT_TRANSFER_TEXTED_NOTICES: '{}',
  QUEUE_PUBLIC_LABELS: '{}',
  DEFAULT_AGENT_NAME: 'Support',
};
/** No valid value of any setting. */
const MALFORMED = '\u200B';

const CONVERSATION = [
  'ACCOUNT_SID',
  'AUTH_TOKEN',
  'LEDGER_SECRET',
  'TWILIO_CHAT_SERVICE_SID',
  'TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID',
  'TWILIO_SYNC_SERVICE_SID',
  'TWILIO_WORKSPACE_SID',
];
const WITH_DEFAULT = [
  'CHAT_TRANSFER_ANSWER_SECONDS',
  'CHAT_TRANSFER_RING_SECONDS',
  'CHAT_TRANSFER_TEXTED_NOTICES',
  'DEFAULT_AGENT_NAME',
  'LEDGER_SECRET_PREVIOUS',
  'QUEUE_PUBLIC_LABELS',
];
const PAGE = ['ALLOWED_ORIGINS'];

interface Needs {
  /** The endpoint refuses every request without one of these. */
  readonly required: readonly string[];
  /** It also refuses every request if one of these is malformed. */
  readonly optional: readonly string[];
}

const NEEDS: Readonly<Record<string, Needs>> = {
  '/transfer/start': {
    required: [...CONVERSATION, ...PAGE],
    optional: [...WITH_DEFAULT, 'CHAT_TRANSFER_RELEASE'],
  },
  '/transfer/cancel': { required: [...CONVERSATION, ...PAGE], optional: WITH_DEFAULT },
  '/transfer/note': { required: [...CONVERSATION, ...PAGE], optional: WITH_DEFAULT },
  '/conversation/leave': { required: [...CONVERSATION, ...PAGE], optional: WITH_DEFAULT },
  '/conversation/complete': { required: [...CONVERSATION, ...PAGE], optional: WITH_DEFAULT },
  '/task-router/events': { required: CONVERSATION, optional: WITH_DEFAULT },
  '/studio/track-task': { required: CONVERSATION, optional: WITH_DEFAULT },
  '/sweep': {
    required: [...CONVERSATION, ...PAGE],
    optional: [...WITH_DEFAULT, 'SWEEP_SECRET', 'WEBCHAT_SESSION_SECRET'],
  },
  '/webchat/end': {
    required: [...CONVERSATION, ...PAGE, 'WEBCHAT_SESSION_SECRET'],
    optional: WITH_DEFAULT,
  },
  '/webchat/start': {
    required: [
      ...['ACCOUNT_SID', 'AUTH_TOKEN', 'TWILIO_CHAT_SERVICE_SID', 'TWILIO_API_KEY', 'TWILIO_API_SECRET'],
      ...['WEBCHAT_SESSION_SECRET', ...PAGE],
    ],
    optional: ['TWILIO_WEBCHAT_ADDRESS_SID', 'TWILIO_FLEX_FLOW_SID'],
  },
  '/health': { required: [], optional: [] },
};

const files = listFunctionFiles(resolve(import.meta.dirname, '../src/functions'), '.ts');
const sorted = (names: Iterable<string>) => [...names].sort();

/** Sends an empty request, which an endpoint refuses after it has read its settings and before it calls Twilio. */
async function call(path: string, environment: Readonly<Record<string, string>>) {
  const { handler } = await import(/* @vite-ignore */ String(files.get(path)));
  const { body } = await callHandler(handler, environment, {});
  return body as { code?: string; message?: string; transfers?: Problems; webchat?: Problems };
}
type Problems = Readonly<Record<'missing' | 'malformed', readonly string[]>>;

/** The settings that the endpoint needs: it answers `not-configured` when one is missing, or has this value. */
async function findNeeds(path: string, value: string | undefined): Promise<string[]> {
  const needs: string[] = [];
  for (const name of Object.keys(ENVIRONMENT)) {
    const { [name]: _, ...rest } = ENVIRONMENT;
    const environment = value === undefined ? rest : { ...rest, [name]: value };
    const { code, message } = await call(path, environment);
    if (code !== 'not-configured') continue;
    expect(message).toContain(name);
    needs.push(name);
  }
  return sorted(needs);
}

describe('the settings that an endpoint needs', () => {
  let removeGlobals: () => void;
  beforeAll(() => {
    removeGlobals = installTwilioGlobals();
    // Each call writes a line.
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
  });
  afterAll(() => {
    removeGlobals();
    vi.restoreAllMocks();
  });

  it('are listed here for every endpoint', () => {
    expect(sorted(files.keys())).toEqual(sorted(Object.keys(NEEDS)));
  });

  it.each(Object.entries(NEEDS))('are, for %s, those that it uses', async (path, { required, optional }) => {
    expect(await findNeeds(path, undefined)).toEqual(sorted(required));
    // An auth token may be any text.
    const refusable = [...required, ...optional].filter(
      (name) => name !== 'AUTH_TOKEN' && name !== 'ALLOWED_ORIGINS',
    );
    expect(await findNeeds(path, MALFORMED)).toEqual(sorted(refusable));
  });

  it('are all reported by /health when they are missing', async () => {
    const { transfers, webchat } = await call('/health', {});
    const { missing = [] } = transfers ?? {};
    expect(sorted(missing)).toEqual(sorted(NEEDS['/transfer/start']?.required ?? []));
    const start = NEEDS['/webchat/start']?.required ?? [];
    expect(sorted(webchat?.missing ?? [])).toEqual(sorted([...start, 'TWILIO_WEBCHAT_ADDRESS_SID']));
  });
});

describe('an account whose customers write by SMS or in Twilio’s own webchat', () => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    const unset = Object.fromEntries(
      [
        ...['WEBCHAT_SESSION_SECRET', 'TWILIO_API_KEY', 'TWILIO_API_SECRET', 'SWEEP_SECRET'],
        ...['TWILIO_WEBCHAT_ADDRESS_SID', 'TWILIO_FLEX_FLOW_SID'],
      ].map((name) => [name, undefined]),
    );
    fixture = await startFunctionsFixture({ backend: 'conversations', isTexting: true, settings: unset });
  });
  afterAll(() => fixture?.close());

  it('can transfer a chat, leave and complete it without the settings of our webchat', async () => {
    const chat = await fixture.startChatWithAlice();
    const token = await fixture.tokenOf('alice');
    const { taskSid, conversationSid } = chat;
    const started = await fixture.post('/transfer/start', {
      ...{ token, taskSid, conversationSid, mode: 'warm' },
      transferId: '00000000-0000-4000-8000-000000000001',
      targetSid: fixture.workerSid('bob'),
    });
    expect(started.body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    await fixture.accept('bob', String(started.body.transferTaskSid));
    await fixture.deliverAll();

    const left = await fixture.post('/conversation/leave', { token, taskSid, conversationSid });
    expect(left.body).toMatchObject({ ok: true, conversation: 'open' });
    const completed = await fixture.post('/conversation/complete', {
      token: await fixture.tokenOf('bob'),
      taskSid: started.body.transferTaskSid,
      conversationSid,
    });
    expect(completed.body).toMatchObject({ ok: true, conversation: 'ended' });
    expect((await fixture.sweepAsPage()).body).toMatchObject({ ok: true });
  });

  it('refuses a customer’s session, because it has none', async () => {
    expect((await fixture.post('/sweep', { session: 'forged.session' })).body).toMatchObject({
      code: 'session-invalid',
    });
  });

  it('refuses every scheduler, because it has set no secret', async () => {
    expect((await fixture.sweepAsAdmin()).body).toMatchObject({ code: 'not-allowed' });
  });

  it('is told by /webchat/start which setting is missing', async () => {
    expect((await fixture.post('/webchat/start', { name: 'Customer' })).body).toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('TWILIO_API_KEY'),
    });
  });
});
