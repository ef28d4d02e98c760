import { describe, expect, it } from 'vitest';
import { aConversationSid, anEarlierTask, anInteraction, aTaskSid, aTransfer } from '../../testing';
import {
  conversationTasksExpression,
  parseChatTask,
  parseSuccessor,
  transferTaskExpression,
} from './chat-task';
import { detachConversation } from './transfer-task';

const channelSid = aConversationSid(1);

const interaction = {
  conversationSid: channelSid,
  flexInteractionSid: anInteraction().interactionSid,
  flexInteractionChannelSid: anInteraction().channelSid,
};

describe('parseChatTask', () => {
  it('returns the channel of a chat on Programmable Chat', () => {
    expect(parseChatTask({ channelSid, customerName: 'Dana' })).toEqual({
      backend: 'programmable-chat',
      conversationSid: channelSid,
    });
  });

  it('returns the transfer of a transfer task', () => {
    expect(parseChatTask({ channelSid, chatTransferId: 'transfer' })).toMatchObject({
      transferId: 'transfer',
    });
  });

  it('returns the conversation of a task that was completed while the chat went on', () => {
    expect(parseChatTask(detachConversation({ channelSid }))?.conversationSid).toBe(channelSid);
    for (const key of ['chatTransferredChannelSid', 'transferredChannelSid', 'leftChat']) {
      expect(parseChatTask({ [key]: channelSid })?.conversationSid).toBe(channelSid);
    }
  });

  it('returns the channel type', () => {
    expect(parseChatTask({ channelSid, channelType: 'sms' })).toMatchObject({ channelType: 'sms' });
  });

  const chat = { backend: 'programmable-chat', conversationSid: channelSid };

  it.each<[string, object]>([
    ['transferId: null', { transferId: null }],
    ['transferId: 42', { transferId: 42 }],
    ['a transferId of the account', { transferId: 'order 66' }],
    ['a UUID of the account', { transferId: aTransfer().id, chatTransfer: 'yes' }],
    ['chatTransferId: null', { chatTransferId: null }],
    ['chatTransferId: 42', { chatTransferId: 42 }],
    ['chatTransfer: null', { chatTransfer: null }],
    ['channelType: null', { channelType: null }],
    ['channelType: 42', { channelType: 42 }],
    ['an empty channelType', { channelType: '' }],
    ['a transferredChannelSid of the account', { transferredChannelSid: 'general' }],
    ['transferredChannelSid: null', { transferredChannelSid: null }],
    ['flexInteractionChannelSid: null', { flexInteractionChannelSid: null, flexInteractionSid: null }],
    ['flexInteractionChannelSid: 42', { flexInteractionChannelSid: 42 }],
    ['an empty flexInteractionChannelSid', { flexInteractionChannelSid: '' }],
    ['flexInteractionChannelSid: {}', { flexInteractionChannelSid: {} }],
    ['conversationSid: null', { conversationSid: null }],
    ['an empty transferId', { transferId: '' }],
    ['transferId: {}', { transferId: {} }],
    ['an empty chatTransferId', { chatTransferId: '' }],
    ['channelType: {}', { channelType: {} }],
  ])('reads the chat beside %s', (_what, attributes) => {
    expect(parseChatTask({ channelSid, ...attributes })).toEqual(chat);
  });

  it('reads the transfer of a task that an earlier version created', () => {
    expect(parseChatTask({ channelSid, ...anEarlierTask() })?.transferId).toBe(aTransfer().id);
  });

  it.each(['voice', 'Voice', 'video', 'email', 'callback'])(
    'returns undefined for a task of the channel %s that has copied the attributes of a chat',
    (taskChannel) => {
      expect(parseChatTask({ channelSid }, taskChannel)).toBeUndefined();
      expect(parseChatTask(interaction, taskChannel)).toBeUndefined();
    },
  );

  it.each(['chat', 'sms', 'whatsapp', 'default', 'my-chat', undefined])(
    'reads a chat of the task channel %s',
    (taskChannel) => {
      expect(parseChatTask({ channelSid }, taskChannel)).toEqual(chat);
    },
  );

  it.each<[string, unknown]>([
    ['a call', { call_sid: 'CA1', from: '+15550001' }],
    ['a Flex Conversations task without its other keys', { channelSid, flexInteractionChannelSid: 'UO1' }],
    ['an invalid channel SID', { channelSid: 'general' }],
    ['a channel that is not text', { channelSid: 7 }],
    ['no attributes', undefined],
    ['attributes that are not parsed', JSON.stringify({ channelSid })],
    ['a list', [channelSid]],
  ])('returns undefined for %s', (_what, attributes) => {
    expect(parseChatTask(attributes)).toBeUndefined();
  });
});

describe('parseChatTask, on Flex Conversations', () => {
  it('returns the conversation, the interaction and the channel type', () => {
    expect(parseChatTask({ ...interaction, channelType: 'sms', chatTransferId: 'transfer' })).toEqual({
      backend: 'conversations',
      conversationSid: channelSid,
      interaction: anInteraction(),
      channelType: 'sms',
      transferId: 'transfer',
    });
  });

  it.each<[string, object]>([
    ['an interaction without a conversation', { ...interaction, conversationSid: undefined }],
    ['a channel without its interaction', { ...interaction, flexInteractionSid: undefined }],
    ['an invalid interaction channel SID', { ...interaction, flexInteractionChannelSid: 'UO1' }],
    ['an e-mail thread', { ...interaction, channelType: 'email' }],
    ['an e-mail thread of another spelling', { ...interaction, channelType: 'Email' }],
  ])('returns undefined for %s', (_what, attributes) => {
    expect(parseChatTask(attributes)).toBeUndefined();
  });
});

describe('transferTaskExpression', () => {
  it('finds the task of one transfer, also of an earlier version', () => {
    expect(transferTaskExpression('the-id')).toBe('chatTransferId == "the-id" OR transferId == "the-id"');
  });
});

describe('parseSuccessor', () => {
  it('returns the task that the original feature created for the chat', () => {
    const chatTransferData = { transferTaskSid: aTaskSid(2), transferType: 'WARM' };
    expect(parseSuccessor({ chatTransferData })).toBe(aTaskSid(2));
  });

  it.each([undefined, {}, { chatTransferData: {} }, { chatTransferData: { transferTaskSid: 'WT1' } }])(
    'returns undefined for %j',
    (attributes) => {
      expect(parseSuccessor(attributes)).toBeUndefined();
    },
  );
});

describe('conversationTasksExpression', () => {
  it('finds every task that names the conversation', () => {
    expect(conversationTasksExpression(channelSid, 'programmable-chat')).toBe(
      `channelSid == "${channelSid}"`,
    );
    expect(conversationTasksExpression(channelSid, 'conversations')).toBe(
      `conversationSid == "${channelSid}"`,
    );
  });
});
