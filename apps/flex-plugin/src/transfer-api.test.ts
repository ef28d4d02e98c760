import {
  failureAnswer,
  parseConversationSid,
  parseTaskSid,
  parseWorkerSid,
} from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { createTransferApi, waitBeforeRetryMs } from './transfer-api';

const known = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('The test made a bad SID');
  return value;
};
const chat = {
  taskSid: known(parseTaskSid(`WT${'1'.repeat(32)}`)),
  conversationSid: known(parseConversationSid(`CH${'2'.repeat(32)}`)),
};
const start = {
  ...chat,
  transferId: '0a8a1e1c-8f4f-4a57-9c93-2d9d2c1a4b11',
  targetSid: known(parseWorkerSid(`WK${'3'.repeat(32)}`)),
  mode: 'cold' as const,
};
const started = {
  ok: true,
  transferId: start.transferId,
  transferTaskSid: `WT${'4'.repeat(32)}`,
  released: true,
};
const left = { ok: true, conversation: 'open' };

type Reply = { readonly status?: number; readonly body: unknown } | Error;

/** The functions as the page sees them: they give `replies` in turn, and the last one for ever. */
function functionsThat(replies: readonly Reply[], tokens: readonly (string | undefined)[] = ['token-1']) {
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const waits: number[] = [];
  /** Tokens that the page has waited to see replaced. */
  const outlived: string[] = [];
  let asked = 0;
  const api = createTransferApi({
    functionsUrl: 'https://functions.example.com',
    readToken: () => tokens[Math.min(asked++, tokens.length - 1)],
    waitForNextToken: async (token) => {
      outlived.push(token);
    },
    fetch: async (url, init) => {
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push({ url, init });
      if (reply === undefined || reply instanceof Error) throw reply ?? new Error('nothing to reply');
      const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      return new Response(text, { status: reply.status ?? 200 });
    },
    sleep: async (ms) => {
      waits.push(ms);
    },
    random: () => 0.5,
  });
  const sent = () => requests.map(({ init }) => Object.fromEntries(new URLSearchParams(String(init.body))));
  return { api, requests, waits, outlived, sent };
}

const offline = new TypeError('Failed to fetch');
const busy: Reply = { status: 503, body: failureAnswer({ code: 'busy' }) };

