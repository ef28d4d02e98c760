import { afterAll, beforeAll, describe, it } from 'vitest';
import { playScripts, TIMEOUT_MS } from './play';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage('on-accept');
});
afterAll(() => stage?.world.close());

describe('whatever two customers, three agents, TaskRouter and bad luck do', () => {
  it(
    'the invariants hold, when a cold transfer lets its agent go when the target has accepted',
    () => playScripts(stage),
    TIMEOUT_MS,
  );
});
