import { describe, expect, it } from 'vitest';
import {
  aConversationSid,
  aLedger,
  anEarlierTask,
  anInteraction,
  aQueueSid,
  aTaskSid,
  aTransfer,
  aWorker,
  aWorkerSid,
} from '../../testing';
import { TASK_ATTRIBUTES_BUDGET } from './budget';
import { parseChatTask } from './chat-task';
import {
  addFollowedBy,
  buildRedirectAttributes,
  buildTransferTaskAttributes,
  detachConversation,
  isRedirected,
  isWithdrawnReservation,
  type TransferTaskFacts,
} from './transfer-task';

const channelSid = aConversationSid(1);

const location = {
  conversationSid: channelSid,
  flexInteractionSid: anInteraction().interactionSid,
  flexInteractionChannelSid: anInteraction().channelSid,
};

/** The attributes of a transfer task that has room. */
const transferTaskOf = (values: Partial<TransferTaskFacts>) =>
  buildTransferTaskAttributes({
    conversation: aLedger({ conversationSid: channelSid }),
    transfer: aTransfer(),
    original: { channelSid },
    originalQueueSid: aQueueSid(5),
    agentsInChat: [],
    ...values,
  }) ?? expect.fail();

const redirect = (...parameters: Parameters<typeof buildRedirectAttributes>) =>
  buildRedirectAttributes(...parameters) ?? expect.fail();

