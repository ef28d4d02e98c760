import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../coverage.js';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { callAll } from './calls/all.js';
import { callRefused } from './calls/refused.js';
import { type Compared, listDifferences, type OperationDifference } from './compare.js';
import { DEVIATIONS, explain } from './deviations.js';
import { operationKey, readOperations } from './documents.js';
import { createRecorder } from './recorder.js';
import { UNDOCUMENTED, whyUndocumented } from './undocumented.js';

const operations = readOperations();

const served = ENDPOINTS.flatMap(({ product, methods, template, missing }) =>
  methods.split(' ').map((method) => ({ key: operationKey(method, product, template), missing })),
);
const servedKeys = new Set(served.map(({ key }) => key));

describe("the sandbox, compared with Twilio's API descriptions,", () => {
  let sandbox: Sandbox;
  let compared: readonly Compared[];
  let differences: readonly OperationDifference[];

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'openapi' });
    const recorder = createRecorder(sandbox.state(), operations);
    await callAll(recorder, sandbox.state());
    const documented = sandbox
      .state()
      .router.routes()
      .flatMap((route) => {
        const operation = operations.get(operationKey(route.method, route.product, route.template));
        return operation === undefined ? [] : [{ route, operation, recording: recorder.recording(route) }];
      });
    await callRefused(recorder, documented);
    compared = documented;
    differences = listDifferences(compared);
  }, 120_000);
  afterAll(() => sandbox.close());

  it('is called at every operation that both have', () => {
    const uncalled = compared.filter(({ recording }) => recording.answers.length === 0);
    expect(uncalled.map(({ operation }) => operation.key)).toEqual([]);
    const count = (list: 'answers' | 'errors') =>
      compared.reduce((sum, { recording }) => sum + recording[list].length, 0);
    console.log(
      `OpenAPI: ${compared.length} operations, ${count('answers')} answers, ${count('errors')} refusals, ` +
        `${DEVIATIONS.length} deviations with a reason`,
    );
  });

  it('differs only where a reason is listed', () => {
    expect(explain(differences, DEVIATIONS)).toEqual({ unexplained: [], gone: [] });
  });

  it('serves an operation without a description only for a reason', () => {
    const undescribed = [...servedKeys].filter((key) => !operations.has(key));
    expect(undescribed.filter((key) => whyUndocumented(key) === undefined)).toEqual([]);
  });

  it('lists no reason for an operation that has a description or is not served', () => {
    const undescribed = [...servedKeys].filter((key) => !operations.has(key));
    const hosts = new Set(undescribed.map((key) => key.split(' ')[1]));
    expect(UNDOCUMENTED.endpoints.filter((key) => !undescribed.includes(key))).toEqual([]);
    expect(UNDOCUMENTED.hosts.filter((host) => !hosts.has(host))).toEqual([]);
  });

  it('says what is missing of every resource that it serves', () => {
    const unserved = [...operations.keys()].filter((key) => !servedKeys.has(key));
    expect(unserved.filter((key) => findNearestEndpoint(key)?.missing === '')).toEqual([]);
  });
});

/** The endpoint with the longest path that the operation's path begins with, and its notes; no note is ''. */
function findNearestEndpoint(key: string): { readonly path: string; readonly missing: string } | undefined {
  const pathOf = (operation: string) => operation.slice(operation.indexOf(' ') + 1);
  const path = pathOf(key);
  return served
    .map((endpoint) => ({ path: pathOf(endpoint.key), missing: endpoint.missing ?? '' }))
    .filter((endpoint) => endpoint.path.includes(':') && `${path}/`.startsWith(`${endpoint.path}/`))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}
