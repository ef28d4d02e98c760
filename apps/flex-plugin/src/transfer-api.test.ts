import {
  failureAnswer,
  parseConversationSid,
  parseTaskSid,
  parseWorkerSid,
} from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { createTransferApi, waitBeforeRetryMs } from './transfer-api';

const expectDefined = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('Failed to parse a SID of the test: it is malformed.');
  return value;
};
const chat = {
  taskSid: expectDefined(parseTaskSid(`WT${'1'.repeat(32)}`)),
  conversationSid: expectDefined(parseConversationSid(`CH${'2'.repeat(32)}`)),
};
const start = {
  ...chat,
  transferId: '0a8a1e1c-8f4f-4a57-9c93-2d9d2c1a4b11',
  targetSid: expectDefined(parseWorkerSid(`WK${'3'.repeat(32)}`)),
  mode: 'cold' as const,
};
const started = {
  ok: true,
  transferId: start.transferId,
  transferTaskSid: `WT${'4'.repeat(32)}`,
  released: true,
  done: ['transfer-task'],
  pending: ['notices'],
};
const left = { ok: true, conversation: 'open', done: [], pending: [] };

type Reply = { readonly status?: number; readonly body: unknown } | Error;

/** An API on fake functions. They return `replies` in turn and repeat the last one; tokens are read the same way. */
function createApi(replies: readonly Reply[], tokens: readonly (string | undefined)[] = ['token-1']) {
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const waits: number[] = [];
  /** Tokens whose replacement the API has waited for. */
  const awaited: string[] = [];
  let tokenReads = 0;
  const api = createTransferApi({
    functionsUrl: 'https://functions.example.com',
    readToken: () => tokens[Math.min(tokenReads++, tokens.length - 1)],
    waitForNextToken: async (token) => {
      awaited.push(token);
    },
    fetch: async (url, init) => {
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push({ url, init });
      if (reply === undefined || reply instanceof Error)
        throw reply ?? new Error('Failed to reply: the test has no reply.');
      const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      return new Response(text, { status: reply.status ?? 200 });
    },
    sleep: async (ms) => {
      waits.push(ms);
    },
    random: () => 0.5,
  });
  const sentForms = () =>
    requests.map(({ init }) => Object.fromEntries(new URLSearchParams(String(init.body))));
  return { api, requests, waits, awaited, sentForms };
}

const offline = new TypeError('Failed to fetch');
const busy: Reply = { status: 503, body: failureAnswer({ code: 'busy' }) };

