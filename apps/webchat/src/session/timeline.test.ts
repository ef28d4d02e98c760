import { NOTICE_AUTHOR, type Notice, noticeAttributes } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/client';
import type { OutgoingMessage } from './conversation';
import { buildTimeline, type TimelineItem } from './timeline';

const noon = Date.UTC(2026, 10, 22, 12);
const minutes = (count: number) => count * 60_000;
const utcDay = (at: number) => new Date(at).toISOString().slice(0, 10);

/** Builds a timeline of these messages, one second apart by default. */
const timelineOf = (messages: readonly Partial<ChatMessage>[], outgoing: readonly OutgoingMessage[] = []) =>
  buildTimeline(
    {
      messages: messages.map((values, index) => ({
        index,
        author: 'agent_alice',
        body: 'text',
        attributes: {},
        sentAt: noon + index * 1000,
        ...values,
      })),
      outgoing,
    },
    'customer-1',
    'Agent',
    utcDay,
  );
const aNotice = (notice: Notice): Partial<ChatMessage> => ({
  author: NOTICE_AUTHOR,
  body: 'fallback text',
  attributes: noticeAttributes(notice),
});
const head = { v: 1 as const, id: 'notice-1' };
const joined = (name: string) => aNotice({ ...head, kind: 'agent-joined', name });
const left = (name: string) => aNotice({ ...head, kind: 'agent-left', name });
const messagesIn = (items: readonly TimelineItem[]) => items.filter((item) => item.type === 'message');

describe('buildTimeline', () => {
  it('marks each message as from the customer or from an agent', () => {
    const { items } = timelineOf([{ author: 'customer-1' }, { author: 'agent_alice' }]);
    expect(messagesIn(items).map(({ from }) => from)).toEqual(['customer', 'agent']);
  });

  it('names agents by their notices and never by identity', () => {
    const { items } = timelineOf([
      { body: 'before any notice' },
      joined('Alice'),
      { body: 'from the only agent' },
      joined('Bob'),
      { body: 'from the first of two' },
      { author: 'agent_bob', body: 'from the second' },
      { author: 'agent_carol', body: 'from an unannounced agent' },
      left('Alice'),
      { author: 'agent_bob', body: 'from the remaining agent' },
    ]);
    expect(messagesIn(items).map(({ body, name }) => [body, name])).toEqual([
      ['before any notice', 'Alice'],
      ['from the only agent', 'Alice'],
      ['from the first of two', 'Alice'],
      ['from the second', 'Bob'],
      ['from an unannounced agent', 'Agent'],
      ['from the remaining agent', 'Bob'],
    ]);
    expect(JSON.stringify(items)).not.toContain('agent_');
  });

  it('names an agent who wrote shortly before the notice of their joining', () => {
    const { items } = timelineOf([
      { body: 'first' },
      joined('Alice'),
      { author: 'agent_bob', body: 'before the notice' },
      joined('Bob'),
      { author: 'agent_bob', body: 'after the notice' },
      { body: 'from Alice' },
    ]);
    expect(messagesIn(items).map(({ body, name }) => [body, name])).toEqual([
      ['first', 'Alice'],
      ['before the notice', 'Bob'],
      ['after the notice', 'Bob'],
      ['from Alice', 'Alice'],
    ]);
  });

  it('gives an unannounced author no name if the next agent joins much later', () => {
    const { items } = timelineOf([
      joined('Alice'),
      { body: 'from Alice' },
      { author: 'agent_carol', body: 'from a supervisor' },
      { ...joined('Bob'), sentAt: noon + minutes(3) },
      { author: 'agent_bob', body: 'from Bob', sentAt: noon + minutes(4) },
    ]);
    expect(messagesIn(items).map(({ name }) => name)).toEqual(['Alice', 'Agent', 'Bob']);
  });

  it('returns the agents present after the last message', () => {
    expect(timelineOf([joined('Alice'), joined('Bob'), left('Alice')]).agentsPresent).toEqual(['Bob']);
  });

  it('shows a forged notice as an ordinary message', () => {
    const { items, agentsPresent } = timelineOf([
      { ...joined('Mallory'), author: 'customer-1', body: 'Mallory joined' },
    ]);
    expect(items.map(({ type }) => type)).toEqual(['day', 'message']);
    expect(messagesIn(items)).toMatchObject([{ from: 'customer', body: 'Mallory joined' }]);
    expect(agentsPresent).toEqual([]);
  });

  it('shows the text of a notice of an unknown kind', () => {
    const { items } = timelineOf([
      {
        author: NOTICE_AUTHOR,
        body: 'News',
        attributes: { notification: true, notice: { v: 2, kind: 'news' } },
      },
    ]);
    expect(messagesIn(items)).toMatchObject([{ from: 'agent', body: 'News' }]);
  });

  it('groups consecutive messages of one author, with the name on the first', () => {
    const { items } = timelineOf([
      joined('Alice'),
      { sentAt: noon },
      { sentAt: noon + minutes(1) },
      { sentAt: noon + minutes(7) },
      { sentAt: noon + minutes(8), author: 'customer-1' },
    ]);
    expect(
      messagesIn(items).map(({ name, firstOfGroup, lastOfGroup }) => [name, firstOfGroup, lastOfGroup]),
    ).toEqual([
      ['Alice', true, false],
      [undefined, false, true],
      ['Alice', true, true],
      [undefined, true, true],
    ]);
  });

  it('does not group messages of two agents with unknown names', () => {
    const { items } = timelineOf([
      joined('Alice'),
      joined('Bob'),
      { author: 'agent_alice' },
      { author: 'agent_bob' },
    ]);
    expect(messagesIn(items).map(({ firstOfGroup }) => firstOfGroup)).toEqual([true, true]);
  });

  it('adds one item for each day', () => {
    const { items } = timelineOf([
      { sentAt: noon },
      { sentAt: noon + minutes(1) },
      { sentAt: noon + minutes(24 * 60) },
    ]);
    expect(items.map(({ type }) => type)).toEqual(['day', 'message', 'message', 'day', 'message']);
  });

  it('adds outgoing texts at the end', () => {
    const { items } = timelineOf(
      [{ author: 'customer-1' }],
      [{ id: 'a', body: 'next', state: 'failed', writtenAt: noon }],
    );
    expect(messagesIn(items).at(-1)).toMatchObject({ body: 'next', outgoing: { id: 'a', state: 'failed' } });
  });
});
