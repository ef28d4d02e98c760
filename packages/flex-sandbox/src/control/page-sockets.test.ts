import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { eventually } from '../test-waiting.js';
import { PAGE_SOCKET_PATH, type PageMessage } from './page-sockets.js';

let sandbox: Sandbox;
let socket: WebSocket;
let messages: PageMessage[];
beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'pages' });
  messages = [];
  socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}${PAGE_SOCKET_PATH}`);
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await eventually(() => expect(messages).toHaveLength(1));
});
afterEach(async () => {
  socket.terminate();
  await sandbox.close();
});

it('tells a page that opens that the clock is the real one', () => {
  expect(messages).toEqual([{ account: 1, clockOffsetMs: 0 }]);
});

it('tells an open page how far the clock was advanced', async () => {
  sandbox.state().clock.advance(90_000);
  await eventually(() => expect(messages).toHaveLength(2));
  expect(Math.round((messages[1]?.clockOffsetMs ?? 0) / 1000)).toBe(90);
});

it('tells an open page that it belongs to an account that is gone', async () => {
  sandbox.state().clock.advance(90_000);
  await sandbox.reset();
  await eventually(() => expect(messages.at(-1)).toEqual({ account: 2, clockOffsetMs: 0 }));
});
