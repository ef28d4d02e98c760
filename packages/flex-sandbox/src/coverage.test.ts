import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createAccount } from './account.js';
import { ENDPOINTS, EVENTS } from './coverage.js';
import { REFUSALS } from './refusals.js';
import { DEFAULT_SEED } from './seed.js';

const account = createAccount({
  url: 'http://127.0.0.1:0',
  accountSeed: DEFAULT_SEED,
  flexConfiguration: {},
  plugins: [],
  intercept: async (_, next) => next(),
});
afterAll(() => account.sandbox.end());

const listedEndpoints = ENDPOINTS.flatMap(({ product, methods, template }) =>
  methods.split(' ').map((method) => `${method} ${product} ${template}`),
);
const servedEndpoints = [...account.sandbox.router.routes(), ...account.taskRouter.bridge.routes()].map(
  ({ method, product, template }) => `${method} ${product} ${template}`,
);
const isSocket = (endpoint: string) => endpoint.startsWith('SOCKET ');

describe('coverage', () => {
  it('lists every endpoint that the sandbox serves', () => {
    expect(servedEndpoints.filter((endpoint) => !listedEndpoints.includes(endpoint))).toEqual([]);
  });

  it('lists only endpoints that the sandbox serves', () => {
    expect(
      listedEndpoints.filter((endpoint) => !isSocket(endpoint) && !servedEndpoints.includes(endpoint)),
    ).toEqual([]);
  });

  it('lists every endpoint once', () => {
    expect(listedEndpoints.filter((endpoint, index) => listedEndpoints.indexOf(endpoint) !== index)).toEqual(
      [],
    );
  });

  it('lists every refusal once', () => {
    const refusals = REFUSALS.map(({ when, answer }) => `${when}: ${answer}`);
    expect(refusals.filter((refusal, index) => refusals.indexOf(refusal) !== index)).toEqual([]);
  });

  it('lists the sockets that the sandbox serves', () => {
    const sockets = listedEndpoints.filter(isSocket).map((endpoint) => endpoint.split(' ')[1]);
    expect(sockets.toSorted()).toEqual([...account.sandbox.sockets.keys()].toSorted());
  });

  it('names test files that exist', () => {
    const tests = new Set([...ENDPOINTS, ...EVENTS, ...REFUSALS].map(({ test }) => test));
    expect([...tests].filter((test) => !existsSync(new URL(test, import.meta.url)))).toEqual([]);
  });
});