describe('buildTransferTaskAttributes', () => {
  const original = {
    channelSid,
    channelType: 'web',
    customerName: 'Dana',
    conversations: { segment_attribute_1: 'gold' },
    'a key of the account': { deep: ['value'] },
  };
  const build = (values: Partial<Parameters<typeof buildTransferTaskAttributes>[0]> = {}) =>
    transferTaskOf({ original, ...values });

  it('does not name the conversation on Flex Conversations, where Flex does', () => {
    const attributes = build({
      conversation: aLedger({ backend: 'conversations', interaction: anInteraction() }),
      original: { ...location, flexChannelInviteSid: 'KG1', customerName: 'Dana' },
    });
    expect(attributes).not.toHaveProperty('channelSid');
    expect(attributes).not.toHaveProperty('flexChannelInviteSid');
    expect(attributes).toMatchObject({ ...location, customerName: 'Dana' });
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
      chatTransferId: transfer.id,
      chatTransferTargetType: 'worker',
      chatTransferTargetSid: aWorkerSid(2),
      chatTransferFromSid: aWorkerSid(1),
      chatTransferReturnQueueSid: aQueueSid(5),
      chatTransferDeclinedBy: [],
      chatTransferInChat: [aWorkerSid(1), aWorkerSid(3)],
      chatTransfer: { mode: 'warm', from: 'Alice', note: 'Wants a refund' },
    });
  });

  it('includes the agent whom a cold transfer released in the workers not to ask', () => {
    expect(build({ transfer: aTransfer({ from: aWorker(1) }), agentsInChat: [] })).toMatchObject({
      chatTransferInChat: [aWorkerSid(1)],
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
        chatTransferId: 'an old transfer',
        chatTransferTargetType: 'queue',
        chatTransferTargetSid: aWorkerSid(9),
        chatTransferFromSid: aWorkerSid(9),
        chatTransferDeclinedBy: [aWorkerSid(9)],
        chatTransferWithdrawn: ['WR9'],
        chatTransferInChat: [aWorkerSid(9)],
        chatTransferredChannelSid: aConversationSid(9),
        chatTransferData: {},
        flexChannelInviteSid: 'KG1',
      },
    });
    expect(next).toEqual(build());
  });

  it('does not copy what an earlier version wrote about the original task', () => {
    const next = build({ original: { ...original, ...anEarlierTask() } });
    expect(next).toEqual(build({ original: { ...original, chatTransfer: { hop: 1 } } }));
  });

  it("does not copy what Twilio's original feature wrote about the original task", () => {
    const next = build({
      original: {
        ...original,
        transferTargetType: 'queue',
        transferTargetSid: '',
        transferQueueName: 'Internal VIP queue',
        ignoreWorkerContactUri: 'client:bob',
        workerSidsInConversation: [],
      },
    });
    expect(next).toEqual(build());
  });

  it.each<[string, unknown]>([
    ['transferId', 'order 66'],
    ['transferId', null],
    ['transferId', 42],
    ['transferId', aTransfer().id],
    ['transferTargetType', 'worker'],
    ['transferTargetSid', 'branch 7'],
    ['transferFromSid', aWorkerSid(9)],
    ['transferReturnQueueSid', aQueueSid(9)],
    ['transferDeclinedBy', ['someone']],
    ['transferWithdrawn', true],
    ['workerSidsInConversation', []],
    ['transferredChannelSid', 'C1'],
    ['transferQueueName', 'ours'],
    ['leftChat', 'yes'],
    ['channelType', null],
    ['customers', { email: 'dana@example.com' }],
  ])("copies the account's own %s: %j", (key, value) => {
    const next = build({ original: { ...original, [key]: value } });
    expect(next[key]).toEqual(value);
    expect(build({ original: next })[key]).toEqual(value);
    expect(next).toMatchObject({ chatTransferId: aTransfer().id, chatTransferTargetType: 'queue' });
  });

  it.each(['leftChat', 'transferredChannelSid'])(
    "copies the account's own %s on Flex Conversations, even if it names a channel",
    (key) => {
      const conversation = aLedger({ backend: 'conversations', interaction: anInteraction() });
      const next = build({ conversation, original: { ...location, [key]: aConversationSid(7) } });
      expect(next[key]).toBe(aConversationSid(7));
    },
  );

  describe('what the caller sets', () => {
    const withChosen = (attributes: Record<string, unknown>) =>
      build({ transfer: aTransfer({ attributes }) });

    it("is added to the original's keys and replaces them", () => {
      expect(withChosen({ language: 'fr', customerName: 'Dana K.' })).toEqual({
        ...build(),
        language: 'fr',
        customerName: 'Dana K.',
      });
    });

    it("is merged into the original's keys for Insights, and keeps what the functions write", () => {
      const conversations = { case: '24567', hang_up_by: 'Agent', order: 9 };
      expect(withChosen({ conversations }).conversations).toEqual({
        ...Object(build().conversations),
        case: '24567',
        hang_up_by: 'Agent',
      });
    });

    it('cannot change a key that routing, evidence or Flex trusts', () => {
      const forged = Object.fromEntries(
        [
          ...Object.keys(build({ original: { ...original, ...location } })).filter((key) =>
            /^(chat|conversationSid|flex)/.test(key),
          ),
          ...Object.keys(anEarlierTask()),
          'channelSid',
          'channelType',
          'chatTransferWithdrawn',
          'chatTransferredChannelSid',
          'transferredChannelSid',
          'leftChat',
          'flexChannelInviteSid',
          'chatTransferData',
        ].map((key) => [key, 'forged']),
      );
      expect(withChosen(forged)).toEqual(build());
    });
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
      const returned = redirect(build(), aTransfer({ state: 'declined', untakenReason: 'declined' }));
      expect(build({ original: returned }).chatTransfer).not.toHaveProperty('returned');
    });
  });

  describe('the return queue', () => {
    const returnQueue = (values: Partial<Parameters<typeof buildTransferTaskAttributes>[0]>) =>
      build(values).chatTransferReturnQueueSid;

    it('is the queue of the original task, even if a transfer to a queue created that task', () => {
      expect(returnQueue({})).toBe(aQueueSid(5));
      const toQueue = build();
      expect(returnQueue({ original: toQueue, originalQueueSid: aQueueSid(6) })).toBe(aQueueSid(6));
    });

    it('is the earlier queue if the original task was for one worker, which is in the queue of all workers', () => {
      const toBob = build({ transfer: aTransfer({ target: { kind: 'worker', workerSid: aWorkerSid(2) } }) });
      expect(returnQueue({ original: toBob, originalQueueSid: aQueueSid(7) })).toBe(aQueueSid(5));
      const { chatTransferReturnQueueSid: _removed, ...without } = toBob;
      expect(returnQueue({ original: without, originalQueueSid: aQueueSid(7) })).toBe(aQueueSid(7));
    });

    it('is undefined without a queue, and never a value that the account set under that key', () => {
      expect(returnQueue({ originalQueueSid: undefined })).toBeUndefined();
      expect(returnQueue({ original: { ...original, chatTransferReturnQueueSid: aQueueSid(8) } })).toBe(
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

    it("keep the account's own value that looks like a task, and name the previous task in the details", () => {
      const conversations = { conversation_attribute_10: aTaskSid(9) };
      const first = build({ original: { channelSid, conversations } });
      expect(first).toMatchObject({ conversations, chatTransfer: { previousTaskSid: aTaskSid(1) } });
      const transfer = aTransfer({ originalTaskSid: aTaskSid(2) });
      expect(build({ original: first, transfer })).toMatchObject({
        conversations,
        chatTransfer: { previousTaskSid: aTaskSid(2) },
      });
    });

    it.each([
      ...[
        'abandoned',
        'abandoned_phase',
        'activity',
        'activity_time',
        'average_response_time',
        'destination',
      ],
      ...['first_response_time', 'focus_time', 'followed_by', 'handling_department_id'],
      ...['handling_department_name', 'handling_department_name_in_hierarchy', 'handling_team_id'],
      ...['handling_team_name', 'handling_team_name_in_hierarchy', 'hang_up_by', 'hold_time', 'ivr_path'],
      ...['ivr_time', 'kind', 'media', 'outcome', 'productive', 'queue', 'queue_time', 'ring_time'],
      ...['segment_link', 'service_level', 'talk_time', 'virtual', 'workflow', 'wrap_up_time'],
    ])('do not contain %s of the original task, which describes its segment', (key) => {
      const conversations = { [key]: 'of Alice' };
      expect(build({ original: { channelSid, conversations } }).conversations).not.toHaveProperty(key);
    });

    it.each(['campaign', 'case', 'external_contact', 'initiated_by', 'language', 'conversation_label_1'])(
      'contain %s of the original task, which describes the conversation',
      (key) => {
        const conversations = { [key]: 'of Dana' };
        expect(build({ original: { channelSid, conversations } }).conversations).toMatchObject(conversations);
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
      channelType: 'web',
      transferId: aTransfer().id,
    });
  });
});

describe('buildTransferTaskAttributes, for an original task that is completed', () => {
  it('names the conversation', () => {
    const attributes = transferTaskOf({ original: detachConversation({ channelSid, customerName: 'Dana' }) });
    expect(attributes).toMatchObject({ channelSid, customerName: 'Dana' });
    expect(attributes).not.toHaveProperty('chatTransferredChannelSid');
  });
});

describe('buildRedirectAttributes', () => {
  const attributes = transferTaskOf({
    transfer: aTransfer({ note: 'Wants a refund' }),
    original: { channelSid, 'a key of the account': 'value' },
  });
  const declined = aTransfer({ state: 'declined', untakenReason: 'declined', declinedBy: [aWorkerSid(2)] });

  it('sets the return type, the workers who declined and the reason, and keeps every other key', () => {
    expect(redirect(attributes, declined)).toEqual({
      ...attributes,
      chatTransferTargetType: 'return',
      chatTransferDeclinedBy: [aWorkerSid(2)],
      chatTransferWithdrawn: [],
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
    expect(redirect(attributes, declined)).toMatchObject({
      chatTransferFromSid: aWorkerSid(1),
      chatTransferReturnQueueSid: aQueueSid(5),
      chatTransferInChat: [aWorkerSid(1)],
    });
  });

  it('changes nothing the second time, except for workers who declined since', () => {
    const once = redirect(attributes, declined);
    expect(redirect(once, declined)).toEqual(once);
    const declinedBy = [aWorkerSid(2), aWorkerSid(3)];
    expect(redirect(once, { ...declined, declinedBy })).toEqual({
      ...once,
      chatTransferDeclinedBy: declinedBy,
    });
  });

  it('collects the withdrawn reservations, so that none of them counts as declined', () => {
    const once = redirect(attributes, declined, ['WR1', 'WR2']);
    const twice = redirect(once, declined, ['WR2', 'WR3']);
    expect(['WR1', 'WR2', 'WR3', 'WR4'].map((sid) => isWithdrawnReservation(twice, sid))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    for (const chatTransferWithdrawn of [undefined, null, 'WR1', [1], ['']]) {
      expect(isWithdrawnReservation({ ...once, chatTransferWithdrawn }, 'WR1')).toBe(false);
    }
    for (const nothing of [undefined, 'text', {}]) expect(isWithdrawnReservation(nothing, 'WR1')).toBe(false);
  });

  it('names a withdrawn reservation by the start of its SID, which saves room', () => {
    const sid = `WR${'0123456789abcdef'.repeat(2)}`;
    const once = redirect(attributes, declined, [sid]);
    expect(once.chatTransferWithdrawn).toEqual(['WR0123456789ab']);
    expect(isWithdrawnReservation(once, sid)).toBe(true);
    expect(isWithdrawnReservation(once, `WR${'f'.repeat(32)}`)).toBe(false);
  });

  it('keeps the keys of a task that an earlier version created', () => {
    const earlier = { channelSid, ...anEarlierTask() };
    const once = redirect(earlier, declined, ['WR1']);
    expect(once).toMatchObject({
      transferTargetType: 'return',
      transferDeclinedBy: [aWorkerSid(2)],
      transferWithdrawn: ['WR1'],
    });
    expect(once).not.toHaveProperty('chatTransferTargetType');
    expect([isRedirected(earlier), isRedirected(once)]).toEqual([false, true]);
    expect(isWithdrawnReservation(once, 'WR1')).toBe(true);
  });

  it('sets an empty list if no worker declined, because the workflow reads the list', () => {
    const unanswered = aTransfer({ state: 'unanswered', untakenReason: 'unanswered' });
    expect(redirect(attributes, unanswered)).toMatchObject({ chatTransferDeclinedBy: [] });
  });

  it('replaces details that are not an object', () => {
    for (const chatTransfer of [undefined, null, 'text', ['list']]) {
      expect(redirect({ ...attributes, chatTransfer }, declined).chatTransfer).toEqual({
        returned: { reason: 'declined', to: { kind: 'queue', label: 'Billing' } },
      });
    }
  });

  it('changes nothing that parseChatTask returns', () => {
    expect(parseChatTask(redirect(attributes, declined))).toEqual(parseChatTask(attributes));
  });
});

describe('detachConversation', () => {
  it('moves the channel SID to a key that Flex does not read, and keeps the rest', () => {
    expect(detachConversation({ channelSid, customerName: 'Dana' })).toEqual({
      customerName: 'Dana',
      chatTransferredChannelSid: channelSid,
    });
  });

  it('uses a shorter key if the task has no room for the longer one', () => {
    const full = { channelSid, data: '' };
    full.data = 'x'.repeat(TASK_ATTRIBUTES_BUDGET - JSON.stringify(full).length);
    const detached = detachConversation(full);
    expect(detached).toEqual({ leftChat: channelSid, data: full.data });
    expect(JSON.stringify(detached).length).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);
    expect(parseChatTask(detached)?.conversationSid).toBe(channelSid);
  });

  it('changes nothing the second time', () => {
    const detached = detachConversation({ channelSid });
    expect(detachConversation(detached)).toEqual(detached);
  });
});

describe('addFollowedBy', () => {
  it('says how the segment of the task is followed, beside the keys of the account', () => {
    const conversations = { case: '24567' };
    expect(addFollowedBy({ channelSid, conversations }, 'Cold Transfer')).toEqual({
      channelSid,
      conversations: { case: '24567', followed_by: 'Cold Transfer' },
    });
    for (const attributes of [{}, { conversations: null }, { conversations: { followed_by: null } }])
      expect(addFollowedBy(attributes, 'Warm Transfer')).toEqual({
        conversations: { followed_by: 'Warm Transfer' },
      });
  });

  it.each([
    { conversations: { followed_by: 'Survey' } },
    { conversations: 'text' },
    { conversations: ['list'] },
    { data: 'x'.repeat(TASK_ATTRIBUTES_BUDGET - '{"data":""}'.length) },
  ])("keeps the account's value, and attributes without room: %j", (attributes) => {
    expect(addFollowedBy(attributes, 'Cold Transfer')).toBe(attributes);
  });

  it('changes nothing if no transfer follows', () => {
    const attributes = { channelSid };
    expect(addFollowedBy(attributes, undefined)).toBe(attributes);
  });
});
