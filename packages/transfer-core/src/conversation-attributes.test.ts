import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTaskSid } from '../testing';
import { conversationAttributes, listAssociatedTasks } from './conversation-attributes';

describe('conversationAttributes', () => {
  const tasks = {
    [aTaskSid(1)]: aTask({ state: 'closed' }),
    [aTaskSid(2)]: aTask({ state: 'left' }),
    [aTaskSid(3)]: aTask({ state: 'active' }),
    [aTaskSid(4)]: aTask({ state: 'waiting' }),
  };

  it('list only closed tasks as completed', () => {
    expect(listAssociatedTasks(aLedger({ tasks }))).toEqual({
      [aTaskSid(1)]: 'completed',
      [aTaskSid(2)]: 'inflight',
      [aTaskSid(3)]: 'inflight',
      [aTaskSid(4)]: 'inflight',
    });
  });

  it('set the status of a closed conversation to ACTIVE while the chat goes on, and keep other keys', () => {
    const current = { status: 'INACTIVE', pre_engagement_data: { name: 'Dana' }, associatedTasks: {} };
    expect(conversationAttributes(current, aLedger({ tasks }))).toEqual({
      status: 'ACTIVE',
      pre_engagement_data: { name: 'Dana' },
      associatedTasks: listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it('list a task that the ledger does not have as completed', () => {
    const current = { associatedTasks: { [aTaskSid(8)]: 'completed', [aTaskSid(9)]: 'inflight' } };
    expect(conversationAttributes(current, aLedger({ tasks })).associatedTasks).toEqual({
      [aTaskSid(8)]: 'completed',
      [aTaskSid(9)]: 'completed',
      ...listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it('replace the tasks of the original feature and keep its other keys', () => {
    const chatTransferData = { transferTargetType: 'worker' };
    const current = { chatTransferData, associatedTasks: { [aTaskSid(3)]: 'completed' } };
    expect(conversationAttributes(current, aLedger({ tasks }))).toEqual({
      status: 'ACTIVE',
      chatTransferData,
      associatedTasks: listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it.each([undefined, null, 'text', ['list'], 7])('replace %j in place of the tasks', (odd) => {
    expect(conversationAttributes({ associatedTasks: odd }, aLedger({ tasks })).associatedTasks).toEqual(
      listAssociatedTasks(aLedger({ tasks })),
    );
  });

  it('are the same the second time', () => {
    const once = conversationAttributes(
      { associatedTasks: { [aTaskSid(9)]: 'inflight' } },
      aLedger({ tasks }),
    );
    expect(conversationAttributes(once, aLedger({ tasks }))).toEqual(once);
  });

  it('set the status to INACTIVE when the chat has ended', () => {
    const ended = aLedger({ ended: { at: 1, by: 'last-agent' } });
    expect(conversationAttributes({}, ended)).toEqual({ status: 'INACTIVE', associatedTasks: {} });
  });
});
