import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTaskSid } from '../testing';
import { conversationAttributes, listAssociatedTasks } from './conversation-attributes';

describe('what the conversation says of its tasks', () => {
  const tasks = {
    [aTaskSid(1)]: aTask({ state: 'closed' }),
    [aTaskSid(2)]: aTask({ state: 'left' }),
    [aTaskSid(3)]: aTask({ state: 'active' }),
    [aTaskSid(4)]: aTask({ state: 'waiting' }),
  };

  it('calls only a closed task completed', () => {
    expect(listAssociatedTasks(aLedger({ tasks }))).toEqual({
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
      associatedTasks: listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it('counts a task it does not know as over: the ledger forgets only closed ones', () => {
    const current = { associatedTasks: { [aTaskSid(8)]: 'completed', [aTaskSid(9)]: 'inflight' } };
    expect(conversationAttributes(current, aLedger({ tasks })).associatedTasks).toEqual({
      [aTaskSid(8)]: 'completed',
      [aTaskSid(9)]: 'completed',
      ...listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it('takes over from the original feature: its tasks, and leaves its other records alone', () => {
    const chatTransferData = { transferTargetType: 'worker' };
    const current = { chatTransferData, associatedTasks: { [aTaskSid(3)]: 'completed' } };
    expect(conversationAttributes(current, aLedger({ tasks }))).toEqual({
      status: 'ACTIVE',
      chatTransferData,
      associatedTasks: listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it.each([undefined, null, 'text', ['list'], 7])(
    'writes the tasks anew where it finds %j instead of them',
    (odd) => {
      expect(conversationAttributes({ associatedTasks: odd }, aLedger({ tasks })).associatedTasks).toEqual(
        listAssociatedTasks(aLedger({ tasks })),
      );
    },
  );

  it('changes nothing the second time', () => {
    const once = conversationAttributes(
      { associatedTasks: { [aTaskSid(9)]: 'inflight' } },
      aLedger({ tasks }),
    );
    expect(conversationAttributes(once, aLedger({ tasks }))).toEqual(once);
  });

  it('is closed when the chat has ended', () => {
    const ended = aLedger({ ended: { at: 1, by: 'last-agent' } });
    expect(conversationAttributes({}, ended)).toEqual({ status: 'INACTIVE', associatedTasks: {} });
  });
});
