import { describe, expect, it } from 'vitest';
import { mayMarkAsRead } from './mark-as-read';

const notice = (index: number) => ({ index, isNotice: true });
const message = (index: number) => ({ index, isNotice: false });

describe('mayMarkAsRead', () => {
  it('allows the first message of a chat', () => {
    expect(mayMarkAsRead(0, null, [])).toBe(true);
  });

  it('allows the message right after the last read one', () => {
    expect(mayMarkAsRead(5, 4, [message(3), message(4)])).toBe(true);
  });

  it('allows unread notices before the message', () => {
    expect(mayMarkAsRead(6, 3, [message(3), notice(4), notice(5)])).toBe(true);
    expect(mayMarkAsRead(2, null, [notice(0), notice(1)])).toBe(true);
  });

  it('refuses if a message from a person is unread before it', () => {
    expect(mayMarkAsRead(6, 3, [notice(4), message(5)])).toBe(false);
  });

  it('refuses if an unread message before it is not loaded', () => {
    expect(mayMarkAsRead(6, 3, [notice(5)])).toBe(false);
  });

  it('refuses a message that is already read', () => {
    expect(mayMarkAsRead(2, 4, [message(3), message(4)])).toBe(false);
  });
});
