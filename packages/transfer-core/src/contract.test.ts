import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aConversationSid, aQueueSid, aTaskSid, aTransfer, aWorkerSid, everyFailure } from '../testing';
import {
  CancelTransferRequestSchema,
  ENDPOINTS,
  EndWebchatRequestSchema,
  encodeRequest,
  failureAnswer,
  MAX_NOTE_LENGTH,
  parseFailureAnswer,
  StartTransferRequestSchema,
  StartWebchatRequestSchema,
  TaskRequestSchema,
} from './contract';
import { isRetryable } from './failure';
import { MAX_NAME_LENGTH } from './public-name';

const ofATask = { token: 'a Flex token', taskSid: aTaskSid(1), conversationSid: aConversationSid(1) };
const start = {
  ...ofATask,
  transferId: aTransfer().id,
  targetSid: aQueueSid(1),
  mode: 'cold',
};

const wrongTokens = [7, '', 'x'.repeat(10_001)];
const wrongTasks = [7, '', aWorkerSid(1), aTaskSid(10).toUpperCase(), `${aTaskSid(1)}0`];
const wrongTransferIds = [7, '', 'transfer-1', `${aTransfer().id}" OR 1==1`];
const wrongConversations = [7, '', aTaskSid(1), `${aConversationSid(1)} `];

/** Per request: its schema, a request without anything optional, and wrong values of each of its fields. */
const requests: ReadonlyArray<{
  readonly name: string;
  readonly schema: v.GenericSchema;
  readonly valid: Readonly<Record<string, unknown>>;
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}> = [
  {
    name: 'start a transfer',
    schema: StartTransferRequestSchema,
    valid: start,
    wrong: {
      token: wrongTokens,
      taskSid: wrongTasks,
      conversationSid: wrongConversations,
      transferId: wrongTransferIds,
      targetSid: [7, '', aTaskSid(1), 'Billing', { kind: 'queue', queueSid: aQueueSid(1) }],
      mode: ['hot', 'WARM', 7],
    },
  },
  {
    name: 'cancel a transfer',
    schema: CancelTransferRequestSchema,
    valid: { ...ofATask, transferId: aTransfer().id },
    wrong: {
      token: wrongTokens,
      taskSid: wrongTasks,
      conversationSid: wrongConversations,
      transferId: wrongTransferIds,
    },
  },
  {
    name: 'leave or complete',
    schema: TaskRequestSchema,
    valid: ofATask,
    wrong: { token: wrongTokens, taskSid: wrongTasks, conversationSid: wrongConversations },
  },
  {
    name: 'start a webchat',
    schema: StartWebchatRequestSchema,
    valid: { name: 'Dana' },
    wrong: { name: [7, '', '   ', 'x'.repeat(MAX_NAME_LENGTH + 1)] },
  },
  {
    name: 'end a webchat',
    schema: EndWebchatRequestSchema,
    valid: { session: 'a session' },
    wrong: { session: [7, '', 'x'.repeat(2001)] },
  },
];

describe.each(requests)('the request to $name', ({ schema, valid, wrong }) => {
  it('is taken as it is', () => {
    expect(v.parse(schema, valid)).toEqual(valid);
  });

  it('loses what nobody asked for', () => {
    expect(v.parse(schema, { ...valid, attributes: { admin: true } })).toEqual(valid);
  });

  it.each([undefined, null, '', 7, []])('is refused as %j', (request) => {
    expect(v.is(schema, request)).toBe(false);
  });

  it('has all its fields tried here', () => {
    expect(Object.keys(wrong)).toEqual(Object.keys(valid));
  });

  it.each(Object.keys(valid))('is refused without %s', (field) => {
    const { [field]: _missing, ...rest } = valid;
    expect(v.is(schema, rest)).toBe(false);
  });

  it.each(Object.entries(wrong).flatMap(([field, values]) => values.map((value) => ({ field, value }))))(
    'is refused when $field is $value',
    ({ field, value }) => {
      expect(v.is(schema, { ...valid, [field]: value })).toBe(false);
    },
  );
});