describe('a request', () => {
  it('is a plain form, which browsers send to another origin without asking first', async () => {
    const { api, requests, sent } = functionsThat([{ body: started }]);
    await expect(api.startTransfer(start)).resolves.toEqual({ ok: true, answer: started });

    expect(requests[0]?.url).toBe('https://functions.example.com/transfer/start');
    expect(requests[0]?.init).toMatchObject({
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(sent()).toEqual([{ ...start, token: 'token-1' }]);
  });

  it.each([
    ['leaveConversation', '/conversation/leave'],
    ['completeTask', '/conversation/complete'],
  ] as const)('%s goes to %s', async (name, path) => {
    const { api, requests } = functionsThat([{ body: left }]);
    await expect(api[name](chat)).resolves.toEqual({ ok: true, answer: left });
    expect(requests[0]?.url).toBe(`https://functions.example.com${path}`);
  });

  it('to cancel names the transfer, and may find the chat back with an agent already', async () => {
    const cancelled = { ok: true, transferId: start.transferId, state: 'returned' };
    const { api, requests, sent } = functionsThat([{ body: cancelled }]);
    const request = { ...chat, transferId: start.transferId };
    await expect(api.cancelTransfer(request)).resolves.toEqual({ ok: true, answer: cancelled });
    expect(requests[0]?.url).toBe('https://functions.example.com/transfer/cancel');
    expect(sent()).toEqual([{ ...request, token: 'token-1' }]);
  });

  it('to cancel that came too late says who was faster', async () => {
    const accepted = { code: 'transfer-accepted' as const, name: 'Bob' };
    const { api, requests } = functionsThat([{ status: 409, body: failureAnswer(accepted) }]);
    await expect(api.cancelTransfer({ ...chat, transferId: start.transferId })).resolves.toMatchObject({
      ok: false,
      failure: accepted,
    });
    expect(requests).toHaveLength(1);
  });

  it('is not sent at all without a token', async () => {
    const { api, requests } = functionsThat([{ body: left }], [undefined]);
    await expect(api.completeTask(chat)).resolves.toMatchObject({
      ok: false,
      failure: { code: 'token-invalid' },
    });
    expect(requests).toHaveLength(0);
  });
});

describe('sending again', () => {
  it('repeats the id of the click, so that a lost answer does not start a second transfer', async () => {
    const { api, sent } = functionsThat([offline, busy, { body: started }]);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ ok: true });
    expect(sent().map(({ transferId }) => transferId)).toEqual(Array(3).fill(start.transferId));
  });

  it('reads the token anew, in case Flex has refreshed it meanwhile', async () => {
    const { api, sent } = functionsThat([offline, { body: left }], ['token-1', 'token-2']);
    await api.leaveConversation(chat);
    expect(sent().map(({ token }) => token)).toEqual(['token-1', 'token-2']);
  });

  it('stops after three tries', async () => {
    const { api, requests, waits } = functionsThat([offline]);
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({
      ok: false,
      failure: { code: 'unreachable' },
    });
    expect(requests).toHaveLength(3);
    expect(waits).toEqual([450, 1350]);
  });

  it('tells the last failure, not the first', async () => {
    const { api } = functionsThat([offline, offline, busy]);
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({ failure: { code: 'busy' } });
  });

  it('does not repeat what would be refused again', async () => {
    const open = { code: 'transfer-open' as const, startedBy: 'Carol', startedAt: 1_790_000_000_000 };
    const { api, requests } = functionsThat([{ status: 409, body: failureAnswer(open) }]);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ ok: false, failure: open });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [502, 3],
    [429, 3],
    [404, 1],
    [403, 1],
  ])('takes a page with HTTP %i that is not the functions’ own for %i tries', async (status, tries) => {
    const { api, requests } = functionsThat([{ status, body: '<html>' }]);
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({ failure: { code: 'unreachable' } });
    expect(requests).toHaveLength(tries);
  });

  it.each([{}, { ok: true }, { ok: true, conversation: 'gone' }, null, '{'])(
    'does not take %j for a success',
    async (body) => {
      const { api } = functionsThat([{ body }]);
      await expect(api.leaveConversation(chat)).resolves.toMatchObject({ ok: false });
    },
  );
});

describe('an expired token', () => {
  const expired: Reply = { status: 401, body: failureAnswer({ code: 'token-expired' }) };

  it('is waited out, and the request sent once more with the next one', async () => {
    const { api, sent, outlived } = functionsThat([expired, { body: started }], ['token-1', 'token-2']);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ ok: true });
    expect(outlived).toEqual(['token-1']);
    expect(sent()).toEqual([
      { ...start, token: 'token-1' },
      { ...start, token: 'token-2' },
    ]);
  });

  it('is the agent’s to renew when Flex does not', async () => {
    const { api, requests } = functionsThat([expired], ['token-1']);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ failure: { code: 'token-expired' } });
    expect(requests).toHaveLength(1);
  });

  it('is waited out only once', async () => {
    const { api, requests, outlived } = functionsThat([expired], ['token-1', 'token-2', 'token-3']);
    await expect(api.startTransfer(start)).resolves.toMatchObject({ failure: { code: 'token-expired' } });
    expect(requests).toHaveLength(2);
    expect(outlived).toHaveLength(1);
  });

  it('leaves the tries that a request has', async () => {
    const { api, requests } = functionsThat(
      [busy, expired, busy, { body: left }],
      ['token-1', 'token-1', 'token-2'],
    );
    await expect(api.leaveConversation(chat)).resolves.toMatchObject({ failure: { code: 'busy' } });
    expect(requests).toHaveLength(3);
  });
});

describe('waitBeforeRetryMs', () => {
  it('spreads the tries, within two seconds', () => {
    expect([waitBeforeRetryMs(1, 0), waitBeforeRetryMs(1, 1)]).toEqual([300, 600]);
    expect([waitBeforeRetryMs(2, 0), waitBeforeRetryMs(2, 1)]).toEqual([900, 1800]);
  });
});
