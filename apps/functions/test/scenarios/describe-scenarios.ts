/** The tests of the scenarios: the same ones on each backend. */
import type { Release } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { FunctionsFixture } from '../support/functions-fixture';
import { BACKENDS } from '../support/twilio-chats';
import { startEnvironment } from './environment';
import { runScenarios, scenariosDescription, TIMEOUT_MS } from './run-scenario';

const RELEASES: Readonly<Record<Release, string>> = {
  immediately: 'releases its agent at once',
  'on-accept': 'releases its agent when the target accepts',
};

export function describeScenarios(release: Release): void {
  console.log(`On each backend run ${scenariosDescription}.`);
  describe.each(BACKENDS)('a random scenario on %s', (backend) => {
    let fixture: FunctionsFixture;
    beforeAll(async () => {
      fixture = await startEnvironment(backend, release);
    });
    afterAll(() => fixture?.close());

    it(`breaks no rule when a cold transfer ${RELEASES[release]}`, () => runScenarios(fixture), TIMEOUT_MS);
  });
}