describe('the request to start a transfer', () => {
  it('takes an agent as target, and warm', () => {
    const request = { ...start, targetSid: aWorkerSid(2), mode: 'warm' };
    expect(v.parse(StartTransferRequestSchema, request)).toEqual(request);
  });

  it('takes a note up to its longest, without the space around it', () => {
    const note = 'x'.repeat(MAX_NOTE_LENGTH);
    expect(v.parse(StartTransferRequestSchema, { ...start, note: ` ${note}\n` }).note).toBe(note);
    expect(v.is(StartTransferRequestSchema, { ...start, note: `${note}x` })).toBe(false);
    expect(v.is(StartTransferRequestSchema, { ...start, note: 7 })).toBe(false);
  });
});

describe('encodeRequest', () => {
  /** As a form is read: https://url.spec.whatwg.org/#urlencoded-parsing */
  const decoded = (form: string) =>
    Object.fromEntries(
      form.split('&').map((field) => {
        const [name = '', value = ''] = field.split('=');
        return [name, value].map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
      }),
    );

  it('makes a form that says the same as the request, whatever the note holds', () => {
    const note = 'a&b=c + 100 %41 ?#/ "quoted"\n電話 😀';
    expect(decoded(encodeRequest({ ...start, note }))).toEqual({ ...start, note });
  });

  it('leaves out what is not there, and keeps what is empty', () => {
    expect(encodeRequest({ token: 'secret', note: undefined, name: '' })).toBe('token=secret&name=');
  });
});

describe('the endpoints', () => {
  it('have a path each', () => {
    const paths = Object.values(ENDPOINTS);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^\/[a-z]+\/[a-z]+$/);
  });
});

describe('the answer of a failure', () => {
  it.each(everyFailure())('survives the wire: $code', (failure) => {
    const answer = failureAnswer(failure);
    expect(answer.code).toBe(failure.code);
    expect(answer.retryable).toBe(isRetryable(failure));
    expect(parseFailureAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });

  it('says who started the transfer that is in the way, and when', () => {
    expect(failureAnswer({ code: 'transfer-open', startedBy: 'Alice', startedAt: 5 })).toMatchObject({
      startedBy: 'Alice',
      startedAt: 5,
    });
  });

  it('says who accepted the transfer that cannot be cancelled any more, when it is known', () => {
    expect(failureAnswer({ code: 'transfer-accepted', name: 'Bob' })).toMatchObject({ name: 'Bob' });
    expect(failureAnswer({ code: 'transfer-accepted' })).not.toHaveProperty('name');
  });

  it('says nothing else of what it knows', () => {
    const told = ['ok', 'code', 'message', 'retryable', 'startedBy', 'startedAt', 'name', 'state'];
    for (const failure of everyFailure()) {
      expect(told).toEqual(expect.arrayContaining(Object.keys(failureAnswer(failure))));
    }
    expect(failureAnswer({ code: 'target-in-chat', name: 'Bob' })).not.toHaveProperty('name');
  });

  it.each<[string, unknown]>([
    ['a page of a proxy', '<html>Bad gateway</html>'],
    ['nothing', undefined],
    ['a success', { ok: true }],
    ['an unknown code', { ok: false, code: 'melted', message: 'It melted', retryable: false }],
    ['a code that every object has', { ok: false, code: 'constructor', message: '', retryable: false }],
    ['no message', { ok: false, code: 'busy', retryable: true }],
    ['a name that is not text', { ...failureAnswer({ code: 'transfer-accepted' }), name: 7 }],
    ['a start that is not a time', { ...failureAnswer({ code: 'busy' }), startedAt: 'yesterday' }],
  ])('is not seen in %s', (_what, answer) => {
    expect(parseFailureAnswer(answer)).toBeUndefined();
  });
});
