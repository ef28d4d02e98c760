import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sendPush } from './push-order.js';
import { createSandboxState, type SandboxState } from './sandbox-state.js';

let sandbox: SandboxState;
beforeEach(() => {
  vi.useFakeTimers();
  sandbox = createSandboxState({ url: 'http://127.0.0.1' });
});
afterEach(() => {
  sandbox.end();
  vi.useRealTimers();
});

const sendTwo = () => {
  const sent: string[] = [];
  sendPush(sandbox, () => sent.push('first'));
  sendPush(sandbox, () => sent.push('second'));
  return sent;
};

it('sends a push at once', () => {
  expect(sendTwo()).toEqual(['first', 'second']);
});

it('sends pushes later and in their order, with the quirk', () => {
  sandbox.setQuirks({ pushesFollowReplies: true });
  const sent = sendTwo();
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual(['first', 'second']);
});
