// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChatSession, createSessionStore } from './session-store';

const session: ChatSession = {
  name: 'Dana',
  token: 'jwt',
  identity: 'customer-1',
  conversationSid: 'CH1',
  backend: 'conversations',
  session: 'signed',
};

/** Replaces the stored session with `text`. */
function storeText(text: string): void {
  createSessionStore(() => sessionStorage).write(session);
  for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, text);
}

afterEach(() => {
  sessionStorage.clear();
  vi.restoreAllMocks();
});

describe('createSessionStore', () => {
  it('reads the session after a reload', () => {
    createSessionStore(() => sessionStorage).write(session);
    expect(createSessionStore(() => sessionStorage).read()).toEqual(session);
  });

  it('reads no session after clear', () => {
    const store = createSessionStore(() => sessionStorage);
    store.write(session);
    store.clear();
    expect(store.read()).toBeUndefined();
  });

  it('reads a session without a backend as one on Programmable Chat', () => {
    const { backend: _, ...withoutBackend } = session;
    storeText(JSON.stringify(withoutBackend));
    expect(createSessionStore(() => sessionStorage).read()).toEqual({
      ...session,
      backend: 'programmable-chat',
    });
  });

  it.each(['not JSON', '{"name":"Dana"}', 'null', JSON.stringify({ ...session, backend: 'unknown' })])(
    'reads no session from invalid text: %s',
    (text) => {
      storeText(text);
      expect(createSessionStore(() => sessionStorage).read()).toBeUndefined();
    },
  );

  it('reads no session when the browser blocks the storage', () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const store = createSessionStore(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    store.write(session);
    expect(store.read()).toBeUndefined();
  });
});
