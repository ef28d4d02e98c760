import { authorKeyOf, NOTICE_AUTHOR, type Notice, noticeAttributes } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/client';
import type { OutgoingMessage } from './conversation';
import { buildTimeline, type TimelineItem } from './timeline';

const noon = Date.UTC(2026, 10, 22, 12);
const minutes = (count: number) => count * 60_000;
const utcDay = (at: number) => new Date(at).toISOString().slice(0, 10);

const CHAT = `CH${'0'.repeat(32)}`;

/** Builds a timeline of these messages, one second apart by default. Their author is Alice by default. */
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
    { conversationSid: CHAT, customer: 'customer-1', unnamedAuthor: 'Message', dayOf: utcDay },
  );
const aNotice = (notice: Notice): Partial<ChatMessage> => ({
  author: NOTICE_AUTHOR,
  body: 'fallback text',
  attributes: noticeAttributes(notice),
});
/** A notice about an agent, whose identity is `agent_` and their name in small letters. */
const about = (kind: 'agent-joined' | 'agent-left', name: string) =>
  aNotice({
    v: 1,
    id: `${kind}:${name}`,
    kind,
    name,
    authorKey: authorKeyOf(CHAT, `agent_${name.toLowerCase()}`),
  });
const joined = (name: string) => about('agent-joined', name);
const left = (name: string) => about('agent-left', name);
/** The notice of an earlier version, which does not say whom it introduces. */
const joinedWithoutKey = (name: string) =>
  aNotice({ v: 1, id: `agent-joined:${name}`, kind: 'agent-joined', name });
const messagesIn = (items: readonly TimelineItem[]) => items.filter((item) => item.type === 'message');
const namesIn = (items: readonly TimelineItem[]) => messagesIn(items).map(({ body, name }) => [body, name]);

describe('buildTimeline', () => {
  it('marks each message as from the customer or from another author', () => {
    const { items } = timelineOf([{ author: 'customer-1' }, { author: 'agent_alice' }]);
    expect(messagesIn(items).map(({ from }) => from)).toEqual(['customer', 'other']);
  });

  it('names the author of each message by the notices that introduce them, and never by identity', () => {
    const { items } = timelineOf([
      { body: 'shortly before the notice' },
      joined('Alice'),
      { body: 'from the only agent' },
      { author: 'agent_bob', body: 'long before the notice' },
      joined('Bob'),
      { body: 'from the first of two' },
      { author: 'agent_bob', body: 'from the second' },
      left('Alice'),
      { author: 'agent_bob', body: 'from the remaining agent' },
      { body: 'from the agent who has left' },
    ]);
    expect(namesIn(items)).toEqual([
      ['shortly before the notice', 'Alice'],
      ['from the only agent', 'Alice'],
      ['long before the notice', 'Bob'],
      ['from the first of two', 'Alice'],
      ['from the second', 'Bob'],
      ['from the remaining agent', 'Bob'],
      ['from the agent who has left', 'Alice'],
    ]);
    expect(JSON.stringify(items)).not.toContain('agent_');
  });

  it('names no agent above the words of a bot, even while agents are in the chat', () => {
    const { items } = timelineOf([
      { author: 'bot', body: 'before any agent' },
      joined('Alice'),
      { author: 'bot', body: 'with one agent' },
      joined('Bob'),
      { author: 'bot', body: 'with two agents' },
      left('Alice'),
      left('Bob'),
      { author: 'bot', body: 'after the agents' },
    ]);
    expect(namesIn(items)).toEqual([
      ['before any agent', undefined],
      ['with one agent', 'Message'],
      ['with two agents', 'Message'],
      ['after the agents', 'Message'],
    ]);
  });

  it('names no author from notices without keys, because a bot may have written the message', () => {
    const { items, agentsPresent } = timelineOf([
      joinedWithoutKey('Alice'),
      { body: 'from an agent or a bot' },
    ]);
    expect(namesIn(items)).toEqual([['from an agent or a bot', 'Message']]);
    expect(agentsPresent).toEqual([{ name: 'Alice' }]);
  });

  it('shows no name above the messages of the customer', () => {
    const { items } = timelineOf([joined('Alice'), { author: 'customer-1', body: 'Hello' }]);
    expect(namesIn(items)).toEqual([['Hello', undefined]]);
  });

  it('shows the first of the messages with the same notice, whichever is loaded first', () => {
    const messages = [joined('Alice'), { body: 'Hi' }, joined('Alice')];
    const keysOf = (first: number) =>
      timelineOf(messages.map((message, index) => ({ ...message, index })).slice(first)).items.flatMap(
        ({ type, key }) => (type === 'notice' ? [key] : []),
      );

    expect(keysOf(2)).toEqual(['message 2']);
    expect(keysOf(1)).toEqual(['message 2']);
    expect(keysOf(0)).toEqual(['message 0']);
  });

  it('counts the agent of a repeated notice once', () => {
    const { agentsPresent } = timelineOf([joined('Alice'), joined('Alice'), left('Alice'), left('Alice')]);
    expect(agentsPresent).toEqual([]);
  });

  it('adds no day for a repeated notice', () => {
    const { items } = timelineOf([joined('Alice'), { ...joined('Alice'), sentAt: noon + minutes(24 * 60) }]);
    expect(items.map(({ type }) => type)).toEqual(['day', 'notice']);
  });

  it('returns the agents present after the last message', () => {
    const { agentsPresent } = timelineOf([joined('Alice'), joined('Bob'), left('Alice')]);
    expect(agentsPresent).toMatchObject([{ name: 'Bob' }]);
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
    expect(messagesIn(items)).toMatchObject([{ from: 'other', body: 'News' }]);
  });

  it('groups consecutive messages of one author', () => {
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
      ['Alice', false, true],
      ['Alice', true, true],
      [undefined, true, true],
    ]);
  });

  it('does not group messages of two authors without names', () => {
    const { items } = timelineOf([joined('Alice'), { author: 'bot' }, { author: 'studio' }]);
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
