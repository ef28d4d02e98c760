/** The tests of the scenarios: the same scripts on each backend. */
import type { Release } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { BACKENDS } from '../support/twilio-chats';
import { playScripts, TIMEOUT_MS } from './run-scenario';
import { openStage, type Stage } from './environment';

const RELEASES: Readonly<Record<Release, string>> = {
  immediately: 'at the click',
  'on-accept': 'when the target has accepted',
};

export function describeScenarios(release: Release): void {
  describe.each(BACKENDS)('whatever customers, agents, TaskRouter and bad luck do on %s', (backend) => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage(backend, release);
    });
    afterAll(() => stage?.world.close());

    it(
      `the invariants hold, when a cold transfer lets its agent go ${RELEASES[release]}`,
      () => playScripts(stage),
      TIMEOUT_MS,
    );
  });
}
