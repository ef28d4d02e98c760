/** The list of failures in the docs is the list in the code. Here, where the agents' sentences are too. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  FAILURE_STATUS,
  type FailureCode,
  failureAnswer,
  isRetryable,
  type TransferFailure,
} from '@chat-transfer/transfer-core';
import { everyFailure } from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import { describeFailureToAgent, type RequestFailure } from './failure-notification';
import { EN } from './strings/en';

const doc = readFileSync(resolve(__dirname, '../../../docs/failures.md'), 'utf8');
const [, answers = '', ownOnes = ''] = doc.split(/^## .+$/m);

/** Code → what is said about it. */
const entriesOf = (section: string): ReadonlyMap<string, string> =>
  new Map(
    section
      .split(/^### /m)
      .slice(1)
      .map((entry): [string, string] => [entry.split('\n', 1)[0] ?? '', entry]),
  );
const entries = entriesOf(answers);
const codes = Object.keys(FAILURE_STATUS) as FailureCode[];

/** One of each code, and of `twilio-failed` one for each kind of answer. */
const failures: readonly TransferFailure[] = [
  ...everyFailure(),
  { code: 'twilio-failed', doing: 'post a notice' },
  ...[400, 401, 404, 412, 429, 500, 503].map(
    (status): TransferFailure => ({ code: 'twilio-failed', doing: 'post a notice', status }),
  ),
];

/** What an agent reads after what did not happen. */
function sentenceFor(failure: RequestFailure): string {
  const { string, facts } = describeFailureToAgent(failure);
  return EN[string].replace('{{outcome}} ', '').replace('{{failureCode}}', facts.failureCode);
}

describe('docs/failures.md', () => {
  it('has every code once, in the order of the code, and none besides', () => {
    expect([...answers.matchAll(/^### (.+)$/gm)].map(([, code]) => code)).toEqual(codes);
  });

  it.each(codes)('gives the status of %s, and whether to try again', (code) => {
    const answersOfIt = new Set(failures.filter((failure) => failure.code === code).map(isRetryable));
    const retry = answersOfIt.size > 1 ? 'depends' : answersOfIt.has(true) ? 'yes' : 'no';
    expect(entries.get(code)).toContain(`HTTP ${FAILURE_STATUS[code]} · Retry: ${retry} · Agent: “`);
  });

  it.each(codes)('quotes what an agent reads about %s', (code) => {
    const message = '';
    for (const failure of [
      { code, message },
      { code, message, name: 'Bob' },
    ]) {
      expect(entries.get(code)).toContain(`“${sentenceFor(failure)}”`);
    }
  });

  it.each(codes)('says where %s comes from and what to do about it', (code) => {
    expect(entries.get(code)).toMatch(/^- \*\*Cause\*\*: \S.+$\n^- \*\*Remedy\*\*: \S.+$/m);
  });

  it('is what the answers point to', () => {
    for (const failure of failures) {
      const anchor = /docs\/failures\.md#(\S+)$/.exec(failureAnswer(failure).message)?.[1];
      expect(entries.has(anchor ?? '')).toBe(true);
    }
  });

  it('knows what the plugin says without asking the functions', () => {
    for (const code of ['unreachable', 'target-unsupported'] as const) {
      expect(entriesOf(ownOnes).get(code)).toContain(`“${sentenceFor({ code, message: '' })}”`);
    }
  });

  it('names settings and files that there are', () => {
    const settings = readFileSync(resolve(__dirname, '../../functions/src/settings.ts'), 'utf8');
    for (const [name] of doc.matchAll(/\b[A-Z]+(_[A-Z]+)+\b/g)) expect(settings).toContain(name);
    for (const [, path = ''] of doc.matchAll(/\]\((\.\.\/[^)]+)\)/g)) {
      expect(() => readFileSync(resolve(__dirname, '../../../docs', path))).not.toThrow();
    }
  });
});
