import { describe, expect, it } from 'vitest';
import { mayMarkAsRead } from './mark-as-read';

const notice = (index: number) => ({ index, isNotice: true });
const said = (index: number) => ({ index, isNotice: false });

describe('mayMarkAsRead', () => {
  it('allows the first message of a chat', () => {
    expect(mayMarkAsRead(0, null, [])).toBe(true);
  });

  it('allows the message right after the last one that was read', () => {
    expect(mayMarkAsRead(5, 4, [said(3), said(4)])).toBe(true);
  });

  it('passes over notices that nobody has read', () => {
    expect(mayMarkAsRead(6, 3, [said(3), notice(4), notice(5)])).toBe(true);
    expect(mayMarkAsRead(2, null, [notice(0), notice(1)])).toBe(true);
  });

  it('does not pass over what a person wrote', () => {
    expect(mayMarkAsRead(6, 3, [notice(4), said(5)])).toBe(false);
  });

  it('does not pass over what is not loaded', () => {
    expect(mayMarkAsRead(6, 3, [notice(5)])).toBe(false);
  });

  it('does not move back', () => {
    expect(mayMarkAsRead(2, 4, [said(3), said(4)])).toBe(false);
  });
});