describe('createTransferApi', () => {
  it('sends a plain form, which browsers send to another origin without a preflight request', async () => {
    const { api, requests, sentForms } = createApi([{ body: started }]);
    await expect(api.startTransfer(start)).resolves.toEqual({ ok: true, answer: started });

    expect(requests[0]?.url).toBe('https://functions.example.com/transfer/start');
    expect(requests[0]?.init).toMatchObject({
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(sentForms()).toEqual([{ ...start, token: 'token-1' }]);
  });

  it.each([
    ['leaveConversation', '/conversation/leave'],
    ['completeTask', '/conversation/complete'],
  ] as const)('sends %s to %s', async (name, path) => {
    const { api, requests } = createApi([{ body: left }]);
    await expect(api[name](chat)).resolves.toEqual({ ok: true, answer: left });
    expect(requests[0]?.url).toBe(`https://functions.example.com${path}`);
  });

  it('sends the transfer’s id to cancel it, and accepts the state returned as a success', async () => {
    const cancelled = { ok: true, transferId: start.transferId, state: 'returned', done: [], pending: [] };
    const { api, requests, sentForms } = createApi([{ body: cancelled }]);
    const request = { ...chat, transferId: start.transferId };
    await expect(api.cancelTransfer(request)).resolves.toEqual({ ok: true, answer: cancelled });
    expect(requests[0]?.url).toBe('https://functions.example.com/transfer/cancel');
    expect(sentForms()).toEqual([{ ...request, token: 'token-1' }]);
  });

  it('sends the transfer’s id to read its note', async () => {
    const { api, requests, sentForms } = createApi([{ body: { ok: true, note: 'Wants a refund' } }]);
    const request = { ...chat, transferId: start.transferId };
    await expect(api.readNote(request)).resolves.toEqual({
      ok: true,
      answer: { ok: true, note: 'Wants a refund' },
    });
    expect(requests[0]?.url).toBe('https://functions.example.com/transfer/note');
    expect(sentForms()).toEqual([{ ...request, token: 'token-1' }]);
  });

  it('asks for a sweep with the token, and does not repeat a request that fails', async () => {
    const { api, requests, sentForms } = createApi([{ body: { ok: true, nextInMs: 60_000 } }, busy]);
    await expect(api.sweep()).resolves.toEqual({ ok: true, answer: { ok: true, nextInMs: 60_000 } });
    await expect(api.sweep()).resolves.toMatchObject({ ok: false, failure: { code: 'busy' } });
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/sweep', '/sweep']);
    expect(sentForms()[0]).toEqual({ token: 'token-1' });
  });

  it('returns who accepted the transfer if it cancels too late', async () => {
    const accepted = { code: 'transfer-accepted' as const, name: 'Bob' };
    const { api, requests } = createApi([{ status: 409, body: failureAnswer(accepted) }]);
    await expect(api.cancelTransfer({ ...chat, transferId: start.transferId })).resolves.toMatchObject({
      ok: false,
      failure: accepted,
    });
    expect(requests).toHaveLength(1);
  });

  it('sends nothing without a token', async () => {
    const { api, requests } = createApi([{ body: left }], [undefined]);
    await expect(api.completeTask(chat)).resolves.toMatchObject({
      ok: false,
      failure: { code: 'token-invalid' },
    });
    expect(requests).toHaveLength(0);
  });
});

describe('createTransferApi on a failure', () => {
  it('retries with the same transfer id, so that a lost answer starts no second transfer', async () => {
    const { api, sentForms } = createApi([offline, busy, { body: started }]);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ ok: true });
    expect(sentForms().map(({ transferId }) => transferId)).toEqual(Array(3).fill(start.transferId));
  });

  it('reads the token for each attempt, because Flex may have refreshed it', async () => {
    const { api, sentForms } = createApi([offline, { body: left }], ['token-1', 'token-2']);
    await api.leaveConversation(chat);
    expect(sentForms().map(({ token }) => token)).toEqual(['token-1', 'token-2']);
  });

  it('stops after three attempts', async () => {
    const { api, requests, waits } = createApi([offline]);
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({
      ok: false,
      failure: { code: 'unreachable' },
    });
    expect(requests).toHaveLength(3);
    expect(waits).toEqual([450, 1350]);
  });

  it('returns the last failure', async () => {
    const { api } = createApi([offline, offline, busy]);
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({ failure: { code: 'busy' } });
  });

  it('does not retry a request that would be refused again', async () => {
    const open = { code: 'transfer-open' as const, startedBy: 'Carol', startedAt: 1_790_000_000_000 };
    const { api, requests } = createApi([{ status: 409, body: failureAnswer(open) }]);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ ok: false, failure: open });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [3, 502],
    [3, 429],
    [1, 404],
    [1, 403],
  ])('makes %i attempts on HTTP %i without the functions’ JSON', async (attempts, status) => {
    const { api, requests } = createApi([{ status, body: '<html>' }]);
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({ failure: { code: 'unreachable' } });
    expect(requests).toHaveLength(attempts);
  });

  it.each([{}, { ok: true }, { ok: true, conversation: 'gone' }, null, '{'])(
    'does not accept %j as a success',
    async (body) => {
      const { api } = createApi([{ body }]);
      await expect(api.leaveConversation(chat)).resolves.toMatchObject({ ok: false });
    },
  );
});

describe('createTransferApi with an expired token', () => {
  const expired: Reply = { status: 401, body: failureAnswer({ code: 'token-expired' }) };

  it('waits for the next token and sends the request with it', async () => {
    const { api, sentForms, awaited } = createApi([expired, { body: started }], ['token-1', 'token-2']);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ ok: true });
    expect(awaited).toEqual(['token-1']);
    expect(sentForms()).toEqual([
      { ...start, token: 'token-1' },
      { ...start, token: 'token-2' },
    ]);
  });

  it('returns the failure if Flex does not replace the token', async () => {
    const { api, requests } = createApi([expired], ['token-1']);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ failure: { code: 'token-expired' } });
    expect(requests).toHaveLength(1);
  });

  it('waits for a token only once', async () => {
    const { api, requests, awaited } = createApi([expired], ['token-1', 'token-2', 'token-3']);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ failure: { code: 'token-expired' } });
    expect(requests).toHaveLength(2);
    expect(awaited).toHaveLength(1);
  });

  it('counts the request with the expired token as an attempt', async () => {
    const { api, requests } = createApi(
      [busy, expired, busy, { body: left }],
      ['token-1', 'token-1', 'token-2'],
    );
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({ failure: { code: 'busy' } });
    expect(requests).toHaveLength(3);
  });
});

describe('waitBeforeRetryMs', () => {
  it('spreads the retries within two seconds', () => {
    expect([waitBeforeRetryMs(1, 0), waitBeforeRetryMs(1, 1)]).toEqual([300, 600]);
    expect([waitBeforeRetryMs(2, 0), waitBeforeRetryMs(2, 1)]).toEqual([900, 1800]);
  });
});
