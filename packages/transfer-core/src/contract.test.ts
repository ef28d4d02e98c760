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
  parseCancelTransferAnswer,
  parseEndWebchatAnswer,
  parseFailureAnswer,
  parseStartTransferAnswer,
  parseStartWebchatAnswer,
  parseSweepAnswer,
  parseTaskAnswer,
  ReadNoteRequestSchema,
  StartTransferRequestSchema,
  StartWebchatRequestSchema,
  SweepRequestSchema,
  TaskRequestSchema,
} from './contract';
import { isRetryable } from './failure';
import { MAX_NAME_LENGTH } from './plain-text';

const taskRequest = { token: 'a Flex token', taskSid: aTaskSid(1), conversationSid: aConversationSid(1) };
const start = {
  ...taskRequest,
  transferId: aTransfer().id,
  targetSid: aQueueSid(1),
  mode: 'cold',
};

const wrongTokens = [7, '', 'x'.repeat(10_001)];
const wrongTasks = [7, '', aWorkerSid(1), aTaskSid(10).toUpperCase(), `${aTaskSid(1)}0`];
const wrongTransferIds = [7, '', 'transfer-1', `${aTransfer().id}" OR 1==1`];
const wrongConversations = [7, '', aTaskSid(1), `${aConversationSid(1)} `];

