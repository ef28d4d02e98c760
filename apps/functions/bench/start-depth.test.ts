import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS } from '../test/support/twilio-chats';
import { describeCalls } from './calls';
import { measureStart } from './requests';
import { type BenchWorld, startWorld } from './bench-fixture';

describe.each(BACKENDS)('POST /transfer/start, on %s,', (backend) => {
  let world: BenchWorld;
  beforeAll(async () => {
    world = await startWorld(resolve(import.meta.dirname, '../dist/functions'), backend);
  });
  afterAll(() => world?.close());

  it.each(['warm', 'cold'] as const)('answers a %s one after at most four calls in a row', async (mode) => {
    const { sample, invocation } = await measureStart(world, await world.aChatWithAlice(), mode);

    expect(sample.depth, describeCalls(invocation)).toBeLessThanOrEqual(4);
  });
});
