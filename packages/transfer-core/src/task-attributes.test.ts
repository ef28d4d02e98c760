import { describe, expect, it } from 'vitest';
import {
  associatedTasks,
  buildTransferTaskAttributes,
  conversationAttributes,
  parseChatTask,
  stripConversation,
  transferTaskExpression,
} from './task-attributes';
import { aConversationSid, aLedger, aTask, aTaskSid, aTransfer, aWorker, aWorkerSid } from './testing';

const channelSid = aConversationSid(1);

describe('parseChatTask', () => {
  it('knows a chat by its channel', () => {
    expect(parseChatTask({ channelSid, customerName: 'Dana' })).toEqual({
      backend: 'programmable-chat',
      conversationSid: channelSid,
    });
  });

  it('knows a transfer task by its transfer', () => {
    expect(parseChatTask({ channelSid, transferId: 'transfer' })).toMatchObject({ transferId: 'transfer' });
  });

  it('still knows the chat of a task that was completed while the chat went on', () => {
    expect(parseChatTask(stripConversation({ channelSid }))?.conversationSid).toBe(channelSid);
  });

  it.each<[string, unknown]>([
    ['a call', { call_sid: 'CA1', from: '+15550001' }],
    ['a Flex Conversations task', { channelSid, flexInteractionChannelSid: 'UO1' }],
    ['a channel that is none', { channelSid: 'general' }],
    ['a channel that is not text', { channelSid: 7 }],
    ['no attributes', undefined],
    ['attributes that are still text', JSON.stringify({ channelSid })],
    ['a list', [channelSid]],
  ])('does not take %s for a chat of ours', (_what, attributes) => {
    expect(parseChatTask(attributes)).toBeUndefined();
  });
});

describe('buildTransferTaskAttributes', () => {
  const original = {
    channelSid,
    channelType: 'web',
    customerName: 'Dana',
    conversations: { segment_attribute_1: 'gold' },
    'a key of the account': { deep: ['value'] },
  };
  const build = (values: Partial<Parameters<typeof buildTransferTaskAttributes>[0]> = {}) =>
    buildTransferTaskAttributes({ transfer: aTransfer(), original, agentsInChat: [], ...values });

  it("takes everything along, the account's own keys too", () => {
    expect(build()).toMatchObject(original);
  });

  it('says where it goes, whose transfer it is and who is not to be asked', () => {
    const transfer = aTransfer({
      mode: 'warm',
      note: 'Wants a refund',
      target: { kind: 'worker', workerSid: aWorkerSid(2) },
    });
    expect(build({ transfer, agentsInChat: [aWorker(1), aWorker(3)] })).toMatchObject({
      transferId: transfer.id,
      transferTargetType: 'worker',
      transferTargetSid: aWorkerSid(2),
      workerSidsInConversation: [aWorkerSid(1), aWorkerSid(3)],
      chatTransfer: { mode: 'warm', from: 'Alice', note: 'Wants a refund' },
    });
  });

  it('does not offer the chat back to the agent whom a cold transfer has let go', () => {
    expect(build({ transfer: aTransfer({ from: aWorker(1) }), agentsInChat: [] })).toMatchObject({
      workerSidsInConversation: [aWorkerSid(1)],
    });
  });

  it('has no note when there is none', () => {
    expect(build().chatTransfer).toEqual({ mode: 'cold', from: 'Alice' });
  });

  it('leaves behind what only the old task is about', () => {
    const hop = build({
      original: {
        ...original,
        chatTransfer: { mode: 'warm', from: 'Bob', note: 'An old note' },
        transferId: 'an old transfer',
        transferTargetType: 'worker',
        transferTargetSid: aWorkerSid(9),
        workerSidsInConversation: [aWorkerSid(9)],
        transferredChannelSid: aConversationSid(9),
        chatTransferData: {},
        transferQueueName: 'Internal VIP queue',
        ignoreWorkerContactUri: 'client:bob',
      },
    });
    expect(hop).toEqual(build());
  });

  it('links all hops to the first task for reports, and keeps the rest that reports hold', () => {
    const first = build();
    expect(first.conversations).toEqual({ segment_attribute_1: 'gold', conversation_id: aTaskSid(1) });
    const second = build({ original: first, transfer: aTransfer({ originalTaskSid: aTaskSid(2) }) });
    expect(second.conversations).toEqual(first.conversations);
  });

  it('links to the first task even when the account keeps something odd there', () => {
    for (const conversations of [undefined, null, 'text', ['list']]) {
      expect(build({ original: { channelSid, conversations } }).conversations).toEqual({
        conversation_id: aTaskSid(1),
      });
    }
  });

  it('makes a task that is a chat of ours again', () => {
    expect(parseChatTask(build())).toEqual({
      backend: 'programmable-chat',
      conversationSid: channelSid,
      transferId: aTransfer().id,
    });
  });
});

describe('stripConversation', () => {
  it('moves the channel to a key that Flex does not read, and keeps the rest', () => {
    expect(stripConversation({ channelSid, customerName: 'Dana' })).toEqual({
      customerName: 'Dana',
      transferredChannelSid: channelSid,
    });
  });

  it('changes nothing the second time', () => {
    const stripped = stripConversation({ channelSid });
    expect(stripConversation(stripped)).toEqual(stripped);
  });
});

describe('what the conversation says of its tasks', () => {
  const tasks = {
    [aTaskSid(1)]: aTask({ state: 'closed' }),
    [aTaskSid(2)]: aTask({ state: 'left' }),
    [aTaskSid(3)]: aTask({ state: 'active' }),
    [aTaskSid(4)]: aTask({ state: 'waiting' }),
  };

  it('calls only a closed task completed', () => {
    expect(associatedTasks(aLedger({ tasks }))).toEqual({
      [aTaskSid(1)]: 'completed',
      [aTaskSid(2)]: 'inflight',
      [aTaskSid(3)]: 'inflight',
      [aTaskSid(4)]: 'inflight',
    });
  });

  it('opens a conversation again that something closed, and keeps what others wrote', () => {
    const current = { status: 'INACTIVE', pre_engagement_data: { name: 'Dana' }, associatedTasks: {} };
    expect(conversationAttributes(current, aLedger({ tasks }))).toEqual({
      status: 'ACTIVE',
      pre_engagement_data: { name: 'Dana' },
      associatedTasks: associatedTasks(aLedger({ tasks })),
    });
  });

  it('is closed when the chat has ended', () => {
    const ended = aLedger({ ended: { at: 1, by: 'last-agent' } });
    expect(conversationAttributes({}, ended)).toEqual({ status: 'INACTIVE', associatedTasks: {} });
  });
});

describe('transferTaskExpression', () => {
  it('finds the task of one transfer', () => {
    expect(transferTaskExpression('the-id')).toBe('transferId == "the-id"');
  });
});
