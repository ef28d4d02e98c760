/** The document of settings, as the endpoints read it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installTwilioGlobals } from '../test/support/twilio-runtime';
import { readSettings } from './settings';

const queueSid = (digit: number) => `WQ${String(digit).repeat(32)}`;
const needs = { required: ['queuePublicLabels', 'textedNotices'] } as const;

let log: string[];
let remove: () => void = () => undefined;
const readWith = (document: unknown, context: object = {}) => {
  remove();
  remove = installTwilioGlobals(document);
  return readSettings(context, needs);
};

beforeEach(() => {
  log = [];
  vi.spyOn(console, 'error').mockImplementation((line) => log.push(String(line)));
});
afterEach(() => {
  remove();
  vi.restoreAllMocks();
});

describe('the settings document', () => {
  it('sets the labels of more queues than a variable of the environment can hold', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`WQ${String(index).padStart(32, '0')}`, `Team ${index}`]),
    );
    expect(readWith({ queue_labels: labels })).toMatchObject({ value: { queuePublicLabels: labels } });
  });

  it('sets which notices are texted', () => {
    const texted = { sms: ['agent-joined', 'chat-ended'] };
    expect(readWith({ texted_notices: texted })).toMatchObject({ value: { textedNotices: texted } });
  });

  it('cleans the labels', () => {
    expect(readWith({ queue_labels: { [queueSid(1)]: ' Bil\u202Eling\n' } })).toMatchObject({
      value: { queuePublicLabels: { [queueSid(1)]: 'Billing' } },
    });
  });

  const variables = {
    QUEUE_PUBLIC_LABELS: JSON.stringify({ [queueSid(1)]: 'From the variable' }),
    CHAT_TRANSFER_TEXTED_NOTICES: '{"sms":["chat-ended"]}',
  };

  it.each([undefined, {}])('leaves the variables in force when it is %j', (document) => {
    expect(readWith(document, variables)).toMatchObject({
      value: {
        queuePublicLabels: { [queueSid(1)]: 'From the variable' },
        textedNotices: { sms: ['chat-ended'] },
      },
    });
  });

  it('replaces each variable that it sets, even a malformed one, and no other', () => {
    const document = { queue_labels: { [queueSid(2)]: 'From the document' } };
    expect(readWith(document, { ...variables, QUEUE_PUBLIC_LABELS: 'broken' })).toMatchObject({
      value: {
        queuePublicLabels: { [queueSid(2)]: 'From the document' },
        textedNotices: { sms: ['chat-ended'] },
      },
    });
  });

  it.each([
    ['queue_labels in chat-transfer.json', { queue_labels: { Billing: 'zebra' } }, 'queue_labels'],
    ['queue_labels in chat-transfer.json', { queue_labels: { [queueSid(1)]: 17 } }, queueSid(1)],
    [
      'queue_labels in chat-transfer.json',
      { queue_labels: { [queueSid(1)]: 'zebra'.repeat(30) } },
      queueSid(1),
    ],
    ['queue_labels in chat-transfer.json', { queue_labels: ['zebra'] }, '0: regex'],
    ['texted_notices in chat-transfer.json', { texted_notices: { sms: ['zebra'] } }, 'sms.0'],
    ['chat-transfer.json', { queue_label: { zebra: 'zebra' } }, 'queue_label'],
    ['chat-transfer.json', 'zebra', 'object'],
    ['chat-transfer.json', null, 'object'],
  ])('is refused as %s, and the log says where, without the value: %j', (setting, document, where) => {
    expect(readWith(document)).toEqual({ ok: false, failure: { code: 'not-configured', setting } });
    expect(log.join()).toContain(where);
    expect(log.join()).not.toContain('zebra');
  });

  it('does not refuse an endpoint that uses none of its settings', () => {
    readWith('broken');
    expect(readSettings({}, { required: ['defaultAgentName'] })).toMatchObject({ ok: true });
  });

  it('logs its problems once in a process', () => {
    for (let requests = 0; requests < 3; requests += 1) readWith({ texted_notices: 'broken once' });
    expect(log).toHaveLength(1);
  });
});
