/** The limit of TaskRouter, for arbitrary original tasks: no attributes of ours are ever longer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../test/property-seed';
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
import { parseTransferTrace } from '../restore-transfer';
import { splitCharacters, TASK_ATTRIBUTES_BUDGET } from './budget';
import { parseChatTask } from './chat-task';
import { type Attributes, inheritedAttributes, isReservedKey, KEYS } from './keys';
import {
  addFollowedBy,
  buildRedirectAttributes,
  buildTransferTaskAttributes,
  detachConversation,
} from './transfer-task';

const lengthOf = (attributes: Attributes): number => JSON.stringify(attributes).length;
const escapedLengthOf = (attributes: Attributes): number =>
  JSON.stringify(attributes).replace(/[\u0080-\uFFFF]/g, '\\u0000').length;

const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ maxLength, unit: 'grapheme' }),
    fc.string({ maxLength, unit: 'grapheme-ascii' }),
    fc.string({ maxLength, unit: fc.constantFrom('注', '文', '👩‍👩‍👧', 'ß', '"', '\\', '\n', 'e\u0301') }),
  );

/** Every key of ours, with a value that it may have or with any other. */
const ownKeys = fc.constantFrom<Attributes>(
  {},
  anEarlierTask(),
  buildTransferTaskAttributes({
    conversation: aLedger(),
    transfer: aTransfer({ note: 'An earlier note', target: { kind: 'worker', workerSid: aWorkerSid(2) } }),
    original: {},
    originalQueueSid: aQueueSid(5),
    agentsInChat: [],
  }) ?? {},
  Object.fromEntries([...Object.values(KEYS), 'chatTransfer'].map((key) => [key, null])),
);

/** The attributes of an original task, of 0 to 4,096 characters: as many as TaskRouter stores. */
const originals = fc
  .record({
    own: ownKeys,
    foreign: fc.dictionary(text(12), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 8 }),
    conversations: fc.option(fc.dictionary(fc.constantFrom('case', 'outcome', 'language'), text(20))),
    filler: text(8).map((unit) => unit || 'x'),
    length: fc.oneof(
      fc.integer({ min: 0, max: TASK_ATTRIBUTES_BUDGET }),
      fc.integer({ min: TASK_ATTRIBUTES_BUDGET - 1_200, max: TASK_ATTRIBUTES_BUDGET }),
    ),
  })
  .map(({ own, foreign, conversations, filler, length }): Attributes => {
    const original: Attributes = {
      ...foreign,
      ...own,
      ...(conversations === null ? {} : { conversations }),
      channelSid: aConversationSid(1),
    };
    const unit = JSON.stringify(filler).length - 2;
    const room = Math.floor((length - lengthOf({ ...original, filler: '' })) / unit);
    if (room > 0) return { ...original, filler: filler.repeat(room) };
    return lengthOf(original) <= TASK_ATTRIBUTES_BUDGET ? original : { channelSid: aConversationSid(1) };
  });

const transfers = fc
  .record({
    note: fc.option(text(1_000), { nil: undefined }),
    from: text(100),
    label: text(100),
    backend: fc.constantFrom('conversations', 'programmable-chat'),
    chosen: fc.dictionary(text(8), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
    agents: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ note, from, label, backend, chosen, agents }) => ({
    backend,
    agents,
    transfer: aTransfer({
      from: { ...aWorker(1), publicName: from || 'Alice' },
      to: { kind: 'queue', ...(label === '' ? {} : { label }) },
      attributes: chosen,
      ...(note ? { note: note.slice(0, 1_000) } : {}),
    }),
  }));

const build = (
  original: Attributes,
  { backend, agents, transfer }: typeof transfers extends fc.Arbitrary<infer T> ? T : never,
) =>
  buildTransferTaskAttributes({
    conversation: aLedger(
      backend === 'conversations' ? { backend: 'conversations', interaction: anInteraction() } : {},
    ),
    transfer,
    original,
    originalQueueSid: aQueueSid(5),
    agentsInChat: Array.from({ length: agents }, (_, index) => aWorker(index + 1)),
  });

