import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChatSession, storeIn } from './session-store';

const session: ChatSession = {
  name: 'Dana',
  token: 'jwt',
  identity: 'customer-1',
  conversationSid: 'CH1',
  backend: 'conversations',
  session: 'signed',
};

/** Puts `text` where a session is kept. */
function keep(text: string): void {
  storeIn(() => sessionStorage).write(session);
  for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, text);
}

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

  it('takes a chat that was kept before there was a choice of backends for one on Programmable Chat', () => {
    const { backend: _, ...earlier } = session;
    keep(JSON.stringify(earlier));
    expect(storeIn(() => sessionStorage).read()).toEqual({ ...session, backend: 'programmable-chat' });
  });

  it.each(['not JSON', '{"name":"Dana"}', 'null', JSON.stringify({ ...session, backend: 'a later one' })])(
    'has nothing when something else was kept: %s',
    (kept) => {
      vi.spyOn(console, 'warn').mockReturnValue();
      keep(kept);
      expect(storeIn(() => sessionStorage).read()).toBeUndefined();
    },
  );

  it('does without a storage that the browser forbids', () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const store = storeIn(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    store.write(session);
    expect(store.read()).toBeUndefined();
  });
});
