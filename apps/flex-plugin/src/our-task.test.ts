import { describe, expect, it } from 'vitest';
import { isOurAcceptedTask, isOurTask, readChatTask } from './our-task';

const taskSid = `WT${'1'.repeat(32)}`;
const conversationSid = `CH${'2'.repeat(32)}`;
const task = (attributes: unknown, status = 'accepted') => ({ taskSid, status, attributes });

describe('readChatTask', () => {
  it('finds the chat of a Programmable Chat task', () => {
    expect(readChatTask(task({ channelSid: conversationSid }))).toEqual({ taskSid, conversationSid });
  });

  it('prefers conversationSid, as Flex does', () => {
    const other = `CH${'3'.repeat(32)}`;
    expect(readChatTask(task({ channelSid: conversationSid, conversationSid: other }))?.conversationSid).toBe(
      other,
    );
  });

  it('reads past blanks that somebody put around the SID, as Flex does', () => {
    expect(readChatTask(task({ channelSid: ` ${conversationSid} ` }))?.conversationSid).toBe(conversationSid);
  });

  it.each([
    ['a call', { call_sid: 'CA1' }],
    ['a chat of Flex Conversations', { conversationSid, flexInteractionChannelSid: 'UO1' }],
    ['something that is no SID', { channelSid: 'general' }],
    ['attributes that are no object', 'channelSid'],
    ['no attributes', undefined],
  ])('leaves %s to Flex', (_, attributes) => {
    expect(isOurTask(task(attributes))).toBe(false);
  });

  it('survives slots that Flex renders without a task', () => {
    expect(isOurTask(undefined)).toBe(false);
  });
});

describe('isOurAcceptedTask', () => {
  it.each([
    ['pending', false],
    ['accepted', true],
    ['wrapping', false],
    ['completed', false],
  ])('says of a %s task of ours: %s', (status, expected) => {
    expect(isOurAcceptedTask(task({ channelSid: conversationSid }, status))).toBe(expected);
  });

  it('says no to an accepted call', () => {
    expect(isOurAcceptedTask(task({ call_sid: 'CA1' }))).toBe(false);
  });
});
