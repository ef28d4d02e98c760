/** Checks that docs/failures.md matches the code. It is here because this package has the sentences for agents. */
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
const [, functionsSection = '', pluginSection = ''] = doc.split(/^## .+$/m);

/** Maps each code of a section to its entry. */
const parseEntries = (section: string): ReadonlyMap<string, string> =>
  new Map(
    section
      .split(/^### /m)
      .slice(1)
      .map((entry): [string, string] => [entry.split('\n', 1)[0] ?? '', entry]),
  );
const entries = parseEntries(functionsSection);
const codes = Object.keys(FAILURE_STATUS) as FailureCode[];

/** One failure for each code, and one `twilio-failed` for each kind of answer. */
const failures: readonly TransferFailure[] = [
  ...everyFailure(),
  { code: 'twilio-failed', doing: 'post a notice' },
  ...[400, 401, 404, 412, 429, 500, 503].map(
    (status): TransferFailure => ({ code: 'twilio-failed', doing: 'post a notice', status }),
  ),
];

/** What an agent reads after the sentence that says what did not happen. */
function sentenceFor(failure: RequestFailure): string {
  const { string, facts } = describeFailureToAgent(failure);
  return EN[string].replace('{{outcome}} ', '').replace('{{failureCode}}', facts.failureCode);
}

describe('docs/failures.md', () => {
  it('lists exactly the codes of the functions, in the order of the source', () => {
    expect([...functionsSection.matchAll(/^### (.+)$/gm)].map(([, code]) => code)).toEqual(codes);
  });

  it.each(codes)('states the HTTP status of %s and whether to retry', (code) => {
    const retryability = new Set(failures.filter((failure) => failure.code === code).map(isRetryable));
    const retry = retryability.size > 1 ? 'depends' : retryability.has(true) ? 'yes' : 'no';
    expect(entries.get(code)).toContain(`HTTP ${FAILURE_STATUS[code]} · Retry: ${retry} · Agent: “`);
  });

  it.each(codes)('quotes what an agent reads for %s', (code) => {
    const message = '';
    for (const failure of [
      { code, message },
      { code, message, name: 'Bob' },
    ]) {
      expect(entries.get(code)).toContain(`“${sentenceFor(failure)}”`);
    }
  });

  it.each(codes)('states the cause and the remedy of %s', (code) => {
    expect(entries.get(code)).toMatch(/^- \*\*Cause\*\*: \S.+$\n^- \*\*Remedy\*\*: \S.+$/m);
  });

  it('has every anchor that a failure’s message links to', () => {
    for (const failure of failures) {
      const anchor = /docs\/failures\.md#(\S+)$/.exec(failureAnswer(failure).message)?.[1];
      expect(entries.has(anchor ?? '')).toBe(true);
    }
  });

  it('quotes what an agent reads for the plugin’s own failures', () => {
    for (const code of ['unreachable', 'target-unsupported'] as const) {
      expect(parseEntries(pluginSection).get(code)).toContain(`“${sentenceFor({ code, message: '' })}”`);
    }
  });

  it('names only settings and files that exist', () => {
    const settings = readFileSync(resolve(__dirname, '../../functions/src/setting-definitions.ts'), 'utf8');
    for (const [name] of doc.matchAll(/\b[A-Z]+(_[A-Z]+)+\b/g)) expect(settings).toContain(name);
    for (const [, path = ''] of doc.matchAll(/\]\((\.\.\/[^)]+)\)/g)) {
      expect(() => readFileSync(resolve(__dirname, '../../../docs', path))).not.toThrow();
    }
  });
});
