import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS } from '../test/support/twilio-chats';
import { type BenchFixture, startBenchFixture } from './bench-fixture';
import { describeCalls } from './calls';
import { measureStart } from './requests';

describe.each(BACKENDS)('POST /transfer/start on %s', (backend) => {
  let fixture: BenchFixture;
  beforeAll(async () => {
    fixture = await startBenchFixture(resolve(import.meta.dirname, '../dist/functions'), backend);
  });
  afterAll(() => fixture?.close());

  it.each(['warm', 'cold'] as const)(
    'answers a %s transfer after at most four calls one after another',
    async (mode) => {
      const { sample, invocation } = await measureStart(fixture, await fixture.startChatWithAlice(), mode);

      expect(sample.depth, describeCalls(invocation)).toBeLessThanOrEqual(4);
    },
  );
});
