import { parseConversationSid } from '@chat-transfer/transfer-core';
import { aTaskSid } from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import { readTaskList, withTaskList } from './sign-task-list';

const sidOf = (letter: string) => parseConversationSid(`CH${letter.repeat(32)}`) ?? expect.fail();
const CHAT = sidOf('a');
const SECRETS = { current: 'new secret of the account', previous: 'old secret of the account' };
const TASKS = [aTaskSid(1), aTaskSid(2)];
const signed = withTaskList({ from: 'Ada' }, CHAT, TASKS, SECRETS);
const list = signed.chatTransferTasks as { readonly tasks: unknown; readonly signature: string };

describe('a signed list of tasks', () => {
  it('keeps the other attributes, and names its tasks', () => {
    expect(signed).toMatchObject({ from: 'Ada' });
    expect(readTaskList(signed, CHAT, SECRETS)).toEqual(TASKS);
  });

  it('survives one rotation of the secret, and no second one', () => {
    const read = (current: string, previous: string) => readTaskList(signed, CHAT, { current, previous });
    expect(read('the next secret', SECRETS.current)).toEqual(TASKS);
    expect(read('the one after that', 'the next secret')).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['names another task', { ...list, tasks: [...TASKS, aTaskSid(3)] }],
    ['names fewer tasks', { ...list, tasks: [aTaskSid(1)] }],
    ['has no signature', { tasks: TASKS }],
    ['has another signature', { ...list, signature: 'AAAA' }],
    ['is no list', 'WT1'],
  ])('names no task when it %s', (_how, chatTransferTasks) => {
    expect(readTaskList({ chatTransferTasks }, CHAT, SECRETS)).toEqual([]);
  });

  it('names no task of another chat', () => {
    expect(readTaskList(signed, sidOf('b'), SECRETS)).toEqual([]);
  });
});
