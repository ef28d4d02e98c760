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
  parseSuccessor,
  parseWithdrawnReservations,
  transferTaskExpression,
} from './task-attributes';

const channelSid = aConversationSid(1);

describe('parseChatTask', () => {
  it('returns the channel of a chat on Programmable Chat', () => {
    expect(parseChatTask({ channelSid, customerName: 'Dana' })).toEqual({
      backend: 'programmable-chat',
      conversationSid: channelSid,
    });
  });

  it('returns the transfer of a transfer task', () => {
    expect(parseChatTask({ channelSid, transferId: 'transfer' })).toMatchObject({ transferId: 'transfer' });
  });

  it('returns the conversation of a task that was completed while the chat went on', () => {
    expect(parseChatTask(detachConversation({ channelSid }))?.conversationSid).toBe(channelSid);
  });

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

const interaction = {
  conversationSid: channelSid,
  flexInteractionSid: anInteraction().interactionSid,
  flexInteractionChannelSid: anInteraction().channelSid,
};

describe('parseChatTask, on Flex Conversations', () => {
  it('returns the conversation, the interaction and the channel type', () => {
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
    ['an invalid interaction channel SID', { ...interaction, flexInteractionChannelSid: 'UO1' }],
    ['an e-mail thread', { ...interaction, channelType: 'email' }],
  ])('returns undefined for %s', (_what, attributes) => {
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

  it('does not name the conversation on Flex Conversations, where Flex does', () => {
    const attributes = build({
      conversation: aLedger({ backend: 'conversations', interaction: anInteraction() }),
      original: { ...interaction, flexChannelInviteSid: 'KG1', customerName: 'Dana' },
    });
    expect(attributes).not.toHaveProperty('channelSid');
    expect(attributes).not.toHaveProperty('flexChannelInviteSid');
    expect(attributes).toMatchObject({ ...interaction, customerName: 'Dana' });
  });

  it("copies every other key, including the account's own", () => {
    const { conversations, ...others } = original;
    expect(build()).toMatchObject(others);
    expect(build().conversations).toMatchObject(conversations);
  });

  it('names the target, the origin, the agent who transfers and the workers not to ask', () => {
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

  it('includes the agent whom a cold transfer released in the workers not to ask', () => {
    expect(build({ transfer: aTransfer({ from: aWorker(1) }), agentsInChat: [] })).toMatchObject({
      workerSidsInConversation: [aWorkerSid(1)],
    });
  });

  it('has no note if the transfer has none', () => {
    expect(build().chatTransfer).toEqual({
      mode: 'cold',
      from: 'Alice',
      hop: 1,
      previousTaskSid: aTaskSid(1),
    });
  });

  it('does not copy the keys about the original task', () => {
    const next = build({
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
    expect(next).toEqual(build());
  });

  describe('the hop', () => {
    const hopOf = (chatTransfer: unknown) => build({ original: { ...original, chatTransfer } }).chatTransfer;

    it('counts the transfers of a chat, each with its original task', () => {
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
      'is 1 if the original task has %j',
      (chatTransfer) => {
        expect(hopOf(chatTransfer)).toMatchObject({ hop: 1 });
      },
    );

    it('does not copy why an earlier transfer returned', () => {
      const returned = buildRedirectAttributes(
        build(),
        aTransfer({ state: 'declined', untakenReason: 'declined' }),
      );
      expect(build({ original: returned }).chatTransfer).not.toHaveProperty('returned');
    });
  });

  describe('the return queue', () => {
    const returnQueue = (values: Partial<Parameters<typeof buildTransferTaskAttributes>[0]>) =>
      build(values).transferReturnQueueSid;

    it('is the queue of the original task, even if a transfer to a queue created that task', () => {
      expect(returnQueue({})).toBe(aQueueSid(5));
      const toQueue = build();
      expect(returnQueue({ original: toQueue, originalQueueSid: aQueueSid(6) })).toBe(aQueueSid(6));
    });

    it('is the earlier queue if the original task was for one worker, which is in the queue of all workers', () => {
      const toBob = build({ transfer: aTransfer({ target: { kind: 'worker', workerSid: aWorkerSid(2) } }) });
      expect(returnQueue({ original: toBob, originalQueueSid: aQueueSid(7) })).toBe(aQueueSid(5));
      const { transferReturnQueueSid: _removed, ...without } = toBob;
      expect(returnQueue({ original: without, originalQueueSid: aQueueSid(7) })).toBe(aQueueSid(7));
    });

    it('is undefined without a queue, and never a value that the account set under that key', () => {
      expect(returnQueue({ originalQueueSid: undefined })).toBeUndefined();
      expect(returnQueue({ original: { ...original, transferReturnQueueSid: aQueueSid(8) } })).toBe(
        aQueueSid(5),
      );
    });
  });

  describe('the keys for Flex Insights', () => {
    it('make all tasks one conversation, with the number of each and the task before it', () => {
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

    it('keep a conversation_id that the account or a Studio flow has set', () => {
      const conversations = { conversation_id: 'their own' };
      expect(build({ original: { channelSid, conversations } }).conversations).toMatchObject({
        conversation_id: 'their own',
        conversation_attribute_10: aTaskSid(1),
      });
    });

    it.each(['gold', '', 7, null, aConversationSid(1)])(
      'keep a conversation_attribute_10 that the account has set: %j',
      (value) => {
        const conversations = { conversation_attribute_10: value };
        const first = build({ original: { channelSid, conversations } });
        expect(first.conversations).toMatchObject({ conversation_attribute_10: value });
        expect(build({ original: first }).conversations).toMatchObject({ conversation_attribute_10: value });
      },
    );

    it('replace a value that is not an object', () => {
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

  it('builds attributes that parseChatTask accepts', () => {
    expect(parseChatTask(build())).toEqual({
      backend: 'programmable-chat',
      conversationSid: channelSid,
      transferId: aTransfer().id,
    });
  });
});

describe('buildTransferTaskAttributes, for an original task that is completed', () => {
  it('names the conversation', () => {
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

  it('sets the return type, the workers who declined and the reason, and keeps every other key', () => {
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

  it('keeps the agent and the queue to return to', () => {
    expect(buildRedirectAttributes(attributes, declined)).toMatchObject({
      transferFromSid: aWorkerSid(1),
      transferReturnQueueSid: aQueueSid(5),
      workerSidsInConversation: [aWorkerSid(1)],
    });
  });

  it('changes nothing the second time, except for workers who declined since', () => {
    const once = buildRedirectAttributes(attributes, declined);
    expect(buildRedirectAttributes(once, declined)).toEqual(once);
    const declinedBy = [aWorkerSid(2), aWorkerSid(3)];
    expect(buildRedirectAttributes(once, { ...declined, declinedBy })).toEqual({
      ...once,
      transferDeclinedBy: declinedBy,
    });
  });

  it('collects the withdrawn reservations, so that none of them counts as declined', () => {
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

  it('sets an empty list if no worker declined, because the workflow reads the list', () => {
    const unanswered = aTransfer({ state: 'unanswered', untakenReason: 'unanswered' });
    expect(buildRedirectAttributes(attributes, unanswered)).toMatchObject({ transferDeclinedBy: [] });
  });

  it('replaces details that are not an object', () => {
    for (const chatTransfer of [undefined, null, 'text', ['list']]) {
      expect(buildRedirectAttributes({ ...attributes, chatTransfer }, declined).chatTransfer).toEqual({
        returned: { reason: 'declined', to: { kind: 'queue', label: 'Billing' } },
      });
    }
  });

  it('changes nothing that parseChatTask returns', () => {
    expect(parseChatTask(buildRedirectAttributes(attributes, declined))).toEqual(parseChatTask(attributes));
  });
});

describe('detachConversation', () => {
  it('moves the channel SID to a key that Flex does not read, and keeps the rest', () => {
    expect(detachConversation({ channelSid, customerName: 'Dana' })).toEqual({
      customerName: 'Dana',
      transferredChannelSid: channelSid,
    });
  });

  it('changes nothing the second time', () => {
    const detached = detachConversation({ channelSid });
    expect(detachConversation(detached)).toEqual(detached);
  });
});

describe('transferTaskExpression', () => {
  it('finds the task of one transfer', () => {
    expect(transferTaskExpression('the-id')).toBe('transferId == "the-id"');
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
