/**
 * Keeps a page in step with the sandbox: `Date` follows the sandbox's clock, and a Flex page reloads itself after a reset.
 * Timers of the page (`setTimeout`) run in real time.
 */
import type { PageMessage } from '../control/page-sockets.js';

/** @param reloads whether the page reloads itself when the sandbox has another account */
export function followSandbox(reloads: boolean): void {
  const { protocol, host } = location;
  const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/_sandbox/pages`);
  let account: number | undefined;
  socket.addEventListener('message', ({ data }) => {
    const message: PageMessage = JSON.parse(data);
    shiftClock(message.clockOffsetMs);
    account ??= message.account;
    if (reloads && message.account !== account) location.reload();
  });
}

let offsetMs = 0;
let isShifted = false;

/** The page keeps the browser's own `Date` until the clocks differ. */
function shiftClock(byMs: number): void {
  offsetMs = byMs;
  if (isShifted || byMs === 0) return;
  isShifted = true;
  const realNow = Date.now;
  const now = () => realNow() + offsetMs;
  window.Date = new Proxy(Date, {
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
    apply: (target) => new target(now()).toString(),
    get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
  });
}
