import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FunctionsFixture, startFunctionsFixture } from '../test/support/functions-fixture';
import { BACKENDS } from '../test/support/twilio-chats';

const SWEEP_SECRET = 'a secret of the scheduler';
const CHATS = 30;
const MINUTES = 30;

describe.each(BACKENDS)('sweeps on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, settings: { SWEEP_SECRET }, sharesProcess: true });
  });
  afterAll(() => fixture?.close());

  it('make at most 8 calls a minute for the account, and 0.25 for each open chat in which nothing happens', async () => {
    for (let number = 0; number < CHATS; number += 1) {
      await fixture.startChatWithAlice();
      fixture.clock.advance((30 * 60_000) / CHATS);
    }
    const countCalls = async (): Promise<number> => {
      const before = fixture.calls().length;
      for (let passed = 0; passed < MINUTES * 60_000; passed += 10_000) {
        fixture.clock.advance(10_000);
        await fixture.post('/sweep', { secret: SWEEP_SECRET });
      }
      return (fixture.calls().length - before) / MINUTES;
    };
    expect(await countCalls()).toBeLessThan(8 + 0.25 * CHATS);
  });
});
