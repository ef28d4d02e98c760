import { describe, expect, it } from 'vitest';
import { everyNotice, utf8Bytes } from '../../testing';
import { MAX_NAME_LENGTH } from '../plain-text';
import {
  NOTICE_AUTHOR,
  NOTICE_BUDGET_BYTES,
  type Notice,
  type NoticeKind,
  type NoticeParty,
  noticeAttributes,
  parseNotice,
} from './notice';

const joined: Notice = { v: 1, id: 'n', kind: 'agent-joined', name: 'Alice' };
const body = 'Alice joined the chat';

describe('parseNotice', () => {
  it.each(everyNotice())('parses $kind ($id) from an object and from a JSON text', (notice) => {
    const attributes = noticeAttributes(notice);
    expect(parseNotice({ author: NOTICE_AUTHOR, body, attributes })).toEqual(notice);
    expect(parseNotice({ author: NOTICE_AUTHOR, body, attributes: JSON.stringify(attributes) })).toEqual(
      notice,
    );
  });

  it.each(['customer', 'alice', '', null, undefined, 'Chat-Transfer', 'chat-transfer ', 'system'])(
    'returns undefined for a message by %j, whatever its attributes say',
    (author) => {
      expect(parseNotice({ author, body, attributes: noticeAttributes(joined) })).toBeUndefined();
      expect(parseNotice({ author, body, attributes: { notification: true } })).toBeUndefined();
    },
  );

  it('returns a notice of the original feature as text', () => {
    const original = { author: NOTICE_AUTHOR, attributes: { notification: true } };
    expect(parseNotice({ ...original, body })).toEqual({ kind: 'text', text: body });
    expect(parseNotice({ ...original, body: null })).toEqual({ kind: 'text', text: '' });
  });

  it.each<[string, unknown]>([
    ['no attributes', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a text that is not JSON', '{notification'],
    ['JSON that is not an object', '7'],
    ['no mark', { notice: joined }],
    ['a mark that is not true', { notification: 'true', notice: joined }],
    ['an empty notice', { notification: true, notice: null }],
    ['another version', { notification: true, notice: { ...joined, v: 2 } }],
    ['an unknown kind', { notification: true, notice: { ...joined, kind: 'unknown' } }],
    ['the kind of a text notice', { notification: true, notice: { kind: 'text', text: 'Hello' } }],
    ['a missing parameter', { notification: true, notice: { v: 1, id: 'n', kind: 'agent-joined' } }],
    ['a missing id', { notification: true, notice: { v: 1, kind: 'chat-ended' } }],
    ['an empty name', { notification: true, notice: { ...joined, name: '' } }],
    [
      'a `looking` that is not true',
      { notification: true, notice: { ...joined, kind: 'transfer-cancelled', looking: 'yes' } },
    ],
    [
      'a name that is too long',
      { notification: true, notice: { ...joined, name: 'x'.repeat(MAX_NAME_LENGTH + 1) } },
    ],
  ])('returns undefined for a message with %s, so that its body is shown', (_what, attributes) => {
    expect(parseNotice({ author: NOTICE_AUTHOR, body, attributes })).toBeUndefined();
  });

  it('parses a notice of the original feature from a JSON text and with the other attributes of that feature', () => {
    for (const attributes of [
      '{"notification":true}',
      { notification: true, taskSid: 'WT1', direction: 1 },
    ]) {
      expect(parseNotice({ author: NOTICE_AUTHOR, body, attributes })).toEqual({ kind: 'text', text: body });
    }
  });

  it('drops unknown parameters', () => {
    const withFullName = { notification: true, notice: { ...joined, fullName: 'Alice Archer' } };
    expect(parseNotice({ author: NOTICE_AUTHOR, body, attributes: withFullName })).toEqual(joined);
  });
});

describe('the largest notice of every kind', () => {
  /** JSON needs most bytes for a lone surrogate: six. */
  const long = '\ud800'.repeat(MAX_NAME_LENGTH);
  const head = { v: 1 as const, id: '\ud800'.repeat(100) };
  const authorKey = '\ud800'.repeat(64);
  const parties: NoticeParty[] = [
    { kind: 'agent', name: long },
    { kind: 'queue', label: long },
  ];
  const largest: Record<NoticeKind, Notice[]> = {
    'agent-joined': [{ ...head, kind: 'agent-joined', name: long, authorKey }],
    'agent-left': [{ ...head, kind: 'agent-left', name: long, authorKey }],
    'transfer-started': parties.map((to) => ({
      ...head,
      kind: 'transfer-started',
      mode: 'warm',
      from: long,
      fromKey: authorKey,
      to,
    })),
    'transfer-declined': parties.map((to) => ({ ...head, kind: 'transfer-declined', to, looking: true })),
    'transfer-unanswered': parties.map((to) => ({ ...head, kind: 'transfer-unanswered', to, looking: true })),
    'transfer-cancelled': [{ ...head, kind: 'transfer-cancelled', name: long, looking: true }],
    'transfer-failed': parties.map((to) => ({ ...head, kind: 'transfer-failed', to })),
    'customer-left': [{ ...head, kind: 'customer-left' }],
    'chat-ended': [{ ...head, kind: 'chat-ended' }],
  };

  it.each(Object.values(largest).flat())('fits the attributes of a message: $kind', (notice) => {
    const attributes = noticeAttributes(notice);
    expect(parseNotice({ author: NOTICE_AUTHOR, body: '', attributes })).toEqual(notice);
    expect(utf8Bytes(attributes)).toBeLessThan(NOTICE_BUDGET_BYTES);
  });
});
