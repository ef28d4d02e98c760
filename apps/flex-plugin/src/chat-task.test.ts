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
    'finds a chat of Flex Conversations on the channel %s',
    (channelType) => {
      const attributes = { ...onFlexConversations, channelType };
      expect(readChatTask(task(attributes))).toEqual({ taskSid, conversationSid });
    },
  );

  it.each([
    ['a call', { call_sid: 'CA1' }],
    ['an e-mail', { ...onFlexConversations, channelType: 'email' }],
    ['an interaction without a conversation', { ...onFlexConversations, conversationSid: undefined }],
    ['something that is no SID', { channelSid: 'general' }],
    ['attributes that are no object', 'channelSid'],
    ['no attributes', undefined],
  ])('leaves %s to Flex', (_, attributes) => {
    expect(isChatTask(task(attributes))).toBe(false);
  });

  it('survives slots that Flex renders without a task', () => {
    expect(isChatTask(undefined)).toBe(false);
  });
});

describe('readBackend', () => {
  it('says where a chat of ours lives', () => {
    expect(readBackend(task({ channelSid: conversationSid }))).toBe('programmable-chat');
    expect(readBackend(task(onFlexConversations))).toBe('conversations');
  });

  it('says nothing of what is no chat of ours', () => {
    expect(readBackend(task({ call_sid: 'CA1' }))).toBeUndefined();
    expect(readBackend(undefined)).toBeUndefined();
  });
});

describe('isAcceptedChatTask', () => {
  it.each([
    ['pending', false],
    ['accepted', true],
    ['wrapping', false],
    ['completed', false],
  ])('says of a %s task of ours: %s', (status, expected) => {
    expect(isAcceptedChatTask(task({ channelSid: conversationSid }, status))).toBe(expected);
  });

  it('says no to an accepted call', () => {
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

  it('finds a chat that has no interaction by its conversation', () => {
    const legacy = task({ channelSid: conversationSid });
    expect(findChatTask([call, legacy], { conversationSid })).toBe(legacy);
    expect(findChatTask([call, legacy], { channelSid: undefined, conversationSid })).toBe(legacy);
  });

  it('prefers the task with which the agent is in the chat to one that they are wrapping up', () => {
    const earlier = task(onFlexConversations, 'wrapping');
    expect(findChatTask([earlier, chat], { channelSid })).toBe(chat);
    expect(findChatTask([earlier], { channelSid })).toBe(earlier);
  });

  it('finds none for what is unknown, and never an e-mail', () => {
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
  const ringing = named('7', onFlexConversations, 'pending');
  const wrapping = named('8', onFlexConversations, 'wrapping');
  const otherChat = named(
    '9',
    { ...onFlexConversations, conversationSid: `CH${'3'.repeat(32)}` },
    'wrapping',
  );

  it('finds what the agent is still wrapping up of the chat that has come back', () => {
    expect(findEarlierTasks([ringing, wrapping, otherChat], ringing)).toEqual([wrapping]);
  });

  it('finds none when the chat comes for the first time', () => {
    expect(findEarlierTasks([ringing, otherChat], ringing)).toEqual([]);
  });

  it('finds none of a task that does not ring', () => {
    expect(findEarlierTasks([wrapping], { ...ringing, status: 'accepted' })).toEqual([]);
    expect(findEarlierTasks([wrapping], undefined)).toEqual([]);
  });

  it('leaves Programmable Chat as it is', () => {
    const attributes = { channelSid: conversationSid };
    const legacy = named('7', attributes, 'pending');
    expect(findEarlierTasks([legacy, named('8', attributes, 'wrapping')], legacy)).toEqual([]);
  });
});
