import { parseConversationSid, parseTaskSid } from '@chat-transfer/transfer-core';
import { describe, expect, it, vi } from 'vitest';
import { createNoteLoader } from './load-note';
import type { TransferApi } from './transfer-api';

const request = {
  taskSid: parseTaskSid(`WT${'1'.repeat(32)}`) ?? expect.fail(),
  conversationSid: parseConversationSid(`CH${'2'.repeat(32)}`) ?? expect.fail(),
  transferId: '0a8a1e1c-8f4f-4a57-9c93-2d9d2c1a4b11',
};

type Result = Awaited<ReturnType<TransferApi['readNote']>>;
const found: Result = { ok: true, answer: { ok: true, note: 'The whole note' } };
const failed: Result = { ok: false, failure: { code: 'unreachable', message: 'no answer' } };

/** A loader on functions that answer with these results in turn. */
function createLoader(...results: readonly Result[]) {
  const requests: unknown[] = [];
  const load = createNoteLoader({
    readNote: async (sent) => {
      requests.push(sent);
      return results[requests.length - 1] ?? expect.fail('too many requests');
    },
  });
  return { load, requests };
}

describe('createNoteLoader', () => {
  it('loads a note once, also for components that ask at the same time', async () => {
    const { load, requests } = createLoader(found);
    expect(await Promise.all([load(request), load(request)])).toEqual(['The whole note', 'The whole note']);
    expect(await load(request)).toBe('The whole note');
    expect(requests).toEqual([request]);
  });

  it('loads the note of each transfer', async () => {
    const { load, requests } = createLoader(found, found);
    const other = { ...request, transferId: '0a8a1e1c-8f4f-4a57-9c93-2d9d2c1a4b12' };
    await Promise.all([load(request), load(other)]);
    expect(requests).toEqual([request, other]);
  });

  it('asks again after a failure, which it reports to the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { load } = createLoader(failed, found);
    expect(await load(request)).toBeUndefined();
    expect(warn.mock.calls.join()).toContain('no answer');
    expect(await load(request)).toBe('The whole note');
    warn.mockRestore();
  });
});
