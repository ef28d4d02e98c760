import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createAccount } from './account.js';
import { ENDPOINTS, EVENTS } from './coverage.js';
import { DEFAULT_SEED } from './seed.js';

const account = createAccount({
  url: 'http://127.0.0.1:0',
  accountSeed: DEFAULT_SEED,
  flexConfiguration: {},
  plugins: [],
  intercept: async (_, next) => next(),
});
afterAll(() => account.sandbox.end());

const listed = ENDPOINTS.flatMap(({ product, methods, template }) =>
  methods.split(' ').map((method) => `${method} ${product} ${template}`),
);
const served = [...account.sandbox.router.routes(), ...account.taskRouter.bridge.routes()].map(
  ({ method, product, template }) => `${method} ${product} ${template}`,
);
const isSocket = (line: string) => line.startsWith('SOCKET ');

describe('coverage', () => {
  it('names every endpoint that the sandbox serves', () => {
    expect(served.filter((endpoint) => !listed.includes(endpoint))).toEqual([]);
  });

  it('names only endpoints that the sandbox serves', () => {
    expect(listed.filter((endpoint) => !isSocket(endpoint) && !served.includes(endpoint))).toEqual([]);
  });

  it('names every endpoint once', () => {
    expect(listed.filter((endpoint, index) => listed.indexOf(endpoint) !== index)).toEqual([]);
  });

  it('names the sockets that the sandbox serves', () => {
    const sockets = listed.filter(isSocket).map((line) => line.split(' ')[1]);
    expect(sockets.toSorted()).toEqual([...account.sandbox.sockets.keys()].toSorted());
  });

  it('names test files that exist', () => {
    const tests = new Set([...ENDPOINTS, ...EVENTS].map(({ test }) => test));
    expect([...tests].filter((test) => !existsSync(new URL(test, import.meta.url)))).toEqual([]);
  });
});
