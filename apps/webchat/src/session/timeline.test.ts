import { NOTICE_AUTHOR, type Notice, noticeAttributes } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/client';
import type { OutgoingMessage } from './conversation';
import { buildTimeline, type TimelineItem } from './timeline';

const noon = Date.UTC(2026, 10, 22, 12);
const minutes = (count: number) => count * 60_000;
const utcDay = (at: number) => new Date(at).toISOString().slice(0, 10);

/** Messages in this order, a second apart unless they say otherwise. */
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
  body: 'for whoever cannot render it',
  attributes: noticeAttributes(notice),
});
const head = { v: 1 as const, id: 'notice-1' };
const joined = (name: string) => aNotice({ ...head, kind: 'agent-joined', name });
const left = (name: string) => aNotice({ ...head, kind: 'agent-left', name });
const messagesIn = (items: readonly TimelineItem[]) => items.filter((item) => item.type === 'message');

describe('buildTimeline', () => {
  it("tells the customer's messages from the agents'", () => {
    const { items } = timelineOf([{ author: 'customer-1' }, { author: 'agent_alice' }]);
    expect(messagesIn(items).map(({ from }) => from)).toEqual(['customer', 'agent']);
  });

  it('names an agent by the notices before the message, and never by identity', () => {
    const { items } = timelineOf([
      { body: 'before anybody was announced' },
      joined('Alice'),
      { body: 'from the only agent' },
      joined('Bob'),
      { body: 'from the first of two' },
      { author: 'agent_bob', body: 'from the second' },
      { author: 'agent_carol', body: 'from somebody never announced' },
      left('Alice'),
      { author: 'agent_bob', body: 'from the one who stayed' },
    ]);
    expect(messagesIn(items).map(({ body, name }) => [body, name])).toEqual([
      ['before anybody was announced', 'Alice'],
      ['from the only agent', 'Alice'],
      ['from the first of two', 'Alice'],
      ['from the second', 'Bob'],
      ['from somebody never announced', 'Agent'],
      ['from the one who stayed', 'Bob'],
    ]);
    expect(JSON.stringify(items)).not.toContain('agent_');
  });

  it('does not take an agent who writes before they are said to have joined for the one who is there', () => {
    const { items } = timelineOf([
      { body: 'first' },
      joined('Alice'),
      { author: 'agent_bob', body: 'quicker than the notice' },
      joined('Bob'),
      { author: 'agent_bob', body: 'after it' },
      { body: 'from Alice' },
    ]);
    expect(messagesIn(items).map(({ body, name }) => [body, name])).toEqual([
      ['first', 'Alice'],
      ['quicker than the notice', 'Bob'],
      ['after it', 'Bob'],
      ['from Alice', 'Alice'],
    ]);
  });

  it('does not name somebody who was never announced after the next one who joins', () => {
    const { items } = timelineOf([
      joined('Alice'),
      { body: 'from Alice' },
      { author: 'agent_carol', body: 'from a supervisor' },
      { ...joined('Bob'), sentAt: noon + minutes(3) },
      { author: 'agent_bob', body: 'from Bob', sentAt: noon + minutes(4) },
    ]);
    expect(messagesIn(items).map(({ name }) => name)).toEqual(['Alice', 'Agent', 'Bob']);
  });

  it('says who is there in the end', () => {
    expect(timelineOf([joined('Alice'), joined('Bob'), left('Alice')]).present).toEqual(['Bob']);
  });

  it('takes a notice that somebody else than the server wrote for an ordinary message', () => {
    const { items, present } = timelineOf([
      { ...joined('Mallory'), author: 'customer-1', body: 'Mallory joined' },
    ]);
    expect(items.map(({ type }) => type)).toEqual(['day', 'message']);
    expect(messagesIn(items)).toMatchObject([{ from: 'customer', body: 'Mallory joined' }]);
    expect(present).toEqual([]);
  });

  it('shows the text of a notice of a kind it does not know', () => {
    const { items } = timelineOf([
      {
        author: NOTICE_AUTHOR,
        body: 'News',
        attributes: { notification: true, notice: { v: 2, kind: 'news' } },
      },
    ]);
    expect(messagesIn(items)).toMatchObject([{ from: 'agent', body: 'News' }]);
  });

  it('groups messages of one author that follow closely, with one name and one end', () => {
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

  it('does not group messages of two agents, though both are only "Agent"', () => {
    const { items } = timelineOf([
      joined('Alice'),
      joined('Bob'),
      { author: 'agent_alice' },
      { author: 'agent_bob' },
    ]);
    expect(messagesIn(items).map(({ firstOfGroup }) => firstOfGroup)).toEqual([true, true]);
  });

  it('begins each day once', () => {
    const { items } = timelineOf([
      { sentAt: noon },
      { sentAt: noon + minutes(1) },
      { sentAt: noon + minutes(24 * 60) },
    ]);
    expect(items.map(({ type }) => type)).toEqual(['day', 'message', 'message', 'day', 'message']);
  });

  it('puts what is still on its way at the end', () => {
    const { items } = timelineOf(
      [{ author: 'customer-1' }],
      [{ id: 'a', body: 'next', state: 'failed', writtenAt: noon }],
    );
    expect(messagesIn(items).at(-1)).toMatchObject({ body: 'next', outgoing: { id: 'a', state: 'failed' } });
  });
});
