import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChatSession, storeIn } from './session-store';

const session: ChatSession = {
  name: 'Dana',
  token: 'jwt',
  identity: 'customer-1',
  conversationSid: 'CH1',
  session: 'signed',
};

afterEach(() => {
  sessionStorage.clear();
  vi.restoreAllMocks();
});

describe('the session store', () => {
  it('has the chat again after a reload', () => {
    storeIn(() => sessionStorage).write(session);
    expect(storeIn(() => sessionStorage).read()).toEqual(session);
  });

  it('has nothing after it was cleared', () => {
    const store = storeIn(() => sessionStorage);
    store.write(session);
    store.clear();
    expect(store.read()).toBeUndefined();
  });

  it.each(['not JSON', '{"name":"Dana"}', 'null'])('has nothing when something else was kept: %s', (kept) => {
    vi.spyOn(console, 'warn').mockReturnValue();
    storeIn(() => sessionStorage).write(session);
    for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, kept);
    expect(storeIn(() => sessionStorage).read()).toBeUndefined();
  });

  it('does without a storage that the browser forbids', () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const store = storeIn(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    store.write(session);
    expect(store.read()).toBeUndefined();
  });
});