describe('the attributes of a transfer task', () => {
  it('fit the limit, are valid, and have every key of the account, or there are none', () => {
    let refused = 0;
    let built = 0;
    fc.assert(
      fc.property(originals, transfers, (original, values) => {
        const attributes = build(original, values);
        if (attributes === undefined) {
          refused += 1;
          // Only an original task that is almost full leaves no room.
          const { attributes: chosen = {} } = values.transfer;
          expect(lengthOf(original) + lengthOf(chosen)).toBeGreaterThan(TASK_ATTRIBUTES_BUDGET - 1_600);
          return;
        }
        built += 1;
        expect(lengthOf(attributes)).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);
        const { chatTransfer: _details, conversations: insights, ...others } = attributes;
        for (const key of ['case', 'language']) {
          const value = Object(original.conversations)[key];
          if (value !== undefined && !('conversations' in (values.transfer.attributes ?? {})))
            expect(insights).toMatchObject({ [key]: value });
        }
        for (const [key, value] of Object.entries(inheritedAttributes(original))) {
          if (key === 'conversations' || isReservedKey(key) || key in (values.transfer.attributes ?? {}))
            continue;
          expect(others[key]).toEqual(value);
        }
        expect(parseChatTask(attributes)).toMatchObject({
          conversationSid: aConversationSid(1),
          transferId: values.transfer.id,
        });
        expect(parseTransferTrace(JSON.parse(JSON.stringify(attributes)))).toMatchObject({
          transferId: values.transfer.id,
          originalTaskSid: aTaskSid(1),
        });
      }),
    );
    expect(Math.min(refused, built), 'the property sees both outcomes').toBeGreaterThan(0);
  });

  it('have the whole note, or its beginning up to the end of a character and a mark that it is shortened', () => {
    fc.assert(
      fc.property(originals, transfers, (original, values) => {
        const { note } = values.transfer;
        const details = Object(build(original, values)?.chatTransfer);
        if (details.noteIsShortened !== true) {
          if (details.mode !== undefined) expect(details.note).toBe(note);
          return;
        }
        if (details.note === undefined) return;
        expect(details.note.endsWith('…')).toBe(true);
        const kept = splitCharacters(details.note.slice(0, -1));
        expect(splitCharacters(note ?? '').slice(0, kept.length)).toEqual(kept);
      }),
    );
  });

  it('fit the limit after the task has returned, whatever lists it gets, and after its agent is done', () => {
    const many = Array.from({ length: 60 }, (_, index) => aWorkerSid(index + 10));
    const reservations = Array.from({ length: 60 }, (_, index) => `WR${String(index).padStart(32, '0')}`);
    fc.assert(
      fc.property(originals, transfers, (original, values) => {
        const attributes = build(original, values);
        if (attributes === undefined) return;
        const returned = buildRedirectAttributes(
          attributes,
          { ...values.transfer, state: 'unanswered', untakenReason: 'unanswered', declinedBy: many },
          reservations,
        );
        expect(returned).toMatchObject({
          chatTransferTargetType: 'return',
          chatTransferFromSid: aWorkerSid(1),
          chatTransfer: { returned: { reason: 'unanswered' } },
        });
        const done = addFollowedBy(detachConversation(returned ?? {}), 'Cold Transfer');
        for (const written of [returned ?? {}, done]) {
          expect(lengthOf(written)).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);
        }
        expect(parseChatTask(done)?.conversationSid).toBe(aConversationSid(1));
      }),
    );
  });

  it('fit even if TaskRouter counts escaped characters, as long as the original task leaves room for that', () => {
    fc.assert(
      fc.property(originals, transfers, (original, values) => {
        fc.pre(escapedLengthOf(original) < 1_500);
        fc.pre(escapedLengthOf(values.transfer.attributes ?? {}) < 500);
        const attributes = build(original, { ...values, agents: 1 }) ?? expect.fail('refused');
        expect(escapedLengthOf(attributes)).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);
      }),
    );
  });

  it('never become longer by the end of a task that was almost full', () => {
    fc.assert(
      fc.property(originals, (original) => {
        const done = addFollowedBy(detachConversation(original), 'Cold Transfer');
        expect(lengthOf(done)).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);
        expect(escapedLengthOf(done)).toBeLessThanOrEqual(
          Math.max(escapedLengthOf(original), TASK_ATTRIBUTES_BUDGET),
        );
      }),
    );
  });
});
