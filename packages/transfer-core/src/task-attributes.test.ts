import { describe, expect, it } from 'vitest';
import {
  aConversationSid,
  aLedger,
  anInteraction,
  aQueueSid,
  aTaskSid,
  aTransfer,
  aWorker,
  aWorkerSid,
} from '../testing';
import {
  buildRedirectAttributes,
  buildTransferTaskAttributes,
  conversationTasksExpression,
  detachConversation,
  parseChatTask,
  parseWithdrawnReservations,
  transferTaskExpression,
} from './task-attributes';

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
    expect(parseChatTask(detachConversation({ channelSid }))?.conversationSid).toBe(channelSid);
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

const interaction = {
  conversationSid: channelSid,
  flexInteractionSid: anInteraction().interactionSid,
  flexInteractionChannelSid: anInteraction().channelSid,
};

describe('parseChatTask, of Flex Conversations', () => {
  it('knows a chat by its conversation, its interaction and how the customer writes', () => {
    expect(parseChatTask({ ...interaction, channelType: 'sms', transferId: 'transfer' })).toEqual({
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
    ['a channel that is none', { ...interaction, flexInteractionChannelSid: 'UO1' }],
    ['a thread of e-mails', { ...interaction, channelType: 'email' }],
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
    buildTransferTaskAttributes({
      conversation: aLedger({ conversationSid: channelSid }),
      transfer: aTransfer(),
      original,
      originalQueueSid: aQueueSid(5),
      agentsInChat: [],
      ...values,
    });

  it('leaves naming the conversation to Flex where the task is made by an invite', () => {
    const attributes = build({
      conversation: aLedger({ backend: 'conversations', interaction: anInteraction() }),
      original: { ...interaction, flexChannelInviteSid: 'KG1', customerName: 'Dana' },
    });
    expect(attributes).not.toHaveProperty('channelSid');
    expect(attributes).not.toHaveProperty('flexChannelInviteSid');
    expect(attributes).toMatchObject({ ...interaction, customerName: 'Dana' });
  });

  it("takes everything along, the account's own keys too", () => {
    const { conversations, ...others } = original;
    expect(build()).toMatchObject(others);
    expect(build().conversations).toMatchObject(conversations);
  });

  it('says where it goes, where it came from, whose transfer it is and who is not to be asked', () => {
    const transfer = aTransfer({
      mode: 'warm',
      note: 'Wants a refund',
      target: { kind: 'worker', workerSid: aWorkerSid(2) },
    });
    expect(build({ transfer, agentsInChat: [aWorker(1), aWorker(3)] })).toMatchObject({
      transferId: transfer.id,
      transferTargetType: 'worker',
      transferTargetSid: aWorkerSid(2),
      transferFromSid: aWorkerSid(1),
      transferReturnQueueSid: aQueueSid(5),
      transferDeclinedBy: [],
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
    expect(build().chatTransfer).toEqual({
      mode: 'cold',
      from: 'Alice',
      hop: 1,
      previousTaskSid: aTaskSid(1),
    });
  });

  it('leaves behind what only the old task is about', () => {
    const hop = build({
      original: {
        ...original,
        chatTransfer: { mode: 'warm', from: 'Bob', note: 'An old note' },
        transferId: 'an old transfer',
        transferTargetType: 'worker',
        transferTargetSid: aWorkerSid(9),
        transferFromSid: aWorkerSid(9),
        transferDeclinedBy: [aWorkerSid(9)],
        workerSidsInConversation: [aWorkerSid(9)],
        transferredChannelSid: aConversationSid(9),
        chatTransferData: {},
        transferQueueName: 'Internal VIP queue',
        ignoreWorkerContactUri: 'client:bob',
      },
    });
    expect(hop).toEqual(build());
  });

  describe('counts the transfers of a chat', () => {
    const hopOf = (chatTransfer: unknown) => build({ original: { ...original, chatTransfer } }).chatTransfer;

    it('from one to the next, each with the task it left', () => {
      const first = build();
      const second = build({ original: first, transfer: aTransfer({ originalTaskSid: aTaskSid(2) }) });
      const third = build({ original: second, transfer: aTransfer({ originalTaskSid: aTaskSid(3) }) });
      expect([first, second, third].map(({ chatTransfer }) => chatTransfer)).toMatchObject([
        { hop: 1, previousTaskSid: aTaskSid(1) },
        { hop: 2, previousTaskSid: aTaskSid(2) },
        { hop: 3, previousTaskSid: aTaskSid(3) },
      ]);
    });

    it.each([undefined, 'text', {}, { hop: 'two' }, { hop: 0 }, { hop: -1 }, { hop: 1.5 }, { hop: null }])(
      'from one again when it finds %j',
      (chatTransfer) => {
        expect(hopOf(chatTransfer)).toMatchObject({ hop: 1 });
      },
    );

    it('and forgets that an earlier one came back', () => {
      const returned = buildRedirectAttributes(
        build(),
        aTransfer({ state: 'declined', untakenReason: 'declined' }),
      );
      expect(build({ original: returned }).chatTransfer).not.toHaveProperty('returned');
    });
  });

  describe('says which queue the chat goes back to', () => {
    const returnQueue = (values: Partial<Parameters<typeof buildTransferTaskAttributes>[0]>) =>
      build(values).transferReturnQueueSid;

    it('the queue of the task that is left, also when a transfer brought it there', () => {
      expect(returnQueue({})).toBe(aQueueSid(5));
      const toQueue = build();
      expect(returnQueue({ original: toQueue, originalQueueSid: aQueueSid(6) })).toBe(aQueueSid(6));
    });

    it('the queue of before when that task was for one agent: its own is the queue everybody is in', () => {
      const toBob = build({ transfer: aTransfer({ target: { kind: 'worker', workerSid: aWorkerSid(2) } }) });
      expect(returnQueue({ original: toBob, originalQueueSid: aQueueSid(7) })).toBe(aQueueSid(5));
      const { transferReturnQueueSid: _lost, ...without } = toBob;
      expect(returnQueue({ original: without, originalQueueSid: aQueueSid(7) })).toBe(aQueueSid(7));
    });

    it('none when there is none, and not what the account keeps under that key', () => {
      expect(returnQueue({ originalQueueSid: undefined })).toBeUndefined();
      expect(returnQueue({ original: { ...original, transferReturnQueueSid: aQueueSid(8) } })).toBe(
        aQueueSid(5),
      );
    });
  });

  describe('tells Flex Insights', () => {
    it('that all hops are one conversation, which comes first and what came before', () => {
      const first = build();
      expect(first.conversations).toEqual({
        segment_attribute_1: 'gold',
        conversation_id: aTaskSid(1),
        conversation_attribute_10: aTaskSid(1),
        preceded_by: 'Cold Transfer',
        order: 2,
      });
      const transfer = aTransfer({ mode: 'warm', originalTaskSid: aTaskSid(2) });
      expect(build({ original: first, transfer }).conversations).toEqual({
        segment_attribute_1: 'gold',
        conversation_id: aTaskSid(1),
        conversation_attribute_10: aTaskSid(2),
        preceded_by: 'Warm Transfer',
        order: 3,
      });
    });

    it('the conversation that the account or a Studio flow has chosen for it', () => {
      const conversations = { conversation_id: 'their own' };
      expect(build({ original: { channelSid, conversations } }).conversations).toMatchObject({
        conversation_id: 'their own',
        conversation_attribute_10: aTaskSid(1),
      });
    });

    it.each(['gold', '', 7, null, aConversationSid(1)])(
      'nothing in an attribute that the account uses itself: %j',
      (value) => {
        const conversations = { conversation_attribute_10: value };
        const first = build({ original: { channelSid, conversations } });
        expect(first.conversations).toMatchObject({ conversation_attribute_10: value });
        expect(build({ original: first }).conversations).toMatchObject({ conversation_attribute_10: value });
      },
    );

    it('the same even when the account keeps something odd there', () => {
      for (const conversations of [undefined, null, 'text', ['list']]) {
        expect(build({ original: { channelSid, conversations } }).conversations).toEqual({
          conversation_id: aTaskSid(1),
          conversation_attribute_10: aTaskSid(1),
          preceded_by: 'Cold Transfer',
          order: 2,
        });
      }
    });
  });

  it('makes a task that is a chat of ours again', () => {
    expect(parseChatTask(build())).toEqual({
      backend: 'programmable-chat',
      conversationSid: channelSid,
      transferId: aTransfer().id,
    });
  });
});

describe('the task of a transfer whose original task was completed meanwhile', () => {
  it('names the chat all the same', () => {
    const attributes = buildTransferTaskAttributes({
      conversation: aLedger({ conversationSid: channelSid }),
      transfer: aTransfer(),
      original: detachConversation({ channelSid, customerName: 'Dana' }),
      originalQueueSid: undefined,
      agentsInChat: [],
    });
    expect(attributes).toMatchObject({ channelSid, customerName: 'Dana' });
    expect(attributes).not.toHaveProperty('transferredChannelSid');
  });
});

describe('buildRedirectAttributes', () => {
  const attributes = buildTransferTaskAttributes({
    conversation: aLedger({ conversationSid: channelSid }),
    transfer: aTransfer({ note: 'Wants a refund' }),
    original: { channelSid, 'a key of the account': 'value' },
    originalQueueSid: aQueueSid(5),
    agentsInChat: [],
  });
  const declined = aTransfer({ state: 'declined', untakenReason: 'declined', declinedBy: [aWorkerSid(2)] });

  it('sends the task back past those who declined it, and says why; everything else stays', () => {
    expect(buildRedirectAttributes(attributes, declined)).toEqual({
      ...attributes,
      transferTargetType: 'return',
      transferDeclinedBy: [aWorkerSid(2)],
      transferWithdrawn: [],
      chatTransfer: {
        mode: 'cold',
        from: 'Alice',
        note: 'Wants a refund',
        hop: 1,
        previousTaskSid: aTaskSid(1),
        returned: { reason: 'declined', to: { kind: 'queue', label: 'Billing' } },
      },
    });
  });

  it('keeps what the workflow needs to send it back: the agent, the queue, and who has it not to be', () => {
    expect(buildRedirectAttributes(attributes, declined)).toMatchObject({
      transferFromSid: aWorkerSid(1),
      transferReturnQueueSid: aQueueSid(5),
      workerSidsInConversation: [aWorkerSid(1)],
    });
  });

  it('changes nothing the second time, and adds whoever declined since', () => {
    const once = buildRedirectAttributes(attributes, declined);
    expect(buildRedirectAttributes(once, declined)).toEqual(once);
    const declinedBy = [aWorkerSid(2), aWorkerSid(3)];
    expect(buildRedirectAttributes(once, { ...declined, declinedBy })).toEqual({
      ...once,
      transferDeclinedBy: declinedBy,
    });
  });

  it('remembers every offer that was taken back, so that none of them passes for a refusal', () => {
    const once = buildRedirectAttributes(attributes, declined, ['WR1', 'WR2']);
    expect(parseWithdrawnReservations(buildRedirectAttributes(once, declined, ['WR2', 'WR3']))).toEqual([
      'WR1',
      'WR2',
      'WR3',
    ]);
    for (const nothing of [undefined, 'text', {}, { transferWithdrawn: 'WR1' }, { transferWithdrawn: [1] }]) {
      expect(parseWithdrawnReservations(nothing)).toEqual([]);
    }
  });

  it('lists nobody when nobody declined, so that the workflow can read the list', () => {
    const unanswered = aTransfer({ state: 'unanswered', untakenReason: 'unanswered' });
    expect(buildRedirectAttributes(attributes, unanswered)).toMatchObject({ transferDeclinedBy: [] });
  });

  it('copes with a task whose details somebody has spoilt', () => {
    for (const chatTransfer of [undefined, null, 'text', ['list']]) {
      expect(buildRedirectAttributes({ ...attributes, chatTransfer }, declined).chatTransfer).toEqual({
        returned: { reason: 'declined', to: { kind: 'queue', label: 'Billing' } },
      });
    }
  });

  it('leaves a chat of ours that knows its transfer', () => {
    expect(parseChatTask(buildRedirectAttributes(attributes, declined))).toEqual(parseChatTask(attributes));
  });
});

describe('detachConversation', () => {
  it('moves the channel to a key that Flex does not read, and keeps the rest', () => {
    expect(detachConversation({ channelSid, customerName: 'Dana' })).toEqual({
      customerName: 'Dana',
      transferredChannelSid: channelSid,
    });
  });

  it('changes nothing the second time', () => {
    const stripped = detachConversation({ channelSid });
    expect(detachConversation(stripped)).toEqual(stripped);
  });
});

describe('transferTaskExpression', () => {
  it('finds the task of one transfer', () => {
    expect(transferTaskExpression('the-id')).toBe('transferId == "the-id"');
  });
});

describe('conversationTasksExpression', () => {
  it('finds every task that still names a conversation', () => {
    expect(conversationTasksExpression(channelSid, 'programmable-chat')).toBe(
      `channelSid == "${channelSid}"`,
    );
    expect(conversationTasksExpression(channelSid, 'conversations')).toBe(
      `conversationSid == "${channelSid}"`,
    );
  });
});
