import { describe, expect, it } from 'vitest';
import { aTaskSid, aWorkerSid } from '../../testing';
import { fitAttributes, TASK_ATTRIBUTES_BUDGET } from './budget';
import type { Attributes } from './keys';

const NOTE = 'The customer wants another router. '.repeat(10);
const [DECLINED, WITHDRAWN] = [1, 101].map((first) =>
  Array.from({ length: 10 }, (_, index) => aWorkerSid(first + index)),
);

/** A transfer task with everything that can become shorter, and data of the account. */
const aTask = (data: string): Attributes => ({
  chatTransferId: 'transfer',
  chatTransferDeclinedBy: DECLINED,
  chatTransferWithdrawn: WITHDRAWN,
  chatTransfer: { mode: 'cold', from: 'Alexandra Montgomery', note: NOTE, previousTaskSid: aTaskSid(1) },
  conversations: { case: '24567', conversation_attribute_10: aTaskSid(1) },
  data,
});
const lengthOf = (attributes: Attributes) => JSON.stringify(attributes).length;

/** The task with so much data that it is this much too long. */
function fitTaskThatExceedsBy(excess: number) {
  const length = TASK_ATTRIBUTES_BUDGET + excess - lengthOf(aTask(''));
  const task = aTask('x'.repeat(length));
  const fitted = fitAttributes(task) ?? expect.fail('refused');
  const details = Object(fitted.chatTransfer);
  const lists = Object(fitted);
  return {
    data: fitted.data === task.data,
    withdrawn: lists.chatTransferWithdrawn,
    declined: lists.chatTransferDeclinedBy,
    note: details.note,
    noteIsShortened: details.noteIsShortened,
    from: details.from,
    insights: fitted.conversations,
    length: lengthOf(fitted),
  };
}

/** The length of one entry of a list, with its quotes and comma. */
const ENTRY = 37;
/** What is gained without the two lists' entries, and without the note. */
const BOTH_LISTS = 2 * (10 * ENTRY - 1);
const WHOLE_NOTE = NOTE.length + '"note":"",'.length - '"noteIsShortened":true,'.length;

describe('fitAttributes', () => {
  it('changes nothing in attributes that fit', () => {
    const task = aTask('x');
    expect(fitAttributes(task)).toEqual(task);
  });

  it('drops the oldest rejected reservations first', () => {
    expect(fitTaskThatExceedsBy(2 * ENTRY)).toMatchObject({
      withdrawn: WITHDRAWN?.slice(2),
      declined: DECLINED,
      note: NOTE,
      data: true,
    });
  });

  it('drops the oldest workers who declined when no rejected reservation is left', () => {
    expect(fitTaskThatExceedsBy(13 * ENTRY - 1)).toMatchObject({
      withdrawn: [],
      declined: DECLINED?.slice(3),
      note: NOTE,
      data: true,
    });
  });

  it('shortens the note when both lists are empty', () => {
    const { note, ...others } = fitTaskThatExceedsBy(BOTH_LISTS + 100);
    expect(others).toMatchObject({
      ...{ withdrawn: [], declined: [], noteIsShortened: true, from: 'Alexandra Montgomery', data: true },
      insights: { conversation_attribute_10: aTaskSid(1) },
    });
    expect(NOTE.startsWith(note.slice(0, -1))).toBe(true);
    expect(note).toMatch(/.{150,}…$/);
  });

  it('shortens names when the note is gone, and then drops the link of Flex Insights', () => {
    const withoutNote = fitTaskThatExceedsBy(BOTH_LISTS + WHOLE_NOTE + 5);
    expect(withoutNote).toMatchObject({ note: undefined, from: 'Alexandra Mo' });
    expect(withoutNote.insights).toMatchObject({ conversation_attribute_10: aTaskSid(1) });
    const withoutLink = fitTaskThatExceedsBy(BOTH_LISTS + WHOLE_NOTE + 50);
    expect(withoutLink.insights).toEqual({ case: '24567' });
    expect(withoutLink.data).toBe(true);
    for (const { length } of [withoutNote, withoutLink])
      expect(length).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);
  });

  it('returns undefined when only keys of the account could become shorter', () => {
    const length = TASK_ATTRIBUTES_BUDGET + BOTH_LISTS + WHOLE_NOTE + 100 - lengthOf(aTask(''));
    expect(fitAttributes(aTask('x'.repeat(length)))).toBeUndefined();
  });
});
