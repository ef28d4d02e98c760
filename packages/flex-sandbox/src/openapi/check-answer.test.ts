import { describe, expect, it } from 'vitest';
import { type Answer, checkAnswer, checkError } from './check-answer.js';
import type { OpenApiSchema, Operation } from './documents.js';

const SID = `WT${'a'.repeat(32)}`;
const TASK_URL = `https://taskrouter.twilio.com/v1/Workspaces/WS${'b'.repeat(32)}/Tasks/${SID}`;

const taskSchema: OpenApiSchema = {
  type: 'object',
  properties: {
    sid: { type: 'string', pattern: '^WT[0-9a-fA-F]{32}$', nullable: true },
    status: { $ref: '#/components/schemas/task_enum_status' },
    age: { type: 'integer', default: 0 },
    date_created: { type: 'string', format: 'date-time', nullable: true },
    url: { type: 'string', format: 'uri', nullable: true },
    links: { type: 'object', format: 'uri-map', nullable: true },
    token: { type: 'string', writeOnly: true },
  },
};
const aTask = {
  sid: SID,
  status: 'pending',
  age: 3,
  date_created: '2026-01-31T10:00:00Z',
  url: TASK_URL,
  links: { reservations: `${TASK_URL}/Reservations` },
};

/** An operation whose answer is a list of tasks. */
function anOperation(element = taskSchema): Operation {
  const schema = { type: 'object', properties: { tasks: { type: 'array', items: element } } };
  const document = {
    servers: [],
    paths: {},
    components: { schemas: { task_enum_status: { type: 'string', enum: ['pending', 'assigned'] } } },
  };
  return {
    key: 'GET taskrouter /v1/Workspaces/:/Tasks',
    unknownPath: '',
    queryFields: [],
    formFields: [],
    requiredFields: [],
    answers: new Map([
      [200, { schema, examples: [{ tasks: [aTask] }], document }],
      [204, undefined],
    ]),
  };
}

const json = (body: unknown, status = 200): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body,
});

/** What is wrong with a list of one right task and this one. */
const check = (task: object) => checkAnswer(anOperation(), json({ tasks: [aTask, task] }));

describe('checkAnswer', () => {
  it('accepts an answer with every documented property', () => {
    expect(check({ ...aTask, sid: null, url: null })).toEqual([]);
  });

  it('reports a property that is missing', () => {
    const { age: _, ...task } = aTask;
    expect(check(task)).toEqual([{ pointer: '/tasks/[]/age', problem: 'missing' }]);
  });

  it.each([
    ['a property without documentation', { color: 'red' }, '/color', 'not documented'],
    ['a property that only requests may have', { token: 'x' }, '/token', 'not documented'],
    ['another type', { age: '3' }, '/age', 'must be integer'],
    ['null for a property that is not nullable', { age: null }, '/age', 'must be integer'],
    [
      'a value that an enumeration does not have',
      { status: 'open' },
      '/status',
      'must be one of pending, assigned',
    ],
    ['another format', { date_created: '31.1.2026' }, '/date_created', 'must match format "date-time"'],
    [
      'the SID of another resource',
      { sid: `WR${'a'.repeat(32)}` },
      '/sid',
      'must match pattern "^WT[0-9a-fA-F]{32}$"',
    ],
    ['a link that is missing', { links: {} }, '/links/reservations', 'missing'],
    [
      'a link that is no URL',
      { links: { reservations: 'x' } },
      '/links/reservations',
      'must match format "uri"',
    ],
    [
      'a link without documentation',
      { links: { ...aTask.links, worker: TASK_URL } },
      '/links/worker',
      'not documented',
    ],
    [
      'a URL of another resource',
      { url: TASK_URL.replace('Tasks', 'Workers') },
      '/url',
      'taskrouter.twilio.com/v1/Workspaces/:/Workers/: instead of taskrouter.twilio.com/v1/Workspaces/:/Tasks/:',
    ],
  ])('reports %s', (_case, change, pointer, problem) => {
    expect(check({ ...aTask, ...change })).toEqual([{ pointer: `/tasks/[]${pointer}`, problem }]);
  });

  it('reports a status that is not documented', () => {
    expect(checkAnswer(anOperation(), json({ tasks: [] }, 201))).toEqual([
      { pointer: '', problem: 'status 201 instead of 200 or 204' },
    ]);
  });

  it('reports another content type', () => {
    const answer = { ...json({ tasks: [] }), contentType: 'text/plain' };
    expect(checkAnswer(anOperation(), answer)).toEqual([
      { pointer: '', problem: 'content type text/plain instead of application/json' },
    ]);
  });

  it('reports a body where none is documented', () => {
    expect(checkAnswer(anOperation(), json({}, 204))).toEqual([{ pointer: '', problem: 'has a body' }]);
  });

  it.each([
    ['keyword', { type: 'string', discriminator: 'x' }],
    ['format', { type: 'string', format: 'colour' }],
  ])('throws for a %s of a schema that it does not know', (_case, property) => {
    const operation = anOperation({ type: 'object', properties: { color: property } });
    expect(() => checkAnswer(operation, json({ tasks: [] }))).toThrow(/unknown/);
  });
});

describe('checkError', () => {
  const error = {
    code: 20404,
    message: 'Not found',
    more_info: 'https://www.twilio.com/docs/errors/20404',
    status: 404,
  };

  it('accepts an error in the form of Twilio', () => {
    expect(checkError(json(error, 404), 404)).toEqual([]);
  });

  it('reports another status', () => {
    expect(checkError(json(error, 400), 404)).toEqual([
      { pointer: '', problem: 'status 400 instead of 404' },
    ]);
  });

  it('reports a body whose status is not that of the response', () => {
    expect(checkError(json({ ...error, status: 400 }, 404), 404)).toEqual([
      { pointer: '/status', problem: 'is not the status of the response' },
    ]);
  });

  it('reports an error without a code', () => {
    const { code: _, ...body } = error;
    expect(checkError(json(body, 404), 404)).toEqual([{ pointer: '/code', problem: 'missing' }]);
  });
});