/** Per request: its schema, a valid request without optional fields, and invalid values of each field. */
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
    valid: { ...taskRequest, transferId: aTransfer().id },
    wrong: {
      token: wrongTokens,
      taskSid: wrongTasks,
      conversationSid: wrongConversations,
      transferId: wrongTransferIds,
    },
  },
  {
    name: 'read a note',
    schema: ReadNoteRequestSchema,
    valid: { ...taskRequest, transferId: aTransfer().id },
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
    valid: taskRequest,
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
  it('is accepted unchanged', () => {
    expect(v.parse(schema, valid)).toEqual(valid);
  });

  it('is parsed without unknown fields', () => {
    expect(v.parse(schema, { ...valid, isAdmin: true })).toEqual(valid);
  });

  it.each([undefined, null, '', 7, []])('is refused if it is %j', (request) => {
    expect(v.is(schema, request)).toBe(false);
  });

  it('has invalid values of every field in this test', () => {
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

describe('the options of a transfer', () => {
  const options = (values: object) => v.safeParse(StartTransferRequestSchema, { ...start, ...values });

  it('are parsed from texts', () => {
    const { output } = options({ attributes: '{"language":"fr"}', priority: '50' });
    expect(output).toMatchObject({ attributes: { language: 'fr' }, priority: 50 });
  });

  it('do not change the prototype of an object', () => {
    const { output } = options({
      attributes: '{"__proto__":{"isAdmin":true},"constructor":1,"language":"fr"}',
    });
    expect(output).toMatchObject({ attributes: { language: 'fr' } });
    expect(Object.keys(Object(output).attributes)).toEqual(['language']);
    expect(Object(Object(output).attributes).isAdmin).toBeUndefined();
  });

  it.each([
    '',
    'language',
    'null',
    '7',
    '"text"',
    '["fr"]',
    `{"data":"${'x'.repeat(4_096)}"}`,
    `{"data":"${'電'.repeat(1_400)}"}`,
    7,
    { language: 'fr' },
  ])('are refused with the attributes %j', (attributes) => {
    expect(options({ attributes }).success).toBe(false);
  });

  it.each(['', 'high', '-1', '1.5', '1e3', '2147483648', '99999999999', 7])(
    'are refused with the priority %j',
    (priority) => {
      expect(options({ priority }).success).toBe(false);
    },
  );

  it.each(['0', '2147483647'])('are accepted with the priority %s', (priority) => {
    expect(options({ priority }).success).toBe(true);
  });
});

describe('SweepRequestSchema', () => {
  it.each([{ token: 'a Flex token' }, { session: 'a session' }, { secret: 'a secret' }])(
    'accepts %j alone',
    (request) => {
      expect(v.parse(SweepRequestSchema, request)).toEqual(request);
    },
  );

  it('trims the secret, which schedulers read from a file with a line break', () => {
    expect(v.parse(SweepRequestSchema, { secret: 'a secret\n' })).toEqual({ secret: 'a secret' });
  });

  it.each([{}, { token: '' }, { session: 7 }, { secret: ' ' }, { secret: 'x'.repeat(1_001) }])(
    'refuses %j',
    (request) => {
      expect(v.is(SweepRequestSchema, request)).toBe(false);
    },
  );
});

describe('StartTransferRequestSchema', () => {
  it('accepts a worker as target, and the mode warm', () => {
    const request = { ...start, targetSid: aWorkerSid(2), mode: 'warm' };
    expect(v.parse(StartTransferRequestSchema, request)).toEqual(request);
  });

  it('trims a note and accepts it up to MAX_NOTE_LENGTH', () => {
    const note = 'x'.repeat(MAX_NOTE_LENGTH);
    expect(v.parse(StartTransferRequestSchema, { ...start, note: ` ${note}\n` }).note).toBe(note);
    expect(v.is(StartTransferRequestSchema, { ...start, note: `${note}x` })).toBe(false);
    expect(v.is(StartTransferRequestSchema, { ...start, note: 7 })).toBe(false);
  });

  it('turns a note in which nothing is visible into an empty one', () => {
    expect(v.parse(StartTransferRequestSchema, { ...start, note: '\u200B\u2800\n' }).note).toBe('');
  });
});

/** Per answer: its parser, a valid answer, and invalid values of each field. */
const answers: ReadonlyArray<{
  readonly name: string;
  readonly parse: (body: unknown) => unknown;
  readonly valid: Readonly<Record<string, unknown>>;
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}> = [
  {
    name: 'start a transfer',
    parse: parseStartTransferAnswer,
    valid: { ok: true, transferId: 'the-id', transferTaskSid: aTaskSid(2) },
    wrong: { ok: [false, 'true', undefined], transferId: [7, undefined], transferTaskSid: [7, undefined] },
  },
  {
    name: 'sweep',
    parse: parseSweepAnswer,
    valid: { ok: true, nextInMs: 60_000 },
    wrong: { ok: [false], nextInMs: [-1, '60000', Number.NaN, undefined] },
  },
  {
    name: 'cancel a transfer',
    parse: parseCancelTransferAnswer,
    valid: { ok: true, transferId: 'the-id', state: 'returned' },
    wrong: { ok: [false], transferId: [7, undefined], state: ['accepted', undefined] },
  },
  {
    name: 'leave or complete',
    parse: parseTaskAnswer,
    valid: { ok: true, conversation: 'ended' },
    wrong: { ok: [false], conversation: ['closed', undefined] },
  },
  {
    name: 'start a webchat',
    parse: parseStartWebchatAnswer,
    valid: {
      ok: true,
      token: 'a token',
      identity: 'customer-1',
      conversationSid: aConversationSid(1),
      backend: 'conversations',
      session: 'a session',
    },
    wrong: {
      ok: [false],
      token: [7, '', undefined],
      identity: [7, '', undefined],
      conversationSid: [7, '', undefined],
      backend: ['other', undefined],
      session: [7, '', undefined],
    },
  },
  {
    name: 'end a webchat',
    parse: parseEndWebchatAnswer,
    valid: { ok: true },
    wrong: { ok: [false, undefined] },
  },
];

describe.each(answers)('the answer to $name', ({ parse, valid, wrong }) => {
  it('is parsed without unknown fields', () => {
    expect(parse({ ...valid, more: 1 })).toMatchObject(valid);
    expect(parse({ ...valid, more: 1 })).not.toHaveProperty('more');
  });

  it('has invalid values of every field in this test', () => {
    expect(Object.keys(wrong)).toEqual(Object.keys(valid));
  });

  it.each(Object.entries(wrong).flatMap(([field, values]) => values.map((value) => ({ field, value }))))(
    'is undefined when $field is $value',
    ({ field, value }) => {
      expect(parse({ ...valid, [field]: value })).toBeUndefined();
    },
  );

  it.each([undefined, null, 7, '', '<html>Bad gateway</html>', [], { ok: false, code: 'busy' }])(
    'is undefined for the body %j',
    (body) => {
      expect(parse(body)).toBeUndefined();
    },
  );
});

describe('parseStartTransferAnswer', () => {
  it.each([
    [true, true],
    [false, false],
    [undefined, false],
    ['yes', false],
  ])('reads released %j as %j', (released, expected) => {
    const answer = { ok: true, transferId: 'the-id', transferTaskSid: aTaskSid(2), released };
    expect(parseStartTransferAnswer(answer)?.released).toBe(expected);
  });
});

describe('encodeRequest', () => {
  /** Parses a form: https://url.spec.whatwg.org/#urlencoded-parsing */
  const decoded = (form: string) =>
    Object.fromEntries(
      form.split('&').map((field) => {
        const [name = '', value = ''] = field.split('=');
        return [name, value].map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
      }),
    );

  it('encodes every value so that a form parser returns the request', () => {
    const note = 'a&b=c + 100 %41 ?#/ "quoted"\n電話 😀';
    expect(decoded(encodeRequest({ ...start, note }))).toEqual({ ...start, note });
  });

  it('leaves out undefined fields and keeps empty ones', () => {
    expect(encodeRequest({ token: 'secret', note: undefined, name: '' })).toBe('token=secret&name=');
  });
});

describe('ENDPOINTS', () => {
  it('has a different path for every endpoint', () => {
    const paths = Object.values(ENDPOINTS);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^(\/[a-z]+){1,2}$/);
  });
});

describe('failureAnswer', () => {
  it.each(everyFailure())('builds an answer that parseFailureAnswer returns: $code', (failure) => {
    const answer = failureAnswer(failure);
    expect(answer.code).toBe(failure.code);
    expect(answer.retryable).toBe(isRetryable(failure));
    expect(parseFailureAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });

  it('names the agent who started the open transfer, and the time', () => {
    expect(failureAnswer({ code: 'transfer-open', startedBy: 'Alice', startedAt: 5 })).toMatchObject({
      startedBy: 'Alice',
      startedAt: 5,
    });
  });

  it('names the agent who accepted the transfer, if they are known', () => {
    expect(failureAnswer({ code: 'transfer-accepted', name: 'Bob' })).toMatchObject({ name: 'Bob' });
    expect(failureAnswer({ code: 'transfer-accepted' })).not.toHaveProperty('name');
  });

  it('has no other facts of a failure', () => {
    const fields = ['ok', 'code', 'message', 'retryable', 'startedBy', 'startedAt', 'name', 'state'];
    for (const failure of everyFailure()) {
      expect(fields).toEqual(expect.arrayContaining(Object.keys(failureAnswer(failure))));
    }
    expect(failureAnswer({ code: 'target-in-chat', name: 'Bob' })).not.toHaveProperty('name');
  });
});

describe('parseFailureAnswer', () => {
  it.each<[string, unknown]>([
    ['a page of a proxy', '<html>Bad gateway</html>'],
    ['nothing', undefined],
    ['a success', { ok: true }],
    ['an unknown code', { ok: false, code: 'unknown', message: 'An error', retryable: false }],
    ['a code that is an inherited key', { ok: false, code: 'constructor', message: '', retryable: false }],
    ['no message', { ok: false, code: 'busy', retryable: true }],
    ['a name that is not text', { ...failureAnswer({ code: 'transfer-accepted' }), name: 7 }],
    ['a start that is not a time', { ...failureAnswer({ code: 'busy' }), startedAt: 'yesterday' }],
  ])('returns undefined for %s', (_what, answer) => {
    expect(parseFailureAnswer(answer)).toBeUndefined();
  });
});
