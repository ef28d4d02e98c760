import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTaskSid } from '../testing';
import { conversationAttributes, isOpenForCustomer, listAssociatedTasks } from './conversation-attributes';
import type { TaskRecord } from './ledger';

describe('conversationAttributes', () => {
  const tasks = {
    [aTaskSid(1)]: aTask({ state: 'closed' }),
    [aTaskSid(2)]: aTask({ state: 'left' }),
    [aTaskSid(3)]: aTask({ state: 'active' }),
    [aTaskSid(4)]: aTask({ state: 'waiting' }),
  };

  it('lists only closed tasks as completed', () => {
    expect(listAssociatedTasks(aLedger({ tasks }))).toEqual({
      [aTaskSid(1)]: 'completed',
      [aTaskSid(2)]: 'inflight',
      [aTaskSid(3)]: 'inflight',
      [aTaskSid(4)]: 'inflight',
    });
  });

  it('sets the status of a closed conversation to ACTIVE while the chat goes on, and keeps other keys', () => {
    const current = { status: 'INACTIVE', pre_engagement_data: { name: 'Dana' }, associatedTasks: {} };
    expect(conversationAttributes(current, aLedger({ tasks }))).toEqual({
      status: 'ACTIVE',
      pre_engagement_data: { name: 'Dana' },
      associatedTasks: listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it('lists a task that the ledger does not have as completed', () => {
    const current = { associatedTasks: { [aTaskSid(8)]: 'completed', [aTaskSid(9)]: 'inflight' } };
    expect(conversationAttributes(current, aLedger({ tasks })).associatedTasks).toEqual({
      [aTaskSid(8)]: 'completed',
      [aTaskSid(9)]: 'completed',
      ...listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it('replaces the tasks of the original feature and keeps its other keys', () => {
    const chatTransferData = { transferTargetType: 'worker' };
    const current = { chatTransferData, associatedTasks: { [aTaskSid(3)]: 'completed' } };
    expect(conversationAttributes(current, aLedger({ tasks }))).toEqual({
      status: 'ACTIVE',
      chatTransferData,
      associatedTasks: listAssociatedTasks(aLedger({ tasks })),
    });
  });

  it.each([undefined, null, 'text', ['list'], 7])('replaces %j under the key for the tasks', (malformed) => {
    expect(
      conversationAttributes({ associatedTasks: malformed }, aLedger({ tasks })).associatedTasks,
    ).toEqual(listAssociatedTasks(aLedger({ tasks })));
  });

  it('changes nothing the second time', () => {
    const once = conversationAttributes(
      { associatedTasks: { [aTaskSid(9)]: 'inflight' } },
      aLedger({ tasks }),
    );
    expect(conversationAttributes(once, aLedger({ tasks }))).toEqual(once);
  });

  it('sets the status to INACTIVE when the chat has ended', () => {
    const ended = aLedger({ ended: { at: 1, by: 'last-agent' } });
    expect(conversationAttributes({}, ended)).toEqual({ status: 'INACTIVE', associatedTasks: {} });
  });
});

describe('isOpenForCustomer', () => {
  const withTask = (state: TaskRecord['state']) => ({ [aTaskSid(1)]: aTask({ state }) });

  it('is true until the chat has ended', () => {
    expect(isOpenForCustomer(aLedger({ tasks: withTask('left') }))).toBe(true);
  });

  it.each(['waiting', 'active'] as const)(
    'is true after the last agent has left while a later task is %s, and false when the customer has left',
    (state) => {
      const tasks = withTask(state);
      expect(isOpenForCustomer(aLedger({ tasks, ended: { at: 1, by: 'last-agent' } }))).toBe(true);
      expect(isOpenForCustomer(aLedger({ tasks, ended: { at: 1, by: 'customer' } }))).toBe(false);
    },
  );

  it.each(['left', 'closed'] as const)('is false after the end while the last task is %s', (state) => {
    const tasks = withTask(state);
    expect(isOpenForCustomer(aLedger({ tasks, ended: { at: 1, by: 'last-agent' } }))).toBe(false);
  });
});
