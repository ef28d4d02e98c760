/**
 * Compares an answer of the sandbox with the document: status, content type, body and URLs.
 * Also checks the errors, which the documents do not describe:
 * https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { asJsonObject } from '../json.js';
import { checkUrls } from './check-urls.js';
import type { AnswerBody, Operation } from './documents.js';
import { compile, compileAnswerBody } from './json-schema.js';

/** An answer to one HTTP request. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** The parsed JSON; `undefined` without a body. */
  readonly body: unknown;
}

/** How an answer differs from the document. */
export interface Difference {
  /** JSON pointer into the answer, with `[]` for every index of a list: `/tasks/[]/links`. */
  readonly pointer: string;
  /** `missing`, `not documented`, or what the value must be. */
  readonly problem: string;
}

const JSON_TYPE = 'application/json';
const isErrorBody = compile({
  type: 'object',
  properties: {
    code: { type: 'integer' },
    message: { type: 'string', minLength: 1 },
    more_info: { type: 'string', format: 'uri' },
    status: { type: 'integer' },
  },
  required: ['code', 'message', 'more_info', 'status'],
  additionalProperties: false,
});

const checks = new Map<AnswerBody, ValidateFunction>();

/** Compares the answer to a request that should succeed. */
export function checkAnswer({ answers }: Operation, answer: Answer): readonly Difference[] {
  if (!answers.has(answer.status)) {
    return [
      { pointer: '', problem: `status ${answer.status} instead of ${[...answers.keys()].join(' or ')}` },
    ];
  }
  const body = answers.get(answer.status);
  if (body === undefined) return answer.body === undefined ? [] : [{ pointer: '', problem: 'has a body' }];
  const check = checks.get(body) ?? compileAnswerBody(body);
  checks.set(body, check);
  check(answer.body);
  return [
    ...checkContentType(answer),
    ...(check.errors ?? []).map(describeError),
    ...checkUrls(answer.body, body.examples),
  ];
}

/** Compares the answer to a request that Twilio refuses with `status`. */
export function checkError(answer: Answer, status: number): readonly Difference[] {
  if (answer.status !== status)
    return [{ pointer: '', problem: `status ${answer.status} instead of ${status}` }];
  isErrorBody(answer.body);
  const isSameStatus = asJsonObject(answer.body)?.status === status;
  return [
    ...checkContentType(answer),
    ...(isErrorBody.errors ?? []).map(describeError),
    ...(isSameStatus ? [] : [{ pointer: '/status', problem: 'is not the status of the response' }]),
  ];
}

function checkContentType({ contentType }: Answer): readonly Difference[] {
  return contentType.split(';')[0] === JSON_TYPE
    ? []
    : [{ pointer: '', problem: `content type ${contentType} instead of ${JSON_TYPE}` }];
}

function describeError({ instancePath, keyword, params, message = keyword }: ErrorObject): Difference {
  const pointer = withoutIndexes(instancePath);
  if (keyword === 'required') return { pointer: `${pointer}/${params.missingProperty}`, problem: 'missing' };
  if (keyword === 'additionalProperties') {
    return { pointer: `${pointer}/${params.additionalProperty}`, problem: 'not documented' };
  }
  if (keyword === 'enum') return { pointer, problem: `must be one of ${params.allowedValues.join(', ')}` };
  return { pointer, problem: message };
}

const withoutIndexes = (pointer: string) => pointer.replace(/\/\d+(?=\/|$)/g, '/[]');
