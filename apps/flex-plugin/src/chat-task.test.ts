import { describe, expect, it } from 'vitest';
import {
  findChatTask,
  findEarlierTasks,
  isAcceptedChatTask,
  isChatTask,
  readBackend,
  readChatTask,
} from './chat-task';

const taskSid = `WT${'1'.repeat(32)}`;
const conversationSid = `CH${'2'.repeat(32)}`;
const task = (attributes: unknown, status = 'accepted') => ({ taskSid, status, attributes });

const onFlexConversations = {
  conversationSid,
  flexInteractionSid: `KD${'4'.repeat(32)}`,
  flexInteractionChannelSid: `UO${'5'.repeat(32)}`,
};

describe('readChatTask', () => {
  it('finds the chat of a Programmable Chat task', () => {
    expect(readChatTask(task({ channelSid: conversationSid }))).toEqual({ taskSid, conversationSid });
  });

  it.each(['web', 'sms', undefined])(
    'finds the chat of a Flex Conversations task with the channel type %s',
    (channelType) => {
      const attributes = { ...onFlexConversations, channelType };
      expect(readChatTask(task(attributes))).toEqual({ taskSid, conversationSid });
    },
  );

  it.each([
    ['a call', { call_sid: 'CA1' }],
    ['an e-mail', { ...onFlexConversations, channelType: 'email' }],
    ['an interaction without a conversation', { ...onFlexConversations, conversationSid: undefined }],
    ['a malformed SID', { channelSid: 'general' }],
    ['attributes that are not an object', 'channelSid'],
    ['missing attributes', undefined],
  ])('returns undefined for %s', (_, attributes) => {
    expect(readChatTask(task(attributes))).toBeUndefined();
    expect(isChatTask(task(attributes))).toBe(false);
  });

  it.each(['voice', 'email'])(
    'returns undefined for a task on %s with the attributes of a chat',
    (channel) => {
      const callback = { ...task(onFlexConversations), taskChannelUniqueName: channel };
      expect(readChatTask(callback)).toBeUndefined();
      expect(readBackend(callback)).toBeUndefined();
      expect(findChatTask([callback], { conversationSid })).toBeUndefined();
    },
  );

  it.each(['chat', 'sms', 'default'])('finds the chat of a task on %s', (taskChannelUniqueName) => {
    const chat = { ...task(onFlexConversations), taskChannelUniqueName };
    expect(readChatTask(chat)).toEqual({ taskSid, conversationSid });
  });

  it.each([{ transferId: null }, { transferId: 42 }, { channelType: null }])(
    'finds the chat beside %j',
    (attributes) => {
      const given = task({ channelSid: conversationSid, ...attributes });
      expect(readChatTask(given)).toEqual({ taskSid, conversationSid });
    },
  );

  it('returns undefined without a task, because Flex renders some components without one', () => {
    expect(readChatTask(undefined)).toBeUndefined();
    expect(isChatTask(undefined)).toBe(false);
  });
});

describe('readBackend', () => {
  it('returns the backend of a chat task', () => {
    expect(readBackend(task({ channelSid: conversationSid }))).toBe('programmable-chat');
    expect(readBackend(task(onFlexConversations))).toBe('conversations');
  });

  it('returns undefined for a task that is not a chat', () => {
    expect(readBackend(task({ call_sid: 'CA1' }))).toBeUndefined();
    expect(readBackend(undefined)).toBeUndefined();
  });
});

describe('isAcceptedChatTask', () => {
  it.each([
    [false, 'pending'],
    [true, 'accepted'],
    [false, 'wrapping'],
    [false, 'completed'],
  ])('returns %s for a chat task with the status %s', (expected, status) => {
    expect(isAcceptedChatTask(task({ channelSid: conversationSid }, status))).toBe(expected);
  });

  it('returns false for an accepted call', () => {
    expect(isAcceptedChatTask(task({ call_sid: 'CA1' }))).toBe(false);
  });
});

describe('findChatTask', () => {
  const channelSid = onFlexConversations.flexInteractionChannelSid;
  const call = task({ call_sid: 'CA1' });
  const other = task({ ...onFlexConversations, flexInteractionChannelSid: `UO${'6'.repeat(32)}` });
  const chat = task(onFlexConversations);

  it('finds a chat by the channel of its interaction', () => {
    expect(findChatTask([call, other, chat], { channelSid })).toBe(chat);
  });

  it('finds a chat without an interaction by its conversation', () => {
    const legacy = task({ channelSid: conversationSid });
    expect(findChatTask([call, legacy], { conversationSid })).toBe(legacy);
    expect(findChatTask([call, legacy], { channelSid: undefined, conversationSid })).toBe(legacy);
  });

  it('prefers an accepted task to one in wrap-up', () => {
    const earlier = task(onFlexConversations, 'wrapping');
    expect(findChatTask([earlier, chat], { channelSid })).toBe(chat);
    expect(findChatTask([earlier], { channelSid })).toBe(earlier);
  });

  it('finds nothing for an unknown channel, no channel or an e-mail', () => {
    expect(findChatTask([call], {})).toBeUndefined();
    expect(findChatTask([chat], { channelSid: 'UO1' })).toBeUndefined();
    expect(findChatTask([task({ ...onFlexConversations, channelType: 'email' })], { channelSid })).toBe(
      undefined,
    );
  });
});

describe('findEarlierTasks', () => {
  const named = (digit: string, attributes: object, status: string) => ({
    ...task(attributes, status),
    taskSid: `WT${digit.repeat(32)}`,
  });
  const offered = named('7', onFlexConversations, 'pending');
  const wrapping = named('8', onFlexConversations, 'wrapping');
  const otherChat = named(
    '9',
    { ...onFlexConversations, conversationSid: `CH${'3'.repeat(32)}` },
    'wrapping',
  );

  it('finds the task in wrap-up of a chat that has returned', () => {
    expect(findEarlierTasks([offered, wrapping, otherChat], offered)).toEqual([wrapping]);
  });

  it('finds none for a chat that is offered for the first time', () => {
    expect(findEarlierTasks([offered, otherChat], offered)).toEqual([]);
  });

  it('finds none for a task that is not being offered', () => {
    expect(findEarlierTasks([wrapping], { ...offered, status: 'accepted' })).toEqual([]);
    expect(findEarlierTasks([wrapping], undefined)).toEqual([]);
  });

  it('finds none on Programmable Chat', () => {
    const attributes = { channelSid: conversationSid };
    const legacy = named('7', attributes, 'pending');
    expect(findEarlierTasks([legacy, named('8', attributes, 'wrapping')], legacy)).toEqual([]);
  });
});
